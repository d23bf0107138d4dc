import { useCallback, useMemo, useState } from 'react';
import { setPreference, usePreference } from '../../preferences/preference-store.ts';
import { type Column, type ColumnKey, parseColumns, usualColumns, withWidth } from './columns.ts';

const preference = 'studyList.columns';

export interface Columns {
  readonly all: readonly Column[];
  readonly shown: readonly Column[];
  readonly change: (columns: readonly Column[]) => void;
  readonly reset: () => void;
  /** A column is being widened: shown at once, kept with `keepWidth`. */
  readonly tryWidth: (key: ColumnKey, width: number) => void;
  readonly keepWidth: () => void;
}

/** The columns as the reader has them. */
export function useColumns(): Columns {
  const kept = usePreference(preference, parseColumns, usualColumns);
  const [tried, setTried] = useState<{ readonly key: ColumnKey; readonly width: number }>();
  const all = useMemo(() => (tried ? withWidth(kept, tried.key, tried.width) : kept), [kept, tried]);
  const change = useCallback((columns: readonly Column[]) => setPreference(preference, columns), []);
  return {
    all,
    shown: useMemo(() => all.filter(({ isShown }) => isShown), [all]),
    change,
    reset: () => setPreference(preference, undefined),
    tryWidth: (key, width) => setTried({ key, width }),
    keepWidth: () => {
      if (!tried) return;
      change(all);
      setTried(undefined);
    },
  };
}
