import { create } from 'zustand';
import { displaySetOf, useWorkspace } from './workspace-store.ts';

/** What linked viewports do together. */
export interface LinkedThings {
  readonly scroll: boolean;
  readonly view: boolean;
  readonly window: boolean;
}

/** Where two stacks without a common Frame of Reference were when the reader said that they match. */
export interface LinkAnchor {
  readonly displaySetId: string;
  /** From 0. */
  readonly index: number;
}

export interface Links {
  /** Tiles that the reader, or a hanging protocol, linked. */
  readonly members: ReadonlySet<number>;
  readonly things: LinkedThings;
  /** Linked by a hanging protocol: what can't be linked in the nature of things is not spoken of. */
  readonly isAutomatic: boolean;
  /** By tile, where the reader asked to link by offset; undefined: by position in the patient only. */
  readonly anchors: Readonly<Record<number, LinkAnchor>> | undefined;
}

const unlinked: Links = {
  members: new Set(),
  things: { scroll: true, view: true, window: false },
  isAutomatic: false,
  anchors: undefined,
};

/** Which viewports follow each other. How they do is the business of the room `linking`. */
export const useLinks = create<Links>(() => unlinked);

/** Links tiles by position in the patient, and nothing else. */
export function linkTiles(tiles: Iterable<number>, isAutomatic = false): void {
  useLinks.setState({ members: new Set(tiles), anchors: undefined, isAutomatic });
}

/** Ends all links; what linked viewports would do together stays chosen. */
export function unlinkAll(): void {
  useLinks.setState({ members: new Set(), anchors: undefined });
}

export function toggleMember(tile: number): void {
  const members = new Set(useLinks.getState().members);
  if (!members.delete(tile)) members.add(tile);
  useLinks.setState({ members });
}

export function toggleLinkedThing(thing: keyof LinkedThings): void {
  const { things } = useLinks.getState();
  useLinks.setState({ things: { ...things, [thing]: !things[thing] } });
}

/** The images on the screen match each other from now on, whatever their Frames of Reference; or no longer. */
export function linkByOffset(isOn: boolean): void {
  const { members } = useLinks.getState();
  const { controllers } = useWorkspace.getState();
  const anchors = [...members].flatMap((tile) => {
    const set = displaySetOf(tile);
    const index = controllers[tile]?.getState().index;
    return set && index !== undefined ? [[tile, { displaySetId: set.id, index }] as const] : [];
  });
  useLinks.setState({ anchors: isOn ? Object.fromEntries(anchors) : undefined });
}

/** For other studies. */
export function resetLinks(): void {
  useLinks.setState(unlinked);
}
