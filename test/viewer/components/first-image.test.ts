// @vitest-environment jsdom
import { act, renderHook } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { useIsDeskReady } from '../../../viewer/screens/study-viewer/use-is-desk-ready.ts';
import {
  expectFirstImage,
  noteFirstImage,
  useIsFirstImageShown,
} from '../../../viewer/viewport/first-image.ts';

beforeEach(() => {
  vi.useFakeTimers();
  expectFirstImage();
});
afterEach(() => {
  vi.useRealTimers();
});

const pass = (ms: number) => act(async () => vi.advanceTimersByTimeAsync(ms));

describe('what waits for the first image', () => {
  it('waits until it is painted, not only drawn', async () => {
    const { result } = renderHook(() => useIsFirstImageShown());
    act(noteFirstImage);
    expect(result.current).toBe(false);
    await pass(40);
    expect(result.current).toBe(true);
  });

  it('does not take the image of the studies before for theirs', async () => {
    const { result } = renderHook(() => useIsFirstImageShown());
    act(noteFirstImage);
    act(expectFirstImage);
    await pass(5000);
    expect(result.current).toBe(false);
    act(noteFirstImage);
    await pass(40);
    expect(result.current).toBe(true);
  });

  it('does not wait for a page that nobody sees to be painted', async () => {
    vi.stubGlobal('requestAnimationFrame', () => 1);
    const { result } = renderHook(() => useIsFirstImageShown());
    act(noteFirstImage);
    await pass(600);
    vi.unstubAllGlobals();
    expect(result.current).toBe(true);
  });

  it('is the toolbar with the rest of the desk, for at most two seconds', async () => {
    const { result } = renderHook(() => useIsDeskReady(true));
    await pass(1900);
    expect(result.current).toBe(false);
    await pass(200);
    expect(result.current).toBe(true);
  });

  it('comes with the first image, and stays when the next is waited for', async () => {
    const { result } = renderHook(() => useIsDeskReady(true));
    act(noteFirstImage);
    await pass(40);
    expect(result.current).toBe(true);
    act(expectFirstImage);
    expect(result.current).toBe(true);
  });

  it('comes at once where no image is going to come', async () => {
    const { result } = renderHook(() => useIsDeskReady(false));
    await pass(0);
    expect(result.current).toBe(true);
  });
});
