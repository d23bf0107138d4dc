// @vitest-environment jsdom
import { act, cleanup, configure, fireEvent, render, screen } from '@testing-library/react';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { App } from '../../../viewer/app.tsx';
import { toRequestError } from '../../../viewer/dicomweb/request-error.ts';
import * as search from '../../../viewer/dicomweb/search.ts';
import * as sessions from '../../../viewer/dicomweb/session.ts';
import type { Measurement } from '../../../viewer/measuring/measurement.ts';
import { createMeasurement, useMeasurements } from '../../../viewer/measuring/measurement-store.ts';
import { listAddress, rememberPlace } from '../../../viewer/screens/study-list/list-place.ts';
import '../../../viewer/measuring/measurement-actions.ts';
import { startTexts } from '../../../viewer/texts/start-texts.ts';
import { neighbourInList, setReadingList } from '../../../viewer/workspace/reading-list.ts';
import { makeDataSet } from './make-data-set.ts';

vi.mock('../../../viewer/dicomweb/search.ts');
vi.mock('../../../viewer/dicomweb/session.ts');

// A busy machine takes its time for the first rendering.
configure({ asyncUtilTimeout: 20_000 });

beforeAll(async () => {
  await startTexts();
  // Mantine asks for these, which jsdom does not know.
  window.matchMedia ??= vi.fn().mockReturnValue({ matches: false, addListener() {}, removeListener() {} });
  window.ResizeObserver ??= class {
    observe() {}
    unobserve() {}
    disconnect() {}
  };
  // The list has rows for the height it is shown in, and jsdom lays nothing out: here everything is as large as a screen.
  vi.spyOn(Element.prototype, 'clientHeight', 'get').mockReturnValue(800);
  vi.spyOn(Element.prototype, 'clientWidth', 'get').mockReturnValue(1200);
});
afterAll(() => void vi.restoreAllMocks());
afterEach(cleanup);

it('shows the next one who signs in nothing of what the last one saw', async () => {
  const someone = { user: { username: 'someone', roles: [] }, permissions: [] };
  vi.mocked(sessions.fetchSession).mockResolvedValue(someone);
  vi.mocked(sessions.signIn).mockResolvedValue(someone);
  const study = makeDataSet({ StudyInstanceUID: '1.2', PatientName: { Alphabetic: 'SMITH^JOHN' } });
  const answer = { dataSets: [study], total: 1, totalIsExact: true };
  vi.mocked(search.searchForStudies).mockResolvedValue(answer);
  render(<App />);
  await screen.findByText(/SMITH, JOHN/);

  rememberPlace({ search: 'PatientName=smith', scrollTop: 0, active: undefined });
  setReadingList(['1.1', '1.2']);
  // The next answers never come: whatever is seen now was kept.
  vi.mocked(search.searchForStudies).mockReturnValue(new Promise(() => {}));
  act(() => void toRequestError(401, undefined));
  fireEvent.change(await screen.findByLabelText('User name'), { target: { value: 'other' } });
  fireEvent.change(screen.getByLabelText('Password'), { target: { value: 'secret' } });
  fireEvent.click(screen.getByRole('button', { name: 'Sign in' }));
  await screen.findByText('Studies', { selector: 'h1' });
  expect(screen.queryByText(/SMITH/)).toBeNull();
  // What was searched for may be a name; and the list was of the other's studies.
  expect(listAddress()).toBe('/');
  expect(neighbourInList('1.1', 1)).toBeUndefined();
});

it('keeps what is not saved for the reader whose session ended, and for nobody else', async () => {
  const session = (username: string) => ({ user: { username, roles: [] }, permissions: [] });
  vi.mocked(sessions.fetchSession).mockResolvedValue(session('someone'));
  vi.mocked(search.searchForStudies).mockReturnValue(new Promise(() => {}));
  const expire = () => act(() => void toRequestError(401, undefined));
  const signIn = async (username: string) => {
    vi.mocked(sessions.signIn).mockResolvedValue(session(username));
    fireEvent.change(await screen.findByLabelText('User name'), { target: { value: username } });
    fireEvent.change(screen.getByLabelText('Password'), { target: { value: 'secret' } });
    fireEvent.click(screen.getByRole('button', { name: 'Sign in' }));
    await screen.findByText('Studies', { selector: 'h1' });
  };
  const isClosingAsked = () => !window.dispatchEvent(new Event('beforeunload', { cancelable: true }));
  const keptUIDs = () => useMeasurements.getState().measurements.map(({ trackingUID }) => trackingUID);
  render(<App />);
  await screen.findByText('Studies', { selector: 'h1' });
  createMeasurement({ trackingUID: '2.25.1', placement: {}, saved: undefined } as unknown as Measurement);
  expire();
  await screen.findByTestId('sign-in-kept');
  expect(isClosingAsked()).toBe(true);
  await signIn('someone');
  expect(keptUIDs()).toEqual(['2.25.1']);
  expire();
  await signIn('other');
  expect(keptUIDs()).toEqual([]);
  expect(isClosingAsked()).toBe(false);
  expire();
  await screen.findByLabelText('User name');
  expect(screen.queryByTestId('sign-in-kept')).toBeNull();
});
