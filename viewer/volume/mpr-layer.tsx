import './volume.css';
import { type KeyboardEvent, type PointerEvent, type ReactNode, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { ScreenPoint } from '../viewport/surface.ts';
import type { ViewportController, ViewportState } from '../viewport/viewport-controller.ts';
import { pointCrosshair } from '../workspace/crosshair-store.ts';
import type { PlaneName } from '../workspace/tile-content.ts';
import { useWorkspace, type Workspace } from '../workspace/workspace-store.ts';
import { angleBetween, distanceFromLine, lineWithin, type PlaneLine, planeLines } from './mpr-lines.ts';
import { slabOf } from './mpr-state.ts';
import { PlaneChip } from './plane-chip.tsx';
import { isPlaneController, type PlaneController, type PlaneView } from './plane-controller.ts';

/** CSS pixels around the common point in which no line is drawn: what is there is to be seen. */
const gap = 18;
const degree = Math.PI / 180;

interface PlaneProps {
  readonly controller: PlaneController;
  readonly plane: PlaneView;
}

/** The other planes of the same volume that are on the screen. */
function otherPlanes({ contents, grid }: Workspace, { displaySetId, name }: PlaneView): PlaneName[] {
  const shown = contents
    .slice(0, grid.rows * grid.columns)
    .flatMap((content) =>
      content?.kind === 'plane' && content.displaySetId === displaySetId ? [content.plane] : [],
    );
  return [...new Set(shown)].filter((other) => other !== name);
}

/** Follows the pointer while a handle is held; gives its place in the viewport. */
function useDrag(element: HTMLElement, onMove: (place: ScreenPoint, event: PointerEvent) => void) {
  const placeOf = (event: PointerEvent): ScreenPoint => {
    const { left, top } = element.getBoundingClientRect();
    return { left: event.clientX - left, top: event.clientY - top };
  };
  return {
    onPointerDown: (event: PointerEvent<Element>) => {
      if (event.button !== 0) return;
      event.stopPropagation();
      event.currentTarget.setPointerCapture(event.pointerId);
    },
    onPointerMove: (event: PointerEvent<Element>) => {
      if (event.currentTarget.hasPointerCapture(event.pointerId)) onMove(placeOf(event), event);
    },
    onDoubleClick: (event: { stopPropagation(): void }) => event.stopPropagation(),
  };
}

/** What arrow keys ask for: -1 or 1; they then don't reach the images. */
function stepOfKey(event: KeyboardEvent): number {
  const step = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key] ?? 0;
  if (step === 0) return 0;
  event.preventDefault();
  event.stopPropagation();
  return step;
}

const along = ({ center, along: { x, y } }: PlaneLine, distance: number): ScreenPoint => ({
  left: center.left + x * distance,
  top: center.top + y * distance,
});

/** Turns the plane of a line about the common point. */
function TurnHandle(props: PlaneProps & { line: PlaneLine; distance: number; isFirst: boolean }): ReactNode {
  const { t } = useTranslation();
  const { controller, line, distance } = props;
  const before = useRef<ScreenPoint>(undefined);
  const place = along(line, distance);
  const drag = useDrag(controller.element, (to, event) => {
    const from = before.current ?? to;
    controller.turn(line.name, angleBetween(line.center, from, to), event.shiftKey);
    before.current = to;
  });
  return (
    // biome-ignore lint/a11y/useSemanticElements: an HTML button can't stand in a drawing
    <g
      className={`mpr-handle plane-${line.name}`}
      role="button"
      aria-label={t('volume.rotateHandle', { plane: t(`volume.plane.${line.name}`) })}
      tabIndex={props.isFirst ? 0 : -1}
      data-testid={`turn-${line.name}`}
      {...drag}
      onPointerDown={(event) => {
        before.current = undefined;
        drag.onPointerDown(event);
      }}
      onKeyDown={(event) => {
        const step = stepOfKey(event);
        if (step !== 0) controller.turn(line.name, step * degree, event.shiftKey);
      }}
    >
      <circle className="mpr-grip" cx={place.left} cy={place.top} r={13} />
      <circle className="mpr-knob" cx={place.left} cy={place.top} r={6} />
    </g>
  );
}

/** Sets the thickness of the slab of a line's plane. */
function SlabHandle(props: PlaneProps & { line: PlaneLine; distance: number; side: 1 | -1 }): ReactNode {
  const { t } = useTranslation();
  const { controller, plane, line, distance, side } = props;
  const slab = plane.mpr.slabs[line.name];
  const onLine = along(line, distance);
  const offset = Math.max(line.slabPixels, 0) * side;
  const place = { left: onLine.left - line.along.y * offset, top: onLine.top + line.along.x * offset };
  const drag = useDrag(controller.element, (to) => {
    const thickness = Math.round(2 * distanceFromLine(line, to));
    controller.setSlab(slabOf(slab.mode, thickness), line.name);
  });
  return (
    // biome-ignore lint/a11y/useSemanticElements: an HTML button can't stand in a drawing
    <g
      className={`mpr-handle plane-${line.name}`}
      role="button"
      aria-label={t('volume.slabHandle', { plane: t(`volume.plane.${line.name}`) })}
      tabIndex={side === 1 ? 0 : -1}
      data-testid={`slab-${line.name}`}
      {...drag}
      onKeyDown={(event) => {
        const step = stepOfKey(event);
        if (step !== 0) controller.setSlab(slabOf(slab.mode, slab.thickness + step), line.name);
      }}
    >
      <rect className="mpr-grip" x={place.left - 13} y={place.top - 13} width={26} height={26} />
      <rect className="mpr-knob" x={place.left - 5} y={place.top - 5} width={10} height={10} />
    </g>
  );
}

