// @vitest-environment jsdom
import { readdirSync } from 'node:fs';
import i18next from 'i18next';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { en } from '../../../viewer/texts/en/index.ts';
import { browserLanguage, languages, type Texts } from '../../../viewer/texts/languages.ts';
import { showLanguage, startTexts } from '../../../viewer/texts/start-texts.ts';

/** `_one`, `_other` and their like are how i18next names plural forms; each language has those of its grammar. */
const pluralForm = /_(zero|one|two|few|many|other)$/;

function flatten(texts: Texts, path = ''): [string, string][] {
  return Object.entries(texts).flatMap(([name, text]): [string, string][] =>
    typeof text === 'string' ? [[`${path}${name}`, text]] : flatten(text, `${path}${name}.`),
  );
}

/** Keys without plural forms, each with the placeholders that its texts have among them. */
function shape(texts: Texts): Record<string, string[]> {
  const keys: Record<string, Set<string>> = {};
  for (const [key, text] of flatten(texts)) {
    const base = key.replace(pluralForm, '');
    const placeholders = [...text.matchAll(/{{.*?}}|\$t\(.*?\)/g)].map(([placeholder]) => placeholder);
    keys[base] = new Set([...(keys[base] ?? []), ...placeholders]);
  }
  return Object.fromEntries(Object.entries(keys).map(([key, names]) => [key, [...names].sort()]));
}

describe.each(languages.filter(({ code }) => code !== 'en'))('$name', (language) => {
  it('has the keys of English, with the same placeholders', async () => {
    expect(shape(await language.load())).toEqual(shape(en));
  });

  it('leaves no text empty', async () => {
    const empty = flatten(await language.load()).filter(([, text]) => text.trim() === '');
    expect(empty).toEqual([]);
  });

  it('has the plural forms of its grammar, wherever it has one of them', async () => {
    const forms = new Intl.PluralRules(language.code).resolvedOptions().pluralCategories;
    const keys = flatten(await language.load()).map(([key]) => key);
    const bases = new Set(
      keys.filter((key) => pluralForm.test(key)).map((key) => key.replace(pluralForm, '')),
    );
    const missing = [...bases].flatMap((base) =>
      forms.map((form) => `${base}_${form}`).filter((key) => !keys.includes(key)),
    );
    expect(missing).toEqual([]);
  });

  it('has a file for each of English', () => {
    expect(readdirSync(`viewer/texts/${language.code}`)).toEqual(readdirSync('viewer/texts/en'));
  });
});

describe('the language of the page', () => {
  beforeAll(startTexts);
  afterEach(() => showLanguage('en'));

  it('is the first of the browser that we have, else English', () => {
    expect(browserLanguage(['fr-FR', 'de-AT', 'en']).code).toBe('de');
    expect(browserLanguage(['pt-BR']).code).toBe('en');
    expect(browserLanguage([]).code).toBe('en');
  });

  it('changes with its lang attribute, and back', async () => {
    expect(document.documentElement.lang).toBe('en');
    await showLanguage('de');
    expect(document.documentElement.lang).toBe('de');
    expect(i18next.t('signIn.title')).toBe('Anmelden');
    expect(i18next.t('viewer.images', { count: 1 })).toBe('1 Bild');
    expect(i18next.t('viewer.images', { count: 400 })).toBe('400 Bilder');
    await showLanguage('tlh');
    expect(i18next.t('signIn.title')).toBe('Sign in');
  });

  it('is the one asked for last, whichever arrives first', async () => {
    await Promise.all([showLanguage('de'), showLanguage('en')]);
    expect(document.documentElement.lang).toBe('en');
  });
});
