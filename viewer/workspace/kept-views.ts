import type { KeptView } from '../viewport/kept-view.ts';
import type { TileContent } from './tile-content.ts';

/**
 * How each content of a tile was seen last. A content that moves to another tile takes its view along; a display set that is
 * shown anew is seen as it was left. For as long as the studies are open.
 */
let ofContents = new WeakMap<TileContent, KeptView>();
const ofDisplaySets = new Map<string, KeptView>();

/** Keeps how a content is seen; for one not shown yet: how it is to be seen first. */
export function keepView(content: TileContent, view: KeptView | undefined): void {
  if (!view) return;
  ofContents.set(content, view);
  if (content.kind === 'displaySet') ofDisplaySets.set(content.displaySetId, view);
}

export function viewOf(content: TileContent): KeptView | undefined {
  const own = ofContents.get(content);
  return own ?? (content.kind === 'displaySet' ? ofDisplaySets.get(content.displaySetId) : undefined);
}

/** For other studies, or another patient. */
export function forgetViews(): void {
  ofContents = new WeakMap();
  ofDisplaySets.clear();
}
