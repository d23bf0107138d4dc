import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { type ImageDescription, isColor } from '../../viewport/image-description.ts';
import type { ViewportState } from '../../viewport/viewport-controller.ts';
import type { OverlayDetail } from '../../workspace/workspace-store.ts';
import { formatNumber, headerTexts, lossyCompression, sliceLocation } from './tile-content.ts';
import type { Shortfall } from './use-studies.ts';

/** A viewport that shows an image. */
type ShownState = ViewportState & { readonly image: ImageDescription };

function Lines(props: { className: string; lines: readonly ReactNode[]; testId?: string }): ReactNode {
  return (
    <div className={`overlay ${props.className}`} data-testid={props.testId}>
      {props.lines.map((line, index) =>
        line ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: the lines have fixed places
          <div key={index}>{line}</div>
        ) : null,
      )}
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

/** Who this is, and what must never be hidden: shown even when the other texts are off. */
function Identity({ state }: { state: ShownState }): ReactNode {
  const { t } = useTranslation();
  const texts = headerTexts(state.image);
  const lossy = lossyCompression(state.image);
  return (
    <Lines
      className="overlay-top-left"
      testId="overlay-identity"
      lines={[
        <strong key="name">{texts.patientName ?? t('list.noName')}</strong>,
        texts.patientID,
        texts.birthDate ? t('overlay.born', { date: texts.birthDate }) : '',
        texts.sexAndAge,
        lossy ? (
          <span key="lossy" className="lossy" data-testid="lossy">
            {lossy.ratio ? t('overlay.lossyRatio', lossy) : t('overlay.lossy')}
          </span>
        ) : (
          ''
        ),
      ]}
    />
  );
}

function Technique({ state }: { state: ShownState }): ReactNode {
  const { t } = useTranslation();
  const { image, window } = state;
  const texts = headerTexts(image);
  const location = sliceLocation(image);
  const place = location && { value: formatNumber(location.value), sides: location.sides };
  return (
    <>
      <Lines
        className="overlay-top-right"
        lines={[
          texts.institution,
          texts.studyDescription,
          texts.accession ? t('overlay.accession', { number: texts.accession }) : '',
          texts.dateAndTime,
        ]}
      />
      <Lines
        className="overlay-bottom-left"
        lines={[
          [
            texts.seriesNumber ? t('overlay.series', { number: texts.seriesNumber }) : '',
            texts.seriesDescription,
          ]
            .filter(Boolean)
            .join('  '),
          texts.laterality ? t('overlay.laterality', { side: texts.laterality }) : '',
          image.sliceThickness ? t('overlay.thickness', { value: formatNumber(image.sliceThickness) }) : '',
          place ? t(place.sides ? 'overlay.locationSides' : 'overlay.location', place) : '',
        ]}
      />
      <Lines
        className="overlay-bottom-right"
        testId="overlay-technique"
        lines={[
          state.isInverted ? t('overlay.inverted') : '',
          image.isCalibrated || isColor(image) ? '' : t('overlay.notCalibrated'),
          t('overlay.zoom', { percent: Math.round(state.zoom * 100) }),
          window
            ? t('overlay.window', { width: formatNumber(window.width), center: formatNumber(window.center) })
            : '',
        ]}
      />
    </>
  );
}

/** All texts over one viewport. They describe the image that is drawn, never the one that is still on its way. */
export function Overlay(props: {
  state: ViewportState;
  detail: OverlayDetail;
  shortfall: Shortfall | undefined;
}): ReactNode {
  const { state, detail, shortfall } = props;
  const { t } = useTranslation();
  const { image, stack } = state;
  if (!image || !stack) return null;
  const shown = { ...state, image };
  const position = stack.images.indexOf(image) + 1;
  return (
    <div className={detail === 'full' ? 'overlays' : 'overlays is-reduced'}>
      <Identity state={shown} />
      <Markers markers={state.markers} />
      {detail === 'full' ? <Technique state={shown} /> : null}
      <div className="overlay overlay-position" data-testid="overlay-position">
        {t('overlay.image', { number: position, count: stack.images.length })}
        {state.loadedCount < stack.images.length ? (
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
