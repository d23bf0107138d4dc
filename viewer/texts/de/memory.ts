/** Texts of the footer: memory, loading; in German. */
export const memoryTexts = {
  memory: {
    footer: 'Laden und Speicher',
    hide: 'Diese Zeile ausblenden (in den Einstellungen wieder einblendbar)',
    showFooter: 'Zeile mit Ladefortschritt und Speicher unter den Bildern',
    limit: 'Arbeitsspeicher für Bilder',
    limitHint:
      'Was am weitesten von den angezeigten Bildern entfernt ist, wird zuerst freigegeben und bei Bedarf neu geladen.',
    limitAutomatic: 'Nach dem Arbeitsspeicher dieses Rechners',
    used: 'Speicher {{used}} von {{limit}}',
    hint: 'Bilder und Volumen im Arbeitsspeicher, und wie viel sie belegen dürfen (Einstellungen)',
    warning: 'fast voll',
    critical: 'voll: weit entfernte Bilder werden freigegeben',
    progress: '{{loaded}} von {{count}} Bildern geladen',
    loading: '{{count}} werden geladen',
    offline: 'Dieser Rechner ist offline',
    noAnswer: 'Das Archiv antwortet nicht',
  },
  command: {},
} as const;
