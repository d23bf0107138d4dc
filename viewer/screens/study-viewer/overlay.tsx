import './imaging.css';
import type { TFunction } from 'i18next';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { type ImageDescription, isColor } from '../../viewport/image-description.ts';
import {
  positionsOf,
  shownPosition,
  type ViewportController,
  type ViewportState,
} from '../../viewport/viewport-controller.ts';
import { windowToRange } from '../../viewport/window.ts';
import type { OverlayDetail } from '../../workspace/workspace-store.ts';
import { fitLines, linesThatFit, type OverlayLine } from './overlay-lines.ts';
import {
  formatNumber,
  headerFlags,
  headerTexts,
  lossyCompression,
  planeLocation,
  sliceLocation,
  techniqueNumbers,
} from './tile-content.ts';
import type { Shortfall } from './use-studies.ts';

/** A viewport that shows an image. */
type ShownState = ViewportState & { readonly image: ImageDescription };

const line = (key: string, text: string | undefined, priority: number): OverlayLine => ({
  key,
  text: text ?? '',
  priority,
});

function Corner(props: { className: string; lines: readonly OverlayLine[]; testId: string }): ReactNode {
  return (
    <div className={`overlay ${props.className}`} data-testid={props.testId}>
      {props.lines.map(({ key, text }) => (
        <div key={key} className="overlay-line" title={text}>
          {key === 'name' ? <strong>{text}</strong> : text}
        </div>
      ))}
    </div>
  );
}

/** Letters at the edges: which side of the patient is where. */
function Markers({ markers }: Pick<ViewportState, 'markers'>): ReactNode {
  if (!markers) return null;
  return (['top', 'right', 'bottom', 'left'] as const).map((edge) =>
    markers[edge] ? (
      <div key={edge} className={`marker marker-${edge}`} data-testid={`marker-${edge}`}>
        {markers[edge]}
      </div>
    ) : null,
  );
}

/** Who this is: shown even when the other texts are off. */
function identityLines(t: TFunction, { image }: ShownState): OverlayLine[] {
  const texts = headerTexts(image);
  return [
    line('name', texts.patientName ?? t('list.noName'), 0),
    line('id', texts.patientID, 0),
    line('birth', texts.birthDate && t('overlay.born', { date: texts.birthDate }), 1),
    line('sex', texts.sexAndAge, 2),
  ];
}

function studyLines(t: TFunction, { image }: ShownState): OverlayLine[] {
  const texts = headerTexts(image);
  return [
    line('institution', texts.institution, 4),
    line('study', texts.studyDescription, 2),
    line('studyId', texts.studyId && t('imaging.studyId', { id: texts.studyId }), 5),
    line('accession', texts.accession && t('overlay.accession', { number: texts.accession }), 3),
    line('date', texts.dateAndTime, 1),
  ];
}

function seriesLines(t: TFunction, { image, surface }: ShownState): OverlayLine[] {
  const isPlane = surface?.kind === 'plane';
  const texts = headerTexts(image);
  const flags = headerFlags(image);
  // A plane through a volume has a place of its own, and is as thick as it is made (volume/plane-chip.tsx).
  const location = isPlane ? planeLocation(surface) : sliceLocation(image);
  const place = location && { value: formatNumber(location.value), sides: location.sides };
  const technique = techniqueNumbers(image).map(([name, values]) => t(`imaging.${name}`, values));
  const number = texts.seriesNumber ? t('overlay.series', { number: texts.seriesNumber }) : '';
  const side = texts.laterality ? t('overlay.laterality', { side: texts.laterality }) : '';
  const { spacingBetweenSlices: between } = flags;
  return [
    line('series', [number, texts.seriesDescription].filter(Boolean).join(' · '), 1),
    line(
      'side',
      [side, flags.view && t('imaging.view', { view: flags.view })].filter(Boolean).join(' · '),
      0,
    ),
    line('contrast', texts.contrast && t('imaging.contrast', { agent: texts.contrast }), 4),
    line('technique', technique.slice(0, 4).join(' · '), 5),
    line('technique2', technique.slice(4).join(' · '), 6),
    line(
      'thickness',
      [
        image.sliceThickness && !isPlane
          ? t('overlay.thickness', { value: formatNumber(image.sliceThickness) })
          : '',
        between && !isPlane ? t('imaging.spacingBetween', { value: formatNumber(between) }) : '',
      ]
        .filter(Boolean)
        .join(' · '),
      3,
    ),
    line('location', place ? t(place.sides ? 'overlay.locationSides' : 'overlay.location', place) : '', 2),
  ];
}

function windowText(t: TFunction, { window }: ShownState): string {
  if (!window) return '';
  const numbers = t('overlay.window', {
    width: formatNumber(window.width),
    center: formatNumber(window.center),
  });
  const name = window.explanation ?? (window.table === undefined ? '' : t('imaging.voiLut'));
  return name ? `${name} · ${numbers}` : numbers;
}

function displayLines(t: TFunction, state: ShownState): OverlayLine[] {
  const { image, cine } = state;
  const rate = cine?.isPlaying ? (cine.measuredRate ?? cine.rate) : undefined;
  return [
    line('inverted', state.isInverted ? t('overlay.inverted') : '', 2),
    line('unit', image.valueUnit.startsWith('SUV') ? image.valueUnit : '', 3),
    line('scale', image.isCalibrated || isColor(image) ? '' : t('overlay.notCalibrated'), 4),
    line('zoom', t('overlay.zoom', { percent: Math.round(state.zoom * 100) }), 5),
    line('rate', rate ? t('imaging.cineRate', { rate: formatNumber(rate) }) : '', 3),
    line('window', windowText(t, state), 1),
  ];
}

