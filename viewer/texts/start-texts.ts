import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import { en } from './en/index.ts';
import { browserLanguage, fallbackLanguage, type Language, languageOf } from './languages.ts';

let wantedCode: string = fallbackLanguage;

/**
 * Shows everything in a language: fetches its texts the first time, then changes the page and its `lang`. When they can't be
 * fetched the language stays as it is. The language asked for last wins, whichever arrives first.
 */
async function changeLanguage(language: Language): Promise<void> {
  wantedCode = language.code;
  if (!i18next.hasResourceBundle(language.code, 'translation')) {
    try {
      i18next.addResourceBundle(language.code, 'translation', await language.load());
    } catch {
      return;
    }
  }
  if (wantedCode !== language.code) return;
  await i18next.changeLanguage(language.code);
  document.documentElement.lang = language.code;
}

/** The language of a code we have; for anything else that of the browser. */
export async function showLanguage(code: unknown): Promise<void> {
  await changeLanguage(languageOf(code) ?? browserLanguage(navigator.languages));
}

/** Makes the texts available to `useTranslation`, in the browser's language. Call once, before the first rendering. */
export async function startTexts(): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: fallbackLanguage,
    fallbackLng: fallbackLanguage,
    resources: { [fallbackLanguage]: { translation: en } },
    // React escapes what it renders.
    interpolation: { escapeValue: false },
  });
  await showLanguage(undefined);
}
