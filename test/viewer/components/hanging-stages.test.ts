import { beforeEach, describe, expect, it } from 'vitest';
import { candidatesOf } from '../../../viewer/hanging/facts.ts';
import {
  resetHanging,
  showProtocol,
  stepStage,
  useHangingStore,
} from '../../../viewer/hanging/hanging-store.ts';
import { matchProtocols } from '../../../viewer/hanging/match.ts';
import { shippedProtocols } from '../../../viewer/hanging/protocols/shipped.ts';
import type { KeptView } from '../../../viewer/viewport/kept-view.ts';
import { makeDisplaySets } from '../../../viewer/viewport/stacks.ts';
import type { ViewportController } from '../../../viewer/viewport/viewport-controller.ts';
import { keepView, viewOf } from '../../../viewer/workspace/kept-views.ts';
import {
  registerController,
  resetWorkspace,
  setDisplaySets,
  showDisplaySet,
  useWorkspace,
} from '../../../viewer/workspace/workspace-store.ts';
import { makeSlice } from './make-data-set.ts';

/** Axial slices, 1 mm apart. */
const slices = (uid: string, count: number, header: Parameters<typeof makeSlice>[2]) =>
  makeDisplaySets(
    '1.1',
    uid,
    Array.from({ length: count }, (_, index) =>
      makeSlice(index + 1, 0, {
        SOPInstanceUID: `${uid}.${index + 1}`,
        ImageOrientationPatient: [1, 0, 0, 0, 1, 0],
        ImagePositionPatient: [0, 0, -index],
        ...header,
      }),
    ),
  );

/** How each tile is seen, as its viewport would have it that shows what it is given and follows the reader's hand. */
const tiles = new Map<number, KeptView>();

function draw(): void {
  const { contents } = useWorkspace.getState();
  for (const [tile, content] of contents.entries()) {
    if (!content) continue;
    const view = viewOf(content) ?? { index: 0 };
    tiles.set(tile, { ...view, isInverted: view.isInverted ?? false });
    registerController(tile, { keptView: () => tiles.get(tile) } as unknown as ViewportController);
  }
}

/** The reader changes how a tile is seen. */
function change(tile: number, view: Partial<KeptView>): void {
  const now = { index: 0, ...tiles.get(tile), ...view };
  tiles.set(tile, now);
  const content = useWorkspace.getState().contents[tile];
  if (content) keepView(content, now);
}

function step(by: 1 | -1): void {
  stepStage(by);
  draw();
}

function open(...sets: ReturnType<typeof slices>[]): void {
  const current = sets.flat().flatMap((set) => (set.kind === 'image' ? candidatesOf(set) : []));
  setDisplaySets(sets.flat());
  const [first] = sets.flat();
  // What is there first is shown before all of the study is known.
  if (first) showDisplaySet(first.id);
  draw();
  const matches = matchProtocols(shippedProtocols, { current, prior: [] });
  useHangingStore.setState({ matches });
  showProtocol(matches[0]?.protocol.id ?? '', 0, true);
  draw();
}
const stageId = () => {
  const { matches, protocolId, stage } = useHangingStore.getState();
  return matches.find(({ protocol }) => protocol.id === protocolId)?.stages[stage]?.stage.id;
};

describe('the stages of a protocol', () => {
  beforeEach(() => {
    resetWorkspace();
    resetHanging();
    tiles.clear();
  });

  const petCt = () => open(slices('1.2', 20, { Modality: 'CT' }), slices('1.3', 12, { Modality: 'PT' }));

  it('begin where the protocol says, whatever was there before the reader did anything', () => {
    petCt();
    expect(stageId()).toBe('pair');
    expect([tiles.get(0)?.index, tiles.get(1)?.index]).toEqual([10, 6]);
  });

  it('stay at the place that the reader has chosen', () => {
    petCt();
    change(1, { index: 0 });
    step(1);
    expect(stageId()).toBe('inverted');
    expect([tiles.get(0)?.index, tiles.get(1)?.index]).toEqual([10, 0]);
  });

  it('take back the inversion of a stage with it, and leave that of the reader', () => {
    petCt();
    step(1);
    expect([tiles.get(0)?.isInverted, tiles.get(1)?.isInverted]).toEqual([false, true]);
    step(-1);
    expect([tiles.get(0)?.isInverted, tiles.get(1)?.isInverted]).toEqual([false, false]);
    change(1, { isInverted: true });
    step(1);
    step(-1);
    expect(tiles.get(1)?.isInverted).toBe(true);
  });

  it('take back the windows of a stage, but not what the reader makes of them', () => {
    open(slices('1.2', 20, { Modality: 'CT', BodyPartExamined: 'CHEST' }));
    expect(stageId()).toBe('one');
    step(1);
    expect([tiles.get(0)?.window?.center, tiles.get(1)?.window?.center]).toEqual([40, -600]);
    step(1);
    expect(tiles.get(0)?.window).toBeUndefined();
    step(1);
    const liver = { center: 60, width: 160, function: 'LINEAR' } as const;
    change(0, { window: liver });
    step(-1);
    expect(tiles.get(0)?.window).toEqual(liver);
  });
});