/** Whether the whole image is black or white by its window. */
function isWindowOutside({ window }: ShownState, controller: ViewportController | undefined): boolean {
  const range = controller?.valueRange;
  if (!window || !range || range[0] === range[1]) return false;
  const { lower, upper } = windowToRange(window);
  return upper <= range[0] || lower >= range[1];
}

/** What must never be hidden, under the name of the patient. */
function Badges(props: {
  state: ShownState;
  controller: ViewportController | undefined;
  notices: readonly string[];
}): ReactNode {
  const { t } = useTranslation();
  const { state, controller, notices } = props;
  const { image } = state;
  const lossy = lossyCompression(image);
  const { isDeidentified, hasBurnedInAnnotation } = headerFlags(image);
  const lossyText =
    lossy?.ratio && lossy.method
      ? t('imaging.lossyMethod', { ratio: lossy.ratio, method: lossy.method })
      : lossy?.ratio
        ? t('overlay.lossyRatio', { ratio: lossy.ratio })
        : t('overlay.lossy');
  return (
    <div className="badges">
      {lossy ? (
        <span className="lossy" data-testid="lossy">
          {lossyText}
        </span>
      ) : null}
      {state.fidelity === 'partial' ? (
        <span className="badge-fidelity" data-testid="fidelity">
          {t('imaging.partial')}
        </span>
      ) : null}
      {image.suvObstacle ? (
        <span className="badge-fidelity" data-testid="suv-missing">
          {t('imaging.suvMissing.title', { reason: t(`imaging.suvMissing.${image.suvObstacle}`) })}
        </span>
      ) : null}
      {isWindowOutside(state, controller) ? (
        <span className="badge-fidelity" data-testid="window-outside">
          {t('imaging.windowOutside')}
        </span>
      ) : null}
      {notices.map((notice) => (
        <span key={notice} className="badge-fidelity" data-testid="notice">
          {notice}
        </span>
      ))}
      {isDeidentified ? (
        <span className="badge-quiet" data-testid="deidentified">
          {t('imaging.deidentified')}
        </span>
      ) : null}
      {hasBurnedInAnnotation ? (
        <span className="badge-quiet" data-testid="burned-in">
          {t('imaging.burnedIn')}
        </span>
      ) : null}
    </div>
  );
}

/** All texts over one viewport. They describe the image that is drawn, never the one that is still on its way. */
export function Overlay(props: {
  state: ViewportState;
  detail: OverlayDetail;
  shortfall: Shortfall | undefined;
  controller?: ViewportController;
  /** Texts to warn with, such as that slices are missing. */
  notices?: readonly string[];
}): ReactNode {
  const { state, detail, shortfall, controller } = props;
  const { t } = useTranslation();
  const { image, stack } = state;
  if (!image || !stack) return null;
  const shown = { ...state, image };
  const { clientWidth: width, clientHeight: height } = controller?.element ?? {
    clientWidth: 0,
    clientHeight: 0,
  };
  // Where nothing is known of the size (in tests), all lines are shown.
  const count = height > 0 ? linesThatFit({ width, height }, stack.isMultiFrame ? 40 : 0) : 20;
  const display = displayLines(t, shown);
  const lower =
    detail === 'full' ? display : display.filter(({ key }) => key === 'window' || key === 'inverted');
  return (
    <div className={stack.isMultiFrame ? 'overlays has-cine' : 'overlays'}>
      <div className="overlay overlay-top-left" data-testid="overlay-identity">
        <Corner
          className="is-inside"
          lines={fitLines(identityLines(t, shown), count)}
          testId="overlay-patient"
        />
        <Badges state={shown} controller={controller} notices={props.notices ?? []} />
      </div>
      <Markers markers={state.markers} />
      {detail === 'full' ? (
        <Corner
          className="overlay-top-right"
          lines={fitLines(studyLines(t, shown), count)}
          testId="overlay-study"
        />
      ) : null}
      <Corner
        className="overlay-bottom-left"
        lines={fitLines(
          detail === 'full'
            ? seriesLines(t, shown)
            : seriesLines(t, shown).filter(({ key }) => key === 'side'),
          count,
        )}
        testId="overlay-series"
      />
      <Corner
        className="overlay-bottom-right"
        lines={detail === 'off' ? [] : fitLines(lower, Math.max(1, count - 1))}
        testId="overlay-technique"
      />
      <div className="overlay overlay-position" data-testid="overlay-position">
        {t('overlay.image', { number: shownPosition(state) + 1, count: positionsOf(state) })}
        {state.loadedCount < stack.images.length && detail === 'full' ? (
          <span className="loaded-count">
            {' '}
            {t('viewer.loadedOf', { loaded: state.loadedCount, count: stack.images.length })}
          </span>
        ) : null}
        {shortfall ? (
          <div className="lossy" data-testid="overlay-incomplete">
            {t('viewer.incomplete', { ...shortfall })}
          </div>
        ) : null}
      </div>
    </div>
  );
}
