import type { DataSet } from '../../dicom/data-set.ts';
import { numbersOf, textOf } from './attribute-values.ts';
import type { Point } from './curves.ts';
import { type GraphicMapping, mappingOf } from './graphic-mapping.ts';
import type { Rgb } from './raster.ts';
import { escapeXml, svgColor } from './svg-layer.ts';
import { textLine } from './text-line.ts';

const mostLines = 100;
const mostCharacters = 1024;

/** A text of a presentation state (PS3.3 C.10.5): in its bounding box, or beside its anchor. */
export function textObjectElements(object: DataSet, color: Rgb, mapping: GraphicMapping): string[] {
  const lines = (textOf(object, 'UnformattedTextValue') ?? '')
    .slice(0, mostCharacters)
    .split(/\r\n|\r|\n/)
    .slice(0, mostLines);
  const anchor = anchorOf(object, mapping);
  const box = boxOf(object, mapping);
  const standard = Math.max(10, Math.min(mapping.width, mapping.height) / 40);
  // A box says how large the text is meant; below what can be read it gives way.
  const size = box ? Math.min(standard * 2, Math.max(8, box.height / lines.length / 1.2)) : standard;
  const origin: Point | undefined = box ? [box.left, box.top] : anchor && [anchor[0] + size / 2, anchor[1]];
  if (!origin) return [];
  const justified = box ? justify(textOf(object, 'BoundingBoxTextHorizontalJustification'), box) : undefined;
  const texts = lines.map((line, index) =>
    textLine(escapeXml(line), {
      x: justified?.x ?? origin[0],
      y: origin[1] + size * (1 + 1.2 * index),
      size,
      color,
      align: justified?.align ?? 'start',
    }),
  );
  return [...pointer(object, anchor, box, color), ...texts];
}

interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

function boxOf(object: DataSet, mapping: GraphicMapping): Box | undefined {
  const map = mappingOf(textOf(object, 'BoundingBoxAnnotationUnits'), mapping);
  const corners = ['BoundingBoxTopLeftHandCorner', 'BoundingBoxBottomRightHandCorner'].map((keyword) =>
    pointOf(object, keyword),
  );
  const [a, b] = corners.map((corner) => corner && map(corner));
  if (!a || !b) return undefined;
  return {
    left: Math.min(a[0], b[0]),
    top: Math.min(a[1], b[1]),
    width: Math.abs(a[0] - b[0]),
    height: Math.abs(a[1] - b[1]),
  };
}

function anchorOf(object: DataSet, mapping: GraphicMapping): Point | undefined {
  const anchor = pointOf(object, 'AnchorPoint');
  return anchor && mappingOf(textOf(object, 'AnchorPointAnnotationUnits'), mapping)(anchor);
}

function pointOf(object: DataSet, keyword: string): Point | undefined {
  const [x, y] = numbersOf(object, keyword);
  return x === undefined || y === undefined ? undefined : [x, y];
}

function justify(text: string | undefined, box: Box): { x: number; align: 'start' | 'middle' | 'end' } {
  if (text?.trim() === 'RIGHT') return { x: box.left + box.width, align: 'end' };
  if (text?.trim() === 'CENTER') return { x: box.left + box.width / 2, align: 'middle' };
  return { x: box.left, align: 'start' };
}

/** Anchor Point Visibility: a line from the text to the place that it is about. */
function pointer(object: DataSet, anchor: Point | undefined, box: Box | undefined, color: Rgb): string[] {
  if (!anchor || textOf(object, 'AnchorPointVisibility')?.trim() !== 'Y') return [];
  const fill = svgColor(color);
  const dot = `<circle cx="${anchor[0]}" cy="${anchor[1]}" r="2" fill="${fill}"/>`;
  if (!box) return [dot];
  const nearest = [
    Math.min(Math.max(anchor[0], box.left), box.left + box.width),
    Math.min(Math.max(anchor[1], box.top), box.top + box.height),
  ];
  return [
    dot,
    `<line x1="${anchor[0]}" y1="${anchor[1]}" x2="${nearest[0]}" y2="${nearest[1]}" stroke="${fill}"/>`,
  ];
}
