import { type JsonDataSet, number, numbers, texts } from '../dicomweb/data-set.ts';
import { tags } from '../dicomweb/tags.ts';
import { functionalGroup } from './functional-groups.ts';

/** One shape of a display shutter, in columns (x) and rows (y) from 0 at the centre of the first pixel; what lies outside is covered. */
export type Shutter =
  | {
      readonly kind: 'rectangle';
      readonly left: number;
      readonly right: number;
      readonly top: number;
      readonly bottom: number;
    }
  | { readonly kind: 'circle'; readonly x: number; readonly y: number; readonly radius: number }
  | { readonly kind: 'polygon'; readonly points: readonly (readonly [x: number, y: number])[] }
  /** The ones of an overlay group (`6000`) are covered. */
  | { readonly kind: 'bitmap'; readonly group: string };

/** The display shutter of a frame (PS3.3 C.7.6.11, C.7.6.15): each shape covers what lies outside of it. */
export interface DisplayShutter {
  readonly shapes: readonly Shutter[];
  /** 0 to 255. */
  readonly grey: number;
}

const half = 0.5;

/** Edges are pixels, counted from 1, that stay visible. */
function rectangle(holder: JsonDataSet): Shutter {
  const edge = (tag: string, otherwise: number) => number(holder, tag) ?? otherwise;
  return {
    kind: 'rectangle',
    left: edge(tags.ShutterLeftVerticalEdge, 1) - 1 - half,
    right: edge(tags.ShutterRightVerticalEdge, 65536) - 1 + half,
    top: edge(tags.ShutterUpperHorizontalEdge, 1) - 1 - half,
    bottom: edge(tags.ShutterLowerHorizontalEdge, 65536) - 1 + half,
  };
}

function circle(holder: JsonDataSet): Shutter | undefined {
  const [row, column] = numbers(holder, tags.CenterOfCircularShutter);
  const radius = number(holder, tags.RadiusOfCircularShutter);
  if (row === undefined || column === undefined || radius === undefined) return undefined;
  return { kind: 'circle', x: column - 1, y: row - 1, radius: radius + half };
}

/** Rows and columns in pairs; the last vertex is joined to the first. */
function polygon(holder: JsonDataSet): Shutter | undefined {
  const listed = numbers(holder, tags.VerticesOfThePolygonalShutter);
  const points = Array.from({ length: listed.length >> 1 }, (_, index) => {
    return [(listed[2 * index + 1] ?? 1) - 1, (listed[2 * index] ?? 1) - 1] as const;
  });
  return points.length >= 3 ? { kind: 'polygon', points } : undefined;
}

function bitmap(holder: JsonDataSet): Shutter | undefined {
  const group = number(holder, tags.ShutterOverlayGroup);
  return group === undefined
    ? undefined
    : { kind: 'bitmap', group: group.toString(16).toUpperCase().padStart(4, '0') };
}

const makers: Readonly<Record<string, (holder: JsonDataSet) => Shutter | undefined>> = {
  RECTANGULAR: rectangle,
  CIRCULAR: circle,
  POLYGONAL: polygon,
  BITMAP: bitmap,
};

/** Lightness 0 to 100 as grey (CIELab encoded to 16 bits, PS3.3 C.10.7.1.1); the colour of a shutter is nearly always none. */
function greyOfLightness(encoded: number): number {
  const lightness = (encoded / 65535) * 100;
  const luminance = lightness > 8 ? ((lightness + 16) / 116) ** 3 : lightness / 903.3;
  const grey = luminance <= 0.0031308 ? 12.92 * luminance : 1.055 * luminance ** (1 / 2.4) - 0.055;
  return Math.round(grey * 255);
}

/** The shutter of a frame, from 0; undefined where it has none. */
export function describeShutter(instance: JsonDataSet, frameIndex: number): DisplayShutter | undefined {
  const holder = functionalGroup(instance, frameIndex, tags.FrameDisplayShutterSequence);
  const shapes = texts(holder, tags.ShutterShape).flatMap((shape) => makers[shape]?.(holder) ?? []);
  if (shapes.length === 0) return undefined;
  const [lightness] = numbers(holder, tags.ShutterPresentationColorCIELabValue);
  const value = number(holder, tags.ShutterPresentationValue) ?? 0;
  return {
    shapes,
    grey: lightness === undefined ? Math.round((value / 65535) * 255) : greyOfLightness(lightness),
  };
}

/** The overlay group that is a shutter, and not drawn as overlay. */
export function shutterGroup(instance: JsonDataSet): string | undefined {
  const shutter = texts(instance, tags.ShutterShape).includes('BITMAP') ? bitmap(instance) : undefined;
  return shutter?.kind === 'bitmap' ? shutter.group : undefined;
}
