// @vitest-environment jsdom
import { act, renderHook } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fetchPreferences, savePreference } from '../../../viewer/dicomweb/preferences.ts';
import { RequestError } from '../../../viewer/dicomweb/request-error.ts';
import { parseMouseSettings } from '../../../viewer/preferences/mouse-settings.ts';
import * as store from '../../../viewer/preferences/preference-store.ts';
import {
  forgetPreferences,
  getPreference,
  keepPreferences,
  loadPreferences,
  savePreferences,
  setPreference,
} from '../../../viewer/preferences/preference-store.ts';
import { useKeptViewOptions } from '../../../viewer/preferences/view-settings.ts';
import { setViewOptions, viewOptions } from '../../../viewer/viewport/view-options.ts';

vi.mock('../../../viewer/dicomweb/preferences.ts');

const saved = vi.mocked(savePreference);
const fetched = vi.mocked(fetchPreferences);
const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
const shownOf = (name: string) => getPreference(name, text, 'default');
const problem = () => renderHook(() => store.useSavingProblem()).result.current;

let stop: () => void;
beforeEach(() => {
  vi.useFakeTimers();
  saved.mockReset().mockResolvedValue();
  fetched.mockReset().mockResolvedValue({});
  stop = keepPreferences();
});
afterEach(() => {
  stop();
  forgetPreferences();
  vi.useRealTimers();
});

describe('preferences', () => {
  it('are those of the server once they are loaded, and the default where they make no sense', async () => {
    expect(shownOf('language')).toBe('default');
    fetched.mockResolvedValue({ language: 'de', other: 5 });
    await loadPreferences();
    expect(shownOf('language')).toBe('de');
    expect(shownOf('other')).toBe('default');
  });

  it('hold at once, and are saved together when nothing more is set for a moment', async () => {
    setPreference('a', 'first');
    expect(shownOf('a')).toBe('first');
    await vi.advanceTimersByTimeAsync(400);
    setPreference('a', 'last');
    setPreference('b', 'other');
    await vi.advanceTimersByTimeAsync(400);
    expect(saved).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(200);
    expect(saved.mock.calls).toEqual([
      ['a', 'last'],
      ['b', 'other'],
    ]);
  });

  it('set while those of the server are on their way stay', async () => {
    fetched.mockResolvedValue({ a: 'server', b: 'server' });
    const loading = loadPreferences();
    setPreference('a', 'mine');
    await loading;
    expect([shownOf('a'), shownOf('b')]).toEqual(['mine', 'server']);
  });

  it('are forgotten with the reader: a late answer for one is not shown to the next', async () => {
    let answer = (_values: Record<string, unknown>) => {};
    fetched.mockReturnValueOnce(
      new Promise((resolve) => {
        answer = resolve;
      }),
    );
    const loading = loadPreferences();
    setPreference('a', 'of the first');
    forgetPreferences();
    answer({ language: 'de' });
    await loading;
    await vi.advanceTimersByTimeAsync(5_000);
    expect([shownOf('a'), shownOf('language')]).toEqual(['default', 'default']);
    expect(saved).not.toHaveBeenCalled();
  });

  it('changed while they are being saved are saved once more', async () => {
    let done = () => {};
    saved.mockReturnValueOnce(
      new Promise((resolve) => {
        done = resolve;
      }),
    );
    setPreference('a', 'first');
    await vi.advanceTimersByTimeAsync(600);
    setPreference('a', 'second');
    done();
    await vi.advanceTimersByTimeAsync(600);
    expect(saved.mock.calls).toEqual([
      ['a', 'first'],
      ['a', 'second'],
    ]);
  });

  it('are tried again while the archive does not answer, which is told once, and then saved', async () => {
    saved.mockRejectedValue(new RequestError(0, 'No answer'));
    setPreference('a', 'kept');
    await vi.advanceTimersByTimeAsync(600);
    expect(problem()).toBeUndefined();
    await vi.advanceTimersByTimeAsync(2_000 + 4_000);
    expect(saved).toHaveBeenCalledTimes(3);
    expect(problem()).toBe('unreachable');
    act(store.dismissSavingProblem);
    saved.mockResolvedValue();
    await vi.advanceTimersByTimeAsync(8_000);
    expect(saved).toHaveBeenCalledTimes(4);
    await vi.advanceTimersByTimeAsync(200_000);
    expect(saved).toHaveBeenCalledTimes(4);
    expect(problem()).toBeUndefined();
  });

  it('that the archive refuses hold for now, which is told once', async () => {
    saved.mockRejectedValue(new RequestError(409, 'too many'));
    setPreference('a', 'kept');
    await vi.advanceTimersByTimeAsync(600);
    expect(shownOf('a')).toBe('kept');
    expect(problem()).toBe('refused');
    act(store.dismissSavingProblem);
    setPreference('b', 'kept');
    await vi.advanceTimersByTimeAsync(100_000);
    expect(saved).toHaveBeenCalledTimes(2);
    expect(problem()).toBeUndefined();
  });

  it('that wait are sent when the page goes, and before signing out', async () => {
    setPreference('a', 'last');
    window.dispatchEvent(new Event('pagehide'));
    expect(saved.mock.calls).toEqual([['a', 'last', true]]);
    setPreference('b', 'last');
    await savePreferences();
    expect(saved.mock.calls.at(-1)).toEqual(['b', 'last']);
    await vi.advanceTimersByTimeAsync(100_000);
    expect(saved).toHaveBeenCalledTimes(2);
  });
});

describe('the preference of the mouse', () => {
  it('is taken as far as it can be', () => {
    expect(parseMouseSettings('nonsense')).toBeUndefined();
    expect(
      parseMouseSettings({ leftTool: 'scroll', middle: 'tool', wheel: 'window', right: 7 }),
    ).toMatchObject({
      leftTool: 'scroll',
      middle: 'tool',
      right: 'zoom',
      wheel: 'scroll',
      ctrlWheel: 'zoom',
      isScrollInverted: false,
    });
  });
});

describe('how images are shown in all viewports', () => {
  const standard = { showsOverlays: true, showsShutters: true, clampsToZero: true, invertsPet: false };

  it('is as the reader has set it, and what is switched while reading is kept', async () => {
    fetched.mockResolvedValue({
      viewOptions: { showsShutters: false, invertsPet: true, clampsToZero: 'no' },
    });
    await loadPreferences();
    const { unmount } = renderHook(useKeptViewOptions);
    expect(viewOptions()).toEqual({ ...standard, showsShutters: false, invertsPet: true });
    expect(saved).not.toHaveBeenCalled();

    setViewOptions({ showsOverlays: false });
    await vi.advanceTimersByTimeAsync(600);
    const switched = { ...standard, showsOverlays: false, showsShutters: false, invertsPet: true };
    expect(saved.mock.calls).toEqual([['viewOptions', switched]]);
    unmount();
  });

  it('is the standard for the next reader', async () => {
    setViewOptions({ showsOverlays: false });
    const { unmount } = renderHook(useKeptViewOptions);
    expect(viewOptions()).toEqual(standard);
    unmount();
  });
});