function Stroke(props: {
  ends: readonly [ScreenPoint, ScreenPoint] | undefined;
  className: string;
}): ReactNode {
  if (!props.ends) return null;
  const [a, b] = props.ends;
  const ends = { x1: a.left, y1: a.top, x2: b.left, y2: b.top };
  return (
    <>
      <line className="mpr-halo" {...ends} />
      <line className={props.className} {...ends} />
    </>
  );
}

/** One plane as a line across another one: its borders where it is a slab, its letter at the end, and what it is turned by. */
function Line(props: PlaneProps & { line: PlaneLine; size: { width: number; height: number } }): ReactNode {
  const { t } = useTranslation();
  const { line, size, plane } = props;
  const { center, slabPixels, name } = line;
  const ways = [line.along, { x: -line.along.x, y: -line.along.y }] as const;
  const sides = slabPixels > 1 ? ([1, -1] as const) : [];
  const reach = Math.min(size.width, size.height);
  // At the right or lower end, where neither the name of the plane nor the patient's stands.
  const towardsLetter = ways[line.along.x + line.along.y >= 0 ? 0 : 1];
  const letterEnd = lineWithin(center, towardsLetter, size, gap)?.[1];
  const isTurnable = name !== 'acquired' && plane.name !== 'acquired';
  return (
    <g
      className={`mpr-line plane-${name}`}
      data-testid={`line-${name}`}
      data-angle={Math.atan2(line.along.y, line.along.x)}
    >
      {ways.map((way) => (
        <Stroke key={`${way.x} ${way.y}`} ends={lineWithin(center, way, size, gap)} className="mpr-stroke" />
      ))}
      {sides.flatMap((side) => {
        const border = {
          left: center.left - line.along.y * slabPixels * side,
          top: center.top + line.along.x * slabPixels * side,
        };
        return ways.map((way) => (
          <Stroke
            key={`${side} ${way.x} ${way.y}`}
            ends={lineWithin(border, way, size, 0)}
            className="mpr-stroke is-border"
          />
        ));
      })}
      {letterEnd ? (
        <text
          className="mpr-letter"
          x={Math.max(14, Math.min(size.width - 64, letterEnd.left + 6))}
          y={Math.max(60, Math.min(size.height - 34, letterEnd.top - 6))}
        >
          {t(`volume.letter.${name}`)}
        </text>
      ) : null}
      {isTurnable
        ? ([0.32, -0.32] as const).map((part, index) => (
            <TurnHandle key={part} {...props} distance={part * reach} isFirst={index === 0} />
          ))
        : null}
      {isTurnable
        ? ([1, -1] as const).map((side) => (
            <SlabHandle key={side} {...props} distance={0.17 * reach * side} side={side} />
          ))
        : null}
    </g>
  );
}

/** Takes the common point of the planes elsewhere. */
function CenterHandle(
  props: PlaneProps & { tile: number; center: ScreenPoint; state: ViewportState },
): ReactNode {
  const { controller, center } = props;
  const drag = useDrag(controller.element, (to) => {
    const { surface } = controller.getState();
    const place = surface?.toPatient(surface.fromScreen(to));
    if (!place) return;
    const { frameOfReferenceUID } = props.state.surface ?? {};
    if (frameOfReferenceUID) pointCrosshair({ place, frameOfReferenceUID, tile: props.tile });
    else controller.goToPlace(place);
  });
  return (
    <circle
      className="mpr-center"
      cx={center.left}
      cy={center.top}
      r={13}
      data-testid="mpr-center"
      data-left={center.left}
      data-top={center.top}
      {...drag}
    />
  );
}

function Lines(props: PlaneProps & { tile: number; state: ViewportState }): ReactNode {
  const { controller, plane, state } = props;
  const workspace = useWorkspace();
  const { surface } = state;
  const others = otherPlanes(workspace, plane);
  if (!surface || others.length === 0) return null;
  const { clientWidth: width, clientHeight: height } = controller.element;
  const lines = planeLines(surface, plane.mpr, plane.name, others);
  const [first] = lines;
  if (!first) return null;
  const isCrosshair = workspace.tool === 'crosshair';
  return (
    // biome-ignore lint/a11y/noSvgWithoutTitle: a title would come up as a tooltip over the image
    <svg className={isCrosshair ? 'mpr-lines is-chosen' : 'mpr-lines'} width={width} height={height}>
      {lines.map((line) => (
        <Line key={line.name} controller={controller} plane={plane} line={line} size={{ width, height }} />
      ))}
      <CenterHandle {...props} center={first.center} />
    </svg>
  );
}

/** Over planes: where the other planes are, to be turned and made thicker; which plane this is; what is to be said of its volume. */
export function MprLayer(props: {
  tile: number;
  controller: ViewportController;
  state: ViewportState;
}): ReactNode {
  const { controller } = props;
  const plane = isPlaneController(controller) ? controller.getPlane() : undefined;
  if (!isPlaneController(controller) || !plane) return null;
  return (
    <>
      <Lines {...props} controller={controller} plane={plane} />
      <PlaneChip tile={props.tile} controller={controller} plane={plane} state={props.state} />
    </>
  );
}
