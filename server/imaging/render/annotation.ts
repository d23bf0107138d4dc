import { annotationLines, type Corner } from './annotation-lines.ts';
import type { AttributeSource } from './attribute-values.ts';
import type { Raster, Rgb } from './raster.ts';
import type { AnnotationKind } from './render-request.ts';
import { escapeXml, type SvgLayer } from './svg-layer.ts';
import { textLine } from './text-line.ts';

const color: Rgb = [255, 255, 255];
const smallestText = 9;
const largestText = 28;
/** Lines that fit into the height of the result. */
const linesPerImage = 40;

/**
 * PS3.18 8.3.5.1.1: who the patient is and how the image was made, for the corners of the finished image. Text gets as large as
 * the image allows; lines that don't fit its width are narrowed.
 */
export async function annotationLayer(
  raster: Raster,
  source: AttributeSource,
  frameNumber: number,
  kinds: readonly AnnotationKind[],
): Promise<SvgLayer> {
  const { width, height } = raster;
  const size = Math.min(largestText, Math.max(smallestText, Math.min(width, height) / linesPerImage));
  const corners = await annotationLines(source.dataSet, frameNumber, kinds);
  const elements = corners.flatMap(({ corner, lines }) =>
    lines.map((line, index) => cornerLine(line, corner, index, lines.length, { width, height, size })),
  );
  return { elements, colors: [color], hasText: elements.length > 0 };
}

function cornerLine(
  text: string,
  corner: Corner,
  index: number,
  count: number,
  { width, height, size }: { width: number; height: number; size: number },
): string {
  const margin = size / 2;
  const isRight = corner.endsWith('right');
  const y = corner.startsWith('top')
    ? margin + size * (1 + 1.25 * index)
    : height - margin - size * 1.25 * (count - 1 - index);
  return textLine(escapeXml(text), {
    x: isRight ? width - margin : margin,
    y,
    // two corners share a line
    size: Math.min(size, fittingSize(text, (width - 3 * margin) / 2)),
    color,
    align: isRight ? 'end' : 'start',
  });
}

/** Letters of these fonts are a bit wider than half their size, those of East Asia as wide as it. */
function fittingSize(text: string, width: number): number {
  const letters = [...text].reduce(
    (sum, letter) => sum + ((letter.codePointAt(0) ?? 0) > 0x2e80 ? 1 : 0.62),
    0,
  );
  return Math.max(5, width / Math.max(1, letters));
}
