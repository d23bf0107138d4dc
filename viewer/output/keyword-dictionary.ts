import type { KeywordOf } from './tag-rows.ts';

let loading: Promise<KeywordOf> | undefined;

/** The keywords of PS3.6, which are many: loaded when they are first asked for. */
export function loadKeywords(): Promise<KeywordOf> {
  loading ??= import('dcmjs/dictionary').then(
    ({ dictionary }): KeywordOf =>
      (tag) => {
        const [group, element] = [tag.slice(0, 4), tag.slice(4)];
        // Curves and overlays repeat: 50xx and 60xx.
        const keys = [`(${group},${element})`, `(${group.slice(0, 2)}xx,${element})`];
        return keys.map((key) => dictionary[key]?.name).find(Boolean);
      },
    (error: unknown) => {
      loading = undefined;
      throw error;
    },
  );
  return loading;
}
