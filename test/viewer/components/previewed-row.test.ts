// @vitest-environment jsdom
import { renderHook } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import { readStudyRow } from '../../../viewer/screens/study-list/study-row.ts';
import { useClosedPreview } from '../../../viewer/screens/study-list/use-previewed-row.ts';
import type { StudyPages } from '../../../viewer/screens/study-list/use-study-pages.ts';
import { isModalityOfImages } from '../../../viewer/viewport/series-kinds.ts';
import { makeDataSet } from './make-data-set.ts';

const pagesOf = (key: string, uids: readonly string[], more: Partial<StudyPages> = {}): StudyPages => {
  const rows = uids.map((uid) => readStudyRow(makeDataSet({ StudyInstanceUID: uid })));
  return {
    key,
    rowAt: (index) => rows[index],
    places: () => rows.keys(),
    total: rows.length,
    totalIsExact: true,
    isPending: false,
    isOutdated: false,
    isFetching: false,
    updatedAt: 1,
    error: null,
    refetch: vi.fn(),
    fetchRows: vi.fn(),
    ...more,
  };
};

describe('the preview of a study', () => {
  const follow = (start: StudyPages) => {
    const close = vi.fn();
    const { rerender } = renderHook(({ pages }) => useClosedPreview('1.2', pages, close), {
      initialProps: { pages: start },
    });
    return { close, show: (pages: StudyPages) => rerender({ pages }) };
  };

  it('closes when another search does not find the study, once that is known', () => {
    const { close, show } = follow(pagesOf('all', ['1.1', '1.2']));
    show(pagesOf('all', ['1.1', '1.2'], { isOutdated: true }));
    expect(close).not.toHaveBeenCalled();
    show(pagesOf('other', ['1.1']));
    expect(close).toHaveBeenCalledTimes(1);
  });

  it('stays when it is found again, and when the list is opened with a study that is not in it', () => {
    const { close, show } = follow(pagesOf('all', ['1.1'], { isPending: true }));
    show(pagesOf('all', ['1.1']));
    show(pagesOf('other', ['1.2']));
    expect(close).not.toHaveBeenCalled();
  });

  it('counts images, and objects where a modality has none', () => {
    const names = ['CT', 'MG', 'SR', 'KO', 'RTSTRUCT', undefined];
    expect(names.map(isModalityOfImages)).toEqual([true, true, false, false, false, true]);
  });
});
