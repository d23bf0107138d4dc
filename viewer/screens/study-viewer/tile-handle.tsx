import type { DragEvent, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { create } from 'zustand';
import { Icon } from '../../components/icons.tsx';
import { swapTiles } from '../../workspace/workspace-store.ts';

/** Type of what is dragged from one tile to another. */
export const tileDragType = 'application/x-isocenter-tile';

/** The tile that was taken hold of by a click, until another one is clicked: dragging without dragging (WCAG 2.5.7). */
const useHeldTile = create<{ readonly held: number | undefined }>(() => ({ held: undefined }));

/** Exchanges what is dropped from another tile; says whether it was one. */
export function dropTile(event: DragEvent, tile: number): boolean {
  const from = event.dataTransfer.getData(tileDragType);
  if (from === '') return false;
  if (Number(from) !== tile) swapTiles(Number(from), tile);
  return true;
}

/** What a tile is taken hold of by, to exchange its picture with that of another. */
export function TileHandle({ tile }: { tile: number }): ReactNode {
  const { t } = useTranslation();
  const held = useHeldTile((store) => store.held);
  const click = () => {
    if (held !== undefined && held !== tile) swapTiles(held, tile);
    useHeldTile.setState({ held: held === undefined ? tile : undefined });
  };
  return (
    <button
      type="button"
      className={held === tile ? 'tile-handle is-held' : 'tile-handle'}
      aria-label={t('layout.moveTile')}
      aria-pressed={held === tile}
      title={t('layout.moveTile')}
      draggable
      onDragStart={(event) => event.dataTransfer.setData(tileDragType, String(tile))}
      onClick={click}
      onDoubleClick={(event) => event.stopPropagation()}
      data-testid={`tile-handle-${tile}`}
    >
      <Icon name="pan" size={16} />
    </button>
  );
}
