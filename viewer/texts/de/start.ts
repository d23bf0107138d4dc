/** Texts of every screen, and of signing in, in German. */
export const startTexts = {
  app: {
    name: 'Isocenter',
    notDiagnostic: 'Nicht für die Befundung zertifiziert',
    loading: 'Wird geladen …',
    retry: 'Erneut versuchen',
    close: 'Schließen',
    crashed: 'Auf dieser Seite ist ein Fehler aufgetreten',
    crashedHint:
      'Laden Sie die Seite neu. Tritt der Fehler wieder auf, sagen Sie der Administration, was Sie getan haben.',
    reload: 'Neu laden',
    notFound: 'Unter dieser Adresse gibt es keine Seite',
    toStudyList: 'Zur Studienliste',
    serverUnreachable: 'Das Archiv antwortet nicht',
    serverUnreachableHint: 'Prüfen Sie die Netzwerkverbindung und versuchen Sie es erneut.',
  },
  signIn: {
    title: 'Anmelden',
    username: 'Benutzername',
    password: 'Passwort',
    submit: 'Anmelden',
    signOut: 'Abmelden',
    kept: 'Die Sitzung ist abgelaufen. Nicht Gespeichertes ist wieder da, wenn sich dieselbe Person anmeldet; eine andere bekommt es nicht zu sehen, und mit ihrer Anmeldung geht es verloren.',
    wrong: 'Benutzername oder Passwort ist falsch.',
    tooMany: 'Zu viele Versuche. Warten Sie einen Augenblick und versuchen Sie es erneut.',
    noAnswer: 'Das Archiv antwortet nicht. Prüfen Sie die Netzwerkverbindung.',
    failed: 'Anmelden fehlgeschlagen: {{detail}}',
    signedInAs: 'Angemeldet als {{username}}',
  },
} as const;
