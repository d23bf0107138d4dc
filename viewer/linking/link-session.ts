import { create } from 'zustand';
import type { Vector3 } from '../viewport/vectors.ts';
import type { ViewportController, ViewportState } from '../viewport/viewport-controller.ts';
import { type Links, useLinks } from '../workspace/link-store.ts';
import { useWorkspace } from '../workspace/workspace-store.ts';
import { followView, followWindow, indexByOffset, placeOf } from './follow.ts';
import { areLinkedByPosition, linksOnScreen } from './links-on-screen.ts';

/** The viewport that leads, and where it is: followers tell how far they are from there. */
interface Lead {
  readonly tile: number | undefined;
  readonly place: Vector3 | undefined;
  readonly frameOfReferenceUID: string | undefined;
}

export const useLead = create<Lead>(() => ({
  tile: undefined,
  place: undefined,
  frameOfReferenceUID: undefined,
}));

/** What was last seen of a viewport, to tell what the reader changed. */
interface Seen {
  readonly stack: ViewportState['stack'];
  readonly isReady: boolean;
  readonly index: number;
  readonly window: ViewportState['window'];
  readonly surface: ViewportState['surface'];
  readonly zoom: number;
  readonly centerX: number;
  readonly centerY: number;
  readonly width: number;
  readonly height: number;
}

function look(controller: ViewportController): Seen {
  const state = controller.getState();
  const { clientWidth: width, clientHeight: height } = controller.element;
  const { surface } = state;
  const center = surface?.fromScreen({ left: width / 2, top: height / 2 });
  return {
    stack: state.stack,
    isReady: state.status === 'ready',
    index: state.index,
    window: state.window,
    surface,
    zoom: state.zoom,
    centerX: center?.x ?? 0,
    centerY: center?.y ?? 0,
    width,
    height,
  };
}

/** Pixels of the image that the middle may differ by rounding. */
const centerTolerance = 0.01;

/** Whether zoom or pan changed, and nothing that changes them by itself: another image, another size of the tile. */
function isViewChanged(before: Seen, now: Seen): boolean {
  const isSamePicture =
    before.surface?.key === now.surface?.key && before.width === now.width && before.height === now.height;
  const isMoved =
    Math.abs(before.centerX - now.centerX) > centerTolerance ||
    Math.abs(before.centerY - now.centerY) > centerTolerance;
  return isSamePicture && now.surface !== undefined && (before.zoom !== now.zoom || isMoved);
}

/** Takes a follower to where the leading viewport is: by place in the patient, or as far from its anchor. */
function followScroll(
  lead: { readonly tile: number; readonly controller: ViewportController },
  follower: { readonly tile: number; readonly controller: ViewportController },
  { anchors }: Links,
): void {
  const state = lead.controller.getState();
  if (areLinkedByPosition(lead.tile, follower.tile)) {
    const target = placeOf(state);
    if (target) follower.controller.goToPatient(target.place, target.frameOfReferenceUID);
    return;
  }
  const [from, to] = [anchors?.[lead.tile], anchors?.[follower.tile]];
  const stack = follower.controller.getState().stack;
  if (!from || !to || !state.stack || !stack) return;
  const index = indexByOffset(
    { stack: state.stack, anchor: from.index, index: state.index },
    { stack, anchor: to.index },
  );
  follower.controller.goTo(index);
}

/**
 * Has linked viewports follow the one that the reader works in. Only that one leads: what happens in the others is never
 * passed on, so links can't chase each other. Returns how to end it.
 */
