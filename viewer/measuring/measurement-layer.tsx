import './measuring.css';
import type { TFunction } from 'i18next';
import { type ReactNode, useEffect, useLayoutEffect, useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { ScreenPoint, Surface } from '../viewport/surface.ts';
import type { ViewportController, ViewportState } from '../viewport/viewport-controller.ts';
import { useWorkspace } from '../workspace/workspace-store.ts';
import { HoverReadout } from './hover-readout.tsx';
import { labelLineHeight, labelTextOrigin, leaderOf } from './label-layout.ts';
import { type LaidOut, layOut, onSurface } from './layout.ts';
import { useLive } from './live-store.ts';
import { Magnifier } from './magnifier.tsx';
import { isPlacedOn, type Measurement } from './measurement.ts';
import { changed, useMeasurements } from './measurement-store.ts';
import { MeasuringPointer, toolCursor } from './pointer-input.ts';
import { labelLines, patientText, pixelText, pixelValueText } from './value-text.ts';

const drawLine = (points: readonly ScreenPoint[], isClosed: boolean): string =>
  points.length === 0
    ? ''
    : `M${points.map(({ left, top }) => `${left.toFixed(2)} ${top.toFixed(2)}`).join('L')}${isClosed ? 'Z' : ''}`;

/** The two barbs of an arrow, at its tip. */
function arrowHead([tip, end]: readonly ScreenPoint[]): readonly ScreenPoint[] {
  if (!tip || !end) return [];
  const turn = Math.atan2(end.top - tip.top, end.left - tip.left);
  const barb = (by: number): ScreenPoint => ({
    left: tip.left + 12 * Math.cos(turn + by),
    top: tip.top + 12 * Math.sin(turn + by),
  });
  return [barb(0.45), tip, barb(-0.45)];
}

function Lines({ item }: { item: LaidOut }): ReactNode {
  const head = item.measurement.tool === 'arrow' ? arrowHead(item.lines[0]?.points ?? []) : [];
  const all = [
    ...item.lines,
    ...(head.length > 0 ? [{ points: head, isClosed: false, isDashed: false }] : []),
  ].map((line) => ({ ...line, path: drawLine(line.points, line.isClosed) }));
  return (
    <>
      {all.map(({ path }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines are what they are by their order
        <path key={index} className="measurement-outline" d={path} />
      ))}
      {all.map(({ path, isDashed }, index) => (
        <path
          // biome-ignore lint/suspicious/noArrayIndexKey: lines are what they are by their order
          key={index}
          className={isDashed ? 'measurement-line is-dashed' : 'measurement-line'}
          d={path}
        />
      ))}
    </>
  );
}

/** A cross that leaves the pixel itself free to be seen. */
function ProbeMark({ at }: { at: ScreenPoint }): ReactNode {
  const { left, top } = at;
  const arms = [-1, 1].map((sign) => [
    `M${left + sign * 3} ${top}H${left + sign * 10}`,
    `M${left} ${top + sign * 3}V${top + sign * 10}`,
  ]);
  const path = arms.flat().join('');
  return (
    <>
      <path className="measurement-outline" d={path} />
      <path className="measurement-line" d={path} />
    </>
  );
}

function Label({ item }: { item: LaidOut }): ReactNode {
  const { label, text, measurement } = item;
  if (text.length === 0) return null;
  const points = item.lines.flatMap((line) => line.points);
  const leader =
    measurement.tool === 'text' ? undefined : leaderOf(label, points.length > 0 ? points : item.handles);
  return (
    <>
      {leader ? (
        <path className="measurement-leader" d={drawLine(leader, false)} data-testid="measurement-leader" />
      ) : null}
      <g className="measurement-label" data-testid="measurement-label">
        <rect x={label.left} y={label.top} width={label.width} height={label.height} rx={3} />
        {text.map((line, index) => (
          <text
            // biome-ignore lint/suspicious/noArrayIndexKey: a line is its place
            key={index}
            x={label.left + labelTextOrigin.left}
            y={label.top + labelTextOrigin.top + index * labelLineHeight}
          >
            {line}
          </text>
        ))}
      </g>
    </>
  );
}

function Drawn(props: {
  item: LaidOut;
  isSelected: boolean;
  isHovered: boolean;
  isDrawing: boolean;
}): ReactNode {
  const { t } = useTranslation();
  const { item, isSelected, isHovered, isDrawing } = props;
  const { measurement } = item;
  const [place] = item.handles;
  const state = `${isSelected ? ' is-selected' : ''}${isHovered ? ' is-hovered' : ''}`;
  return (
    // biome-ignore lint/a11y/noInteractiveElementToNoninteractiveRole: a group of lines is a picture, and named as one
    <g
      className={`measurement${state}`}
      style={{ color: measurement.color }}
      role="img"
      aria-label={[t(`measuring.tool.${measurement.tool}`), ...item.text].join(' ')}
      data-testid={isDrawing ? 'measurement-drawing' : 'measurement'}
      data-uid={measurement.trackingUID}
      data-tool={measurement.tool}
      data-values={JSON.stringify(measurement.values)}
      data-points={JSON.stringify(measurement.points)}
      data-calibration={measurement.calibration}
      data-notice={measurement.notice ?? ''}
      data-selected={isSelected}
    >
      <Lines item={item} />
      {measurement.tool === 'probe' && place ? <ProbeMark at={place} /> : null}
      {isSelected || isHovered || isDrawing
        ? item.handles.map(({ left, top }, index) =>
            measurement.tool === 'probe' ? null : (
              // biome-ignore lint/suspicious/noArrayIndexKey: handles are their order
              <circle key={index} className="measurement-handle" cx={left} cy={top} r={4} />
            ),
          )
        : null}
      <Label item={item} />
    </g>
  );
}

/** What stands beside a measurement on this surface; a probe also tells its place, and the colour of a colour. */
function textOn(measurement: Measurement, surface: Surface, t: TFunction, language: string): string[] {
  const lines = labelLines(measurement, t, language);
  const [place] = measurement.points;
  if (measurement.tool !== 'probe' || !place) return lines;
  const colour = measurement.values.length === 0 ? pixelValueText(surface, place, language) : '';
  return [...lines, colour, pixelText(surface, place), patientText(surface, place, language)].filter(Boolean);
}

/** The measurements on a surface with what is being done to them, and the one being drawn last. */
function useShown(tile: number, surface: Surface | undefined): readonly Measurement[] {
  const measurements = useMeasurements((store) => store.measurements);
  const hiddenUIDs = useMeasurements((store) => store.hiddenUIDs);
  const areHidden = useLive((live) => live.areHidden);
  const edit = useLive((live) => live.edit);
  const preview = useLive((live) =>
    live.drawing?.tile === tile && live.drawing.surfaceKey === surface?.key
      ? live.drawing.preview
      : undefined,
  );
  return useMemo(() => {
    if (!surface) return [];
    const kept = areHidden
      ? []
      : measurements.filter(
          ({ placement, trackingUID }) => !hiddenUIDs.has(trackingUID) && isPlacedOn(placement, surface),
        );
    const shown = kept.map((measurement) => {
      if (edit?.trackingUID !== measurement.trackingUID) return onSurface(measurement, surface);
      // What is being moved is in coordinates of the surface already.
      return edit.surfaceKey === surface.key
        ? changed(onSurface(measurement, surface), edit.change)
        : onSurface(measurement, surface);
    });
    return preview ? [...shown, preview] : shown;
  }, [surface, measurements, hiddenUIDs, areHidden, edit, preview]);
}

/** Everything measured on what a viewport shows, and the hand that measures. */
export function MeasurementLayer(props: {
  tile: number;
  controller: ViewportController;
  state: ViewportState;
}): ReactNode {
  const { t, i18n } = useTranslation();
  const { tile, controller, state } = props;
  const { surface } = state;
  const shown = useShown(tile, surface);
  const selectedUID = useMeasurements((store) => store.selectedUID);
  const hoveredUID = useLive((live) => live.hoveredUID);
  const drawingUID = useLive((live) => live.drawing?.preview.trackingUID);
  const cursor = useLive((live) =>
    live.cursor?.tile === tile && live.cursor.surfaceKey === surface?.key ? live.cursor : undefined,
  );
  const tool = useWorkspace((workspace) => workspace.tool);
  const items = useMemo(() => {
    if (!surface || shown.length === 0) return [];
    const { clientWidth: width, clientHeight: height } = controller.element;
    return layOut(shown, surface, { width, height }, (measurement) =>
      textOn(measurement, surface, t, i18n.language),
    );
  }, [shown, surface, controller, t, i18n.language]);
  const latestItems = useRef(items);
  latestItems.current = items;

  useEffect(() => {
    const pointer = new MeasuringPointer(tile, controller, () =>
      latestItems.current.filter(
        ({ measurement }) => measurement.trackingUID !== useLive.getState().drawing?.preview.trackingUID,
      ),
    );
    return () => pointer.stop();
  }, [tile, controller]);

  const cursorStyle = toolCursor(tool, surface !== undefined);
  // What is in hand is seen at the pointer before it moves.
  useLayoutEffect(() => {
    controller.element.style.cursor = cursorStyle;
  }, [cursorStyle, controller]);

  const cursorAt = cursor && surface?.toScreen(cursor.point);
  return (
    <>
      {items.length > 0 || cursorAt ? (
        // biome-ignore lint/a11y/noSvgWithoutTitle: each measurement in it has a name of its own
        <svg className="measurements" data-testid={`measurements-${tile}`}>
          {items.map((item) => (
            <Drawn
              key={item.measurement.trackingUID}
              item={item}
              isSelected={item.measurement.trackingUID === selectedUID}
              isHovered={item.measurement.trackingUID === hoveredUID}
              isDrawing={item.measurement.trackingUID === drawingUID}
            />
          ))}
          {cursorAt ? (
            <g data-testid="measuring-cursor">
              <ProbeMark at={cursorAt} />
              <circle className="measuring-cursor" cx={cursorAt.left} cy={cursorAt.top} r={14} fill="none" />
            </g>
          ) : null}
        </svg>
      ) : null}
      {tool === 'magnify' ? <Magnifier controller={controller} /> : null}
      <HoverReadout controller={controller} />
    </>
  );
}
