import { type ReactNode, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { MeasuredValues } from '../viewport/image-description.ts';
import type { ScreenPoint, Surface } from '../viewport/surface.ts';
import type { ViewportController } from '../viewport/viewport-controller.ts';

/** Diameter of the glass, CSS pixels. */
const glassSize = 240;
/** How many times larger than on the screen. */
const factors = [2, 3, 4, 6, 8] as const;

/** Paints what is around a place `factor` times as large, from the pixels of the image themselves, not from the screen. */
function paintValues(
  canvas: HTMLCanvasElement,
  controller: ViewportController,
  surface: Surface,
  at: ScreenPoint,
  factor: number,
): void {
  const context = canvas.getContext('2d');
  if (!context) return;
  const { width, height } = canvas;
  const output = context.createImageData(width, height);
  const pixels = new Uint32Array(output.data.buffer);
  const toPoint = (x: number, y: number) => surface.fromScreen({ left: at.left + x, top: at.top + y });
  // From the screen to the surface is affine: three places tell all.
  const [center, right, below] = [toPoint(0, 0), toPoint(100, 0), toPoint(0, 100)];
  const scale = (glassSize / width / factor) * 0.01;
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const [x, y] = [(column - width / 2) * scale, (row - height / 2) * scale];
      const value = surface.valueAt({
        x: center.x + (right.x - center.x) * x + (below.x - center.x) * y,
        y: center.y + (right.y - center.y) * x + (below.y - center.y) * y,
      });
      pixels[row * width + column] = colorOf(value, controller, surface.image.measured);
    }
  }
  context.putImageData(output, 0, 0);
}

/** A pixel of a canvas: bytes red, green, blue, opacity. */
function colorOf(
  value: ReturnType<Surface['valueAt']>,
  controller: ViewportController,
  measured: MeasuredValues,
): number {
  const opaque = 0xff000000;
  if (value === undefined) return opaque;
  if (typeof value !== 'number') return (opaque | (value[2] << 16) | (value[1] << 8) | value[0]) >>> 0;
  // Greys are of displayed values.
  const shown = (value - measured.intercept) / measured.slope;
  const grey = Math.round(Math.max(0, Math.min(1, controller.greyOf?.(shown) ?? 0)) * 255);
  return (opaque | (grey * 0x010101)) >>> 0;
}

/** The same for a plane through a volume, which has no pixels of its own: what is on the screen, larger. */
function paintScreen(canvas: HTMLCanvasElement, element: HTMLElement, at: ScreenPoint, factor: number): void {
  const [context, source] = [canvas.getContext('2d'), element.querySelector('canvas')];
  if (!context || !source) return;
  const ratio = source.width / source.clientWidth;
  const size = (glassSize / factor) * ratio;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(
    source,
    at.left * ratio - size / 2,
    at.top * ratio - size / 2,
    size,
    size,
    0,
    0,
    canvas.width,
    canvas.height,
  );
}

/** A glass at the pointer while the left button is down; the wheel then changes how much it enlarges. */
export function Magnifier({ controller }: { controller: ViewportController }): ReactNode {
  const { t } = useTranslation();
  const [at, setAt] = useState<ScreenPoint>();
  // A finger would cover what the glass shows.
  const [lift, setLift] = useState(0);
  const [step, setStep] = useState(0);
  const canvas = useRef<HTMLCanvasElement>(null);
  const factor = factors[step] ?? factors[0];

  // With the tool in hand, the very next press is the glass's.
  useLayoutEffect(() => {
    const { element } = controller;
    let isDown = false;
    const place = (event: MouseEvent): ScreenPoint => {
      const { left, top } = element.getBoundingClientRect();
      return { left: event.clientX - left, top: event.clientY - top };
    };
    const onDown = (event: PointerEvent) => {
      if (event.button !== 0 || !event.isPrimary) return;
      isDown = true;
      element.setPointerCapture(event.pointerId);
      setLift(event.pointerType === 'touch' ? glassSize * 0.75 : 0);
      setAt(place(event));
    };
    const onMove = (event: PointerEvent) => {
      if (isDown) setAt(place(event));
    };
    const onUp = () => {
      isDown = false;
      setAt(undefined);
    };
    const onWheel = (event: WheelEvent) => {
      if (!isDown) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const by = event.deltaY < 0 ? 1 : -1;
      setStep((now) => Math.max(0, Math.min(factors.length - 1, now + by)));
    };
    element.addEventListener('pointerdown', onDown);
    element.addEventListener('pointermove', onMove);
    element.addEventListener('pointerup', onUp);
    element.addEventListener('pointercancel', onUp);
    element.addEventListener('wheel', onWheel, { capture: true, passive: false });
    return () => {
      element.removeEventListener('pointerdown', onDown);
      element.removeEventListener('pointermove', onMove);
      element.removeEventListener('pointerup', onUp);
      element.removeEventListener('pointercancel', onUp);
      element.removeEventListener('wheel', onWheel, { capture: true });
    };
  }, [controller]);

  useEffect(() => {
    const { surface } = controller.getState();
    if (!at || !surface || !canvas.current) return;
    if (controller.greyOf) paintValues(canvas.current, controller, surface, at, factor);
    else paintScreen(canvas.current, controller.element, at, factor);
  });

  if (!at) return null;
  return (
    <>
      <canvas
        ref={canvas}
        className="magnifier"
        width={glassSize}
        height={glassSize}
        style={{ left: at.left - glassSize / 2, top: at.top - glassSize / 2 - lift }}
        data-testid="magnifier"
        data-factor={factor}
      />
      <div className="magnifier-factor" style={{ left: at.left + glassSize / 2, top: at.top - lift }}>
        {t('measuring.magnification', { factor })}
      </div>
    </>
  );
}
