/** What of a part of the page is not painted. */
export type Skip = (element: Element) => boolean;

interface Painter {
  readonly context: CanvasRenderingContext2D;
  /** Upper left corner of what is painted, CSS pixels of the page. */
  readonly origin: { readonly x: number; readonly y: number };
  /** Pixels painted for one CSS pixel. */
  readonly scale: number;
  readonly skip: Skip;
}

const isTransparent = (color: string): boolean => color === 'transparent' || /,\s*0\)$|\/\s*0\)$/.test(color);

function withPagePixels({ context, origin, scale }: Painter, draw: () => void): void {
  context.save();
  context.setTransform(scale, 0, 0, scale, -origin.x * scale, -origin.y * scale);
  draw();
  context.restore();
}

function paintBox(painter: Painter, element: HTMLElement, style: CSSStyleDeclaration): void {
  const { context } = painter;
  const box = element.getBoundingClientRect();
  const border = Number.parseFloat(style.borderTopWidth) || 0;
  withPagePixels(painter, () => {
    context.globalAlpha = Number(style.opacity);
    const path = new Path2D();
    path.roundRect(box.x, box.y, box.width, box.height, Number.parseFloat(style.borderTopLeftRadius) || 0);
    if (!isTransparent(style.backgroundColor)) {
      context.fillStyle = style.backgroundColor;
      context.fill(path);
    }
    if (border > 0 && style.borderTopStyle !== 'none' && !isTransparent(style.borderTopColor)) {
      context.strokeStyle = style.borderTopColor;
      context.lineWidth = border;
      context.stroke(path);
    }
  });
}

