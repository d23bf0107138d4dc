import './linking.css';
import { type ReactNode, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import type { ViewportController, ViewportState } from '../viewport/viewport-controller.ts';
import { type Crosshair, pointCrosshair, useCrosshair } from '../workspace/crosshair-store.ts';
import { useWorkspace } from '../workspace/workspace-store.ts';
import { halfSlice } from './geometry.ts';

/** Puts the crosshair where an image is pointed at, and moves it while the button is held. */
function usePointing(tile: number, controller: ViewportController): void {
  const isChosen = useWorkspace((workspace) => workspace.tool === 'crosshair');
  useEffect(() => {
    if (!isChosen) return;
    const { element } = controller;
    const point = (event: PointerEvent) => {
      const { surface } = controller.getState();
      const { left, top } = element.getBoundingClientRect();
      const place = surface?.toPatient(
        surface.fromScreen({ left: event.clientX - left, top: event.clientY - top }),
      );
      const frameOfReferenceUID = surface?.frameOfReferenceUID;
      if (place && frameOfReferenceUID !== undefined) pointCrosshair({ place, frameOfReferenceUID, tile });
    };
    const onDown = (event: PointerEvent) => {
      if (event.button !== 0) return;
      element.setPointerCapture(event.pointerId);
      point(event);
    };
    const onMove = (event: PointerEvent) => {
      if ((event.buttons & 1) !== 0 && element.hasPointerCapture(event.pointerId)) point(event);
    };
    element.addEventListener('pointerdown', onDown);
    element.addEventListener('pointermove', onMove);
    return () => {
      element.removeEventListener('pointerdown', onDown);
      element.removeEventListener('pointermove', onMove);
    };
  }, [isChosen, controller, tile]);
}

/** Screen pixels from the place to the inner and outer end of an arm: the place itself stays free to be seen. */
const [armFrom, armTo] = [6, 22];
const arms = [
  [1, 0],
  [-1, 0],
  [0, 1],
  [0, -1],
] as const;

function Mark({ crosshair, state }: { crosshair: Crosshair; state: ViewportState }): ReactNode {
  const { t } = useTranslation();
  const point = state.surface?.fromPatient(crosshair.place);
  if (!state.surface || !point) return null;
  const { left, top } = state.surface.toScreen(point);
  const image = state.surface.kind === 'image' ? state.stack?.images.indexOf(state.surface.image) : undefined;
  const limit = image !== undefined && state.stack ? halfSlice(state.stack, image) : 0.5;
  const distance = Math.abs(point.distance);
  const isAway = distance > limit + 1e-3;
  return (
    <svg className="linking-drawing" aria-hidden="true">
      <g
        className={isAway ? 'crosshair-mark is-away' : 'crosshair-mark'}
        data-testid="crosshair-mark"
        data-x={point.x}
        data-y={point.y}
        data-distance={point.distance}
      >
        {arms.map(([x, y]) => {
          const ends = {
            x1: left + x * armFrom,
            y1: top + y * armFrom,
            x2: left + x * armTo,
            y2: top + y * armTo,
          };
          return (
            <g key={`${x} ${y}`}>
              <line className="reference-halo" {...ends} />
              <line className="crosshair-arm" {...ends} />
            </g>
          );
        })}
        {isAway ? (
          <text className="crosshair-distance" x={left + 10} y={top - 10}>
            {t('link.crosshairAway', { distance: distance.toFixed(1) })}
          </text>
        ) : null}
      </g>
    </svg>
  );
}

/** The crosshair on a stack or plane: at its exact place, or plainly said that this is another Frame of Reference. */
export function CrosshairLayer(props: {
  tile: number;
  controller: ViewportController;
  state: ViewportState;
}): ReactNode {
  const { t } = useTranslation();
  usePointing(props.tile, props.controller);
  const crosshair = useCrosshair((store) => store.crosshair);
  const isChosen = useWorkspace((workspace) => workspace.tool === 'crosshair');
  if (!crosshair || !isChosen) return null;
  const isHere = props.state.surface?.frameOfReferenceUID === crosshair.frameOfReferenceUID;
  return isHere ? (
    <Mark crosshair={crosshair} state={props.state} />
  ) : (
    <div className="crosshair-elsewhere" data-testid="crosshair-elsewhere">
      {t('link.crosshairElsewhere')}
    </div>
  );
}
