// @vitest-environment jsdom
import { MantineProvider } from '@mantine/core';
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { type ReactNode, useState } from 'react';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { Dialog } from '../../../viewer/components/dialog.tsx';
import { isModalOpen } from '../../../viewer/components/own-focus.tsx';
import { RowMenu } from '../../../viewer/screens/study-list/row-menu.tsx';
import { readStudyRow } from '../../../viewer/screens/study-list/study-row.ts';
import { startTexts } from '../../../viewer/texts/start-texts.ts';
import { theme } from '../../../viewer/theme.ts';
import { makeDataSet } from './make-data-set.ts';

beforeAll(async () => {
  await startTexts();
  // Mantine asks for the colour scheme and for sizes, which jsdom does not know.
  window.matchMedia ??= vi.fn().mockReturnValue({ matches: false, addListener() {}, removeListener() {} });
  vi.stubGlobal(
    'ResizeObserver',
    class {
      observe() {}
      unobserve() {}
      disconnect() {}
    },
  );
});
afterEach(cleanup);

const show = (element: ReactNode) =>
  render(
    <MantineProvider theme={theme} forceColorScheme="dark">
      {element}
    </MantineProvider>,
  );
const focused = () => document.activeElement?.getAttribute('data-testid');
/** All that a key or click has done in its own task; no timer of anybody has run by then. */
const inItsTask = async (what: () => void) => {
  vi.useFakeTimers();
  await act(async () => what());
  const at = focused();
  vi.useRealTimers();
  return at;
};

function Two(): ReactNode {
  const [open, setOpen] = useState<'first' | 'second'>();
  const [hasButton, setHasButton] = useState(true);
  return (
    <>
      {hasButton ? <button type="button" data-testid="opener" onClick={() => setOpen('first')} /> : null}
      <Dialog opened={open === 'first'} onClose={() => setOpen(undefined)} title="One">
        <button type="button" data-testid="next" onClick={() => setOpen('second')} />
        <input data-testid="name" data-autofocus />
        <button type="button" data-testid="without" onClick={() => setHasButton(false)} />
      </Dialog>
      <Dialog opened={open === 'second'} onClose={() => setOpen(undefined)} title="Two">
        <input data-testid="other" data-autofocus />
      </Dialog>
    </>
  );
}

describe('a dialog', () => {
  const open = () => {
    screen.getByTestId('opener').focus();
    return inItsTask(() => fireEvent.click(screen.getByTestId('opener')));
  };
  const pressEscape = () => fireEvent.keyDown(document.activeElement ?? document.body, { key: 'Escape' });

  it('has the focus before the next key, and gives it back before the one after Escape', async () => {
    show(<Two />);
    expect(isModalOpen()).toBe(false);
    expect(await open()).toBe('name');
    expect(isModalOpen()).toBe(true);
    let isFree: boolean | undefined;
    expect(
      await inItsTask(() => {
        isFree = pressEscape();
      }),
    ).toBe('opener');
    // The key is used up: it is not also that of the page.
    expect(isFree).toBe(false);
    expect(isModalOpen()).toBe(false);
  });

  it('leaves the focus where the reader has taken it before any timer ran', async () => {
    show(<Two />);
    vi.useFakeTimers();
    screen.getByTestId('opener').focus();
    await act(async () => fireEvent.click(screen.getByTestId('opener')));
    screen.getByTestId('next').focus();
    await act(async () => vi.runAllTimers());
    vi.useRealTimers();
    expect(focused()).toBe('next');
  });

  it('gives on to the next one what is to have the focus in the end', async () => {
    show(<Two />);
    await open();
    expect(await inItsTask(() => fireEvent.click(screen.getByTestId('next')))).toBe('other');
    expect(await inItsTask(pressEscape)).toBe('opener');
  });

  it('leaves the focus alone where it is not its own any more, and where the element is gone', async () => {
    show(<Two />);
    await open();
    await act(async () => fireEvent.click(screen.getByTestId('without')));
    await inItsTask(pressEscape);
    expect(document.activeElement).toBe(document.body);
  });
});

const row = readStudyRow(makeDataSet({ StudyInstanceUID: '1.2.1', PatientID: 'S1' }));
const actions = { open: vi.fn(), preview: vi.fn(), download: vi.fn(), setStatus: vi.fn(), remove: vi.fn() };
const onFocusLost = vi.fn();

function List(): ReactNode {
  const [isOpen, setIsOpen] = useState(false);
  const [hasRow, setHasRow] = useState(true);
  return (
    <>
      {hasRow ? (
        <button type="button" data-testid="row" onKeyDown={({ key }) => key === 'F10' && setIsOpen(true)} />
      ) : null}
      <button type="button" data-testid="remove" onClick={() => setHasRow(false)} />
      <RowMenu
        request={isOpen ? { row, x: 10, y: 10 } : undefined}
        rows={[row]}
        actions={actions}
        onClose={() => setIsOpen(false)}
        onFocusLost={onFocusLost}
      />
    </>
  );
}

describe('the menu of a row', () => {
  const open = async () => {
    screen.getByTestId('row').focus();
    await inItsTask(() => fireEvent.keyDown(screen.getByTestId('row'), { key: 'F10', shiftKey: true }));
    return document.activeElement;
  };
  const pressEscape = () =>
    inItsTask(() => fireEvent.keyDown(document.activeElement as Element, { key: 'Escape' }));

  it('has the focus with the key that opens it, and the row has it with Escape', async () => {
    show(<List />);
    expect((await open())?.getAttribute('role')).toBe('menuitem');
    expect(await pressEscape()).toBe('row');
    expect(screen.queryByTestId('row-menu')).toBeNull();
    expect(onFocusLost).not.toHaveBeenCalled();
  });

  it('says when the row is gone that had the focus', async () => {
    show(<List />);
    await open();
    await act(async () => fireEvent.click(screen.getByTestId('remove')));
    await pressEscape();
    expect(onFocusLost).toHaveBeenCalledOnce();
  });
});
