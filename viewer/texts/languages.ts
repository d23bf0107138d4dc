/** Texts by room and name; every language has the names of `en` (a test compares them), plural forms as it needs them. */
export interface Texts {
  readonly [name: string]: string | Texts;
}

export interface Language {
  /** As in the HTML attribute `lang` (BCP 47). */
  readonly code: string;
  /** What its speakers call it. */
  readonly name: string;
  /** Fetches the texts: only those of the language in use cross the network, English with the viewer itself. */
  readonly load: () => Promise<Texts>;
}

/** The language that every text exists in, and that stands in for what another lacks. */
export const fallbackLanguage = 'en';

/** All languages of the viewer. Another one is a folder beside `en/` with the same files, and a line here. */
export const languages = [
  { code: 'en', name: 'English', load: async () => (await import('./en/index.ts')).en },
  { code: 'de', name: 'Deutsch', load: async () => (await import('./de/index.ts')).de },
] as const satisfies readonly Language[];

/** A language we have, by its code; undefined for anything else, such as what an older preference names. */
export function languageOf(code: unknown): Language | undefined {
  return languages.find((language) => language.code === code);
}

/** The first of the languages a browser asks for (`navigator.languages`, such as `de-AT`) that we have. */
export function browserLanguage(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const language = languageOf(tag.toLowerCase().split('-')[0]);
    if (language) return language;
  }
  return languages[0];
}