export function startLinking(): () => void {
  const seen = new Map<ViewportController, Seen>();
  const subscriptions = new Map<ViewportController, () => void>();
  let leader = useWorkspace.getState().activeTile;
  let isFollowing = false;

  const tellLead = () => {
    const state = useWorkspace.getState().controllers[leader]?.getState();
    useLead.setState({
      tile: leader,
      place: undefined,
      frameOfReferenceUID: undefined,
      ...(state && placeOf(state)),
    });
  };

  const forFollowers = (follow: (tile: number, controller: ViewportController) => void) => {
    const { controllers } = useWorkspace.getState();
    const letter = linksOnScreen().get(leader)?.letter;
    if (letter === undefined || isFollowing) return;
    isFollowing = true;
    for (const [tile, link] of linksOnScreen()) {
      const controller = controllers[tile];
      if (tile !== leader && link.letter === letter && controller) follow(tile, controller);
    }
    isFollowing = false;
  };

  const scrollFollowers = () => {
    const controller = useWorkspace.getState().controllers[leader];
    const links = useLinks.getState();
    tellLead();
    if (!controller || !links.things.scroll) return;
    forFollowers((tile, follower) =>
      followScroll({ tile: leader, controller }, { tile, controller: follower }, links),
    );
  };

  const passOn = (controller: ViewportController, before: Seen, now: Seen) => {
    const { things } = useLinks.getState();
    if (before.index !== now.index || before.stack !== now.stack) scrollFollowers();
    if (things.view && before.stack === now.stack && isViewChanged(before, now)) {
      forFollowers((tile, follower) => followView(controller, follower, areLinkedByPosition(leader, tile)));
    }
    if (things.window && before.stack === now.stack && before.window !== now.window) {
      forFollowers((_, follower) => followWindow(controller.getState(), follower));
    }
  };

  const onChange = (tile: number, controller: ViewportController) => {
    const before = seen.get(controller);
    const now = look(controller);
    seen.set(controller, now);
    if (!before || isFollowing || useLinks.getState().members.size < 2) return;
    if (tile === leader) passOn(controller, before, now);
    // A follower that shows something new goes where the others are.
    else if (now.isReady && !before.isReady) scrollFollowers();
  };

  const watch = () => {
    const { controllers } = useWorkspace.getState();
    const current = new Set(Object.values(controllers));
    for (const [controller, end] of subscriptions) {
      if (current.has(controller)) continue;
      end();
      subscriptions.delete(controller);
      seen.delete(controller);
    }
    for (const [tile, controller] of Object.entries(controllers)) {
      if (subscriptions.has(controller)) continue;
      seen.set(controller, look(controller));
      subscriptions.set(
        controller,
        controller.subscribe(() => onChange(Number(tile), controller)),
      );
    }
  };

  const lead = (tile: number) => {
    leader = tile;
    tellLead();
  };
  /** Pointer and wheel make the viewport lead that they are over, whichever is active. */
  const onInput = (event: Event) => {
    const { controllers } = useWorkspace.getState();
    for (const [tile, controller] of Object.entries(controllers)) {
      const isOver = event.target instanceof Node && controller.element.parentElement?.contains(event.target);
      if (isOver && Number(tile) !== leader) lead(Number(tile));
    }
  };
  const onKey = () => {
    const { activeTile } = useWorkspace.getState();
    if (activeTile !== leader) lead(activeTile);
  };

  watch();
  const ends = [
    useWorkspace.subscribe((workspace, before) => {
      if (workspace.controllers !== before.controllers) watch();
      if (workspace.activeTile !== before.activeTile) lead(workspace.activeTile);
    }),
    useLinks.subscribe((links, before) => {
      if (links.members !== before.members && links.members.size > 1) scrollFollowers();
    }),
  ];
  window.addEventListener('pointerdown', onInput, { capture: true });
  window.addEventListener('wheel', onInput, { capture: true, passive: true });
  window.addEventListener('keydown', onKey, { capture: true });
  return () => {
    window.removeEventListener('pointerdown', onInput, { capture: true });
    window.removeEventListener('wheel', onInput, { capture: true });
    window.removeEventListener('keydown', onKey, { capture: true });
    for (const end of [...ends, ...subscriptions.values()]) end();
  };
}
