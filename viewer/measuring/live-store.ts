import { create } from 'zustand';
import type { ImageDescription } from '../viewport/image-description.ts';
import type { Point } from '../viewport/surface.ts';
import type { Draft } from './draft.ts';
import type { Measurement } from './measurement.ts';
import type { MeasurementChange } from './measurement-store.ts';

/** Name of the list of measurements among the panels of the workspace. */
export const listPanel = 'measurements';

/** A measurement that is being drawn, seen in its tile only. */
export interface Drawing {
  readonly tile: number;
  readonly surfaceKey: string;
  readonly draft: Draft;
  /** What there is of it so far, with its values; not in the list yet. */
  readonly preview: Measurement;
}

/** A measurement that is being moved or changed by its handles. */
export interface Edit {
  readonly tile: number;
  readonly surfaceKey: string;
  readonly trackingUID: string;
  readonly change: MeasurementChange;
}

/** Something that the reader is asked; each kind is a dialog of `measuring-dialogs.tsx`. */
export type Question =
  | { readonly kind: 'label'; readonly measurement: Measurement; readonly isNew: boolean }
  | {
      readonly kind: 'calibrate';
      readonly image: ImageDescription;
      /** Of the line that was drawn, in units of the header's spacing. */
      readonly length: number;
    }
  | { readonly kind: 'delete'; readonly trackingUIDs: readonly string[] };

interface Live {
  readonly drawing: Drawing | undefined;
  readonly edit: Edit | undefined;
  /** What the pointer is over. */
  readonly hoveredUID: string | undefined;
  /** Where the next place will be set by Enter, when measuring by keyboard. */
  readonly cursor: { readonly tile: number; readonly surfaceKey: string; readonly point: Point } | undefined;
  /** The menu of a measurement, in pixels of the window. */
  readonly menu: { readonly trackingUID: string; readonly left: number; readonly top: number } | undefined;
  readonly question: Question | undefined;
  /** No measurement is drawn. */
  readonly areHidden: boolean;
  /** Unsaved measurements that a reset has just removed, to be told. */
  readonly removedCount: number;
  /** Who measures: written on what is made. */
  readonly author: string;
}

/** What goes on between the reader's hand and the measurements. */
export const useLive = create<Live>(() => ({
  drawing: undefined,
  edit: undefined,
  hoveredUID: undefined,
  cursor: undefined,
  menu: undefined,
  question: undefined,
  areHidden: false,
  removedCount: 0,
  author: '',
}));

/** Drops what is being drawn, moved or set by keyboard; says whether there was anything. */
export function abandon(): boolean {
  const { drawing, edit, cursor } = useLive.getState();
  if (!drawing && !edit && !cursor) return false;
  useLive.setState({ drawing: undefined, edit: undefined, cursor: undefined });
  return true;
}