/** A text node line by line, each where the browser has put it. */
function paintText(painter: Painter, node: Text, style: CSSStyleDeclaration): void {
  const text = node.data;
  if (text.trim() === '') return;
  const range = node.ownerDocument.createRange();
  const lines: { top: number; bottom: number; left: number; text: string }[] = [];
  for (let at = 0; at < text.length; at++) {
    range.setStart(node, at);
    range.setEnd(node, at + 1);
    const box = range.getClientRects()[0];
    if (!box || box.width === 0) continue;
    const last = lines.at(-1);
    if (last && Math.abs(last.top - box.top) < 2) last.text += text[at];
    else lines.push({ top: box.top, bottom: box.bottom, left: box.left, text: text[at] ?? '' });
  }
  const { context } = painter;
  withPagePixels(painter, () => {
    context.font = `${style.fontStyle} ${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    context.fillStyle = style.color;
    context.textBaseline = 'middle';
    if (style.textShadow !== 'none') {
      context.shadowColor = '#000';
      context.shadowBlur = 2 * painter.scale;
    }
    for (const line of lines) context.fillText(line.text, line.left, (line.top + line.bottom) / 2);
  });
}

function pathOf(shape: SVGGeometryElement): Path2D {
  if (shape instanceof SVGPathElement) return new Path2D(shape.getAttribute('d') ?? '');
  const path = new Path2D();
  if (shape instanceof SVGRectElement) {
    const { x, y, width, height, rx } = shape;
    path.roundRect(
      x.baseVal.value,
      y.baseVal.value,
      width.baseVal.value,
      height.baseVal.value,
      rx.baseVal.value,
    );
  } else if (shape instanceof SVGCircleElement) {
    path.arc(shape.cx.baseVal.value, shape.cy.baseVal.value, shape.r.baseVal.value, 0, 2 * Math.PI);
  } else if (shape instanceof SVGEllipseElement) {
    const { cx, cy, rx, ry } = shape;
    path.ellipse(cx.baseVal.value, cy.baseVal.value, rx.baseVal.value, ry.baseVal.value, 0, 0, 2 * Math.PI);
  } else if (shape instanceof SVGLineElement) {
    path.moveTo(shape.x1.baseVal.value, shape.y1.baseVal.value);
    path.lineTo(shape.x2.baseVal.value, shape.y2.baseVal.value);
  } else if (shape instanceof SVGPolylineElement || shape instanceof SVGPolygonElement) {
    for (const [index, { x, y }] of [...shape.points].entries()) {
      if (index === 0) path.moveTo(x, y);
      else path.lineTo(x, y);
    }
    if (shape instanceof SVGPolygonElement) path.closePath();
  }
  return path;
}

/** Draws in the coordinates of an SVG element. */
function withUserSpace(
  { context, origin, scale }: Painter,
  element: SVGGraphicsElement,
  draw: () => void,
): void {
  const matrix = element.getScreenCTM();
  if (!matrix) return;
  const { a, b, c, d, e, f } = matrix;
  context.save();
  context.setTransform(
    a * scale,
    b * scale,
    c * scale,
    d * scale,
    (e - origin.x) * scale,
    (f - origin.y) * scale,
  );
  draw();
  context.restore();
}

function paintShape(painter: Painter, shape: SVGGeometryElement, style: CSSStyleDeclaration): void {
  const { context } = painter;
  const path = pathOf(shape);
  withUserSpace(painter, shape, () => {
    const opacity = Number(style.opacity);
    if (style.fill !== 'none') {
      context.globalAlpha = opacity * Number(style.fillOpacity);
      context.fillStyle = style.fill;
      context.fill(path);
    }
    if (style.stroke !== 'none') {
      context.globalAlpha = opacity * Number(style.strokeOpacity);
      context.strokeStyle = style.stroke;
      context.lineWidth = Number.parseFloat(style.strokeWidth) || 1;
      context.lineCap = style.strokeLinecap as CanvasLineCap;
      context.lineJoin = style.strokeLinejoin as CanvasLineJoin;
      context.setLineDash(
        style.strokeDasharray === 'none' ? [] : style.strokeDasharray.split(/[ ,]+/).map(Number.parseFloat),
      );
      context.stroke(path);
    }
  });
}

function paintSvgText(painter: Painter, element: SVGTextContentElement, style: CSSStyleDeclaration): void {
  const text = element.textContent ?? '';
  if (text.trim() === '' || element.getNumberOfChars() === 0) return;
  const { context } = painter;
  withUserSpace(painter, element, () => {
    const { x, y } = element.getStartPositionOfChar(0);
    context.font = `${style.fontStyle} ${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    context.textBaseline = 'alphabetic';
    if (style.stroke !== 'none') {
      context.strokeStyle = style.stroke;
      context.lineWidth = Number.parseFloat(style.strokeWidth) || 1;
      context.strokeText(text, x, y);
    }
    if (style.fill !== 'none') {
      context.fillStyle = style.fill;
      context.fillText(text, x, y);
    }
  });
}

function paintNode(painter: Painter, element: Element): void {
  if (painter.skip(element)) return;
  const style = getComputedStyle(element);
  if (style.display === 'none' || style.visibility === 'hidden' || style.opacity === '0') return;
  if (element instanceof HTMLCanvasElement) {
    const box = element.getBoundingClientRect();
    if (element.width === 0 || element.height === 0) return;
    withPagePixels(painter, () => {
      painter.context.imageSmoothingQuality = 'high';
      painter.context.drawImage(element, box.x, box.y, box.width, box.height);
    });
    return;
  }
  if (element instanceof SVGTextContentElement) {
    paintSvgText(painter, element, style);
    return;
  }
  if (element instanceof SVGGeometryElement) paintShape(painter, element, style);
  if (element instanceof HTMLElement) paintBox(painter, element, style);
  for (const child of element.childNodes) {
    if (child instanceof Text && element instanceof HTMLElement) paintText(painter, child, style);
    else if (child instanceof Element) paintNode(painter, child);
  }
}

/**
 * Paints a part of the page as it is seen: canvases, boxes, texts, lines of SVG. Lines and letters are drawn anew at `scale`; an
 * image that the page has at its own resolution is enlarged. The canvas stays readable, which that of an SVG with HTML within
 * would not everywhere.
 */
export function paintElement(root: Element, scale: number, skip: Skip): HTMLCanvasElement {
  const box = root.getBoundingClientRect();
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(box.width * scale));
  canvas.height = Math.max(1, Math.round(box.height * scale));
  const context = canvas.getContext('2d');
  if (!context) throw new Error('This browser gives no canvas to paint on');
  context.fillStyle = '#000';
  context.fillRect(0, 0, canvas.width, canvas.height);
  paintNode({ context, origin: { x: box.x, y: box.y }, scale, skip }, root);
  return canvas;
}
