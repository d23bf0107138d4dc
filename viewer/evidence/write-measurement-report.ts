import { items, type JsonDataSet } from '../dicomweb/data-set.ts';
import { tags } from '../dicomweb/tags.ts';
import type { MeasuredValue, Measurement } from '../measuring/measurement.ts';
import type { Point } from '../viewport/surface.ts';
import { type Code, cobbAngle, codeOfQuantity, codeOfUnit, concepts, labelAsFinding } from './codes.ts';
import {
  codedItem,
  codeItem,
  container,
  contentItem,
  element,
  imageItem,
  nameItem,
  numberItem,
  template,
  textItem,
  uidItem,
} from './content-items.ts';
import { documentHeader, referencedStudies, type StoredReference, zoneOf } from './evidence-document.ts';
import { dateTimeOf } from './evidence-time.ts';
import { type Graphic, type GraphicSurface, graphicsOf } from './measurement-graphics.ts';
import { ownDocumentElements, ownGroupElements } from './own-elements.ts';

export const comprehensiveSR = '1.2.840.10008.5.1.4.1.1.88.33';
export const comprehensive3DSR = '1.2.840.10008.5.1.4.1.1.88.34';

/** What the writer must know of the images that measurements are on. */
export interface MeasuredImage extends StoredReference {
  readonly numberOfFrames: number;
  readonly rowSpacing: number;
  readonly columnSpacing: number;
}

/** One report: all measurements of one study as they are now. */
export interface MeasurementReport {
  readonly studyInstanceUID: string;
  /** Any instance of the study. */
  readonly source: JsonDataSet;
  readonly measurements: readonly Measurement[];
  /** The image of a measurement; of one on a plane any image of its volume. */
  readonly imageOf: (measurement: Measurement) => MeasuredImage | undefined;
  /** What else a measurement's group said when it was read: findings and sites, kept as they were. */
  readonly keptItems: (trackingUID: string) => readonly JsonDataSet[];
  /** Groups of the predecessors that the viewer can't show; they go on as they are, with what they refer to. */
  readonly carriedGroups: readonly JsonDataSet[];
  readonly carriedReferences: readonly StoredReference[];
  readonly predecessors: readonly StoredReference[];
  readonly removedUIDs: readonly string[];
  readonly author: string;
  readonly now: Date;
}

/** Whether a measurement can be written: its image is there, and it has points. */
export const isWritable = ({ points }: Measurement, image: MeasuredImage | undefined): boolean =>
  image !== undefined && points.length > 0;

/** Thrown for a measurement that {@link isWritable} refuses. */
export class NotWritableError extends Error {}

/** How OHIF names the tools; with these names it offers to show our measurements as its own. */
const trackingIdentifiers: Readonly<Record<Measurement['tool'], string>> = {
  probe: 'Probe',
  length: 'Length',
  bidirectional: 'Bidirectional',
  angle: 'Angle',
  cobbAngle: 'CobbAngle',
  arrow: 'ArrowAnnotate',
  text: 'ArrowAnnotate',
  rectangle: 'RectangleROI',
  ellipse: 'EllipticalROI',
  circle: 'CircleROI',
  freehand: 'PlanarFreehandROI',
  spline: 'PlanarFreehandROI',
  livewire: 'PlanarFreehandROI',
};

const areaTools: ReadonlySet<string> = new Set(['rectangle', 'ellipse', 'circle']);
const hasArea = ({ tool, isClosed }: Measurement): boolean => areaTools.has(tool) || isClosed;

/** Said in words too, for readers that know nothing of our private elements (IHE BIR 5.10). */
const calibrationComments: Readonly<Partial<Record<Measurement['calibration'], string>>> = {
  detector: 'Lengths are those at the detector (Imager Pixel Spacing), larger than in the patient',
  magnificationCorrected: 'Lengths are corrected by the estimated magnification',
  fiducial: 'Lengths are calibrated by a fiducial',
  user: 'Lengths are calibrated by the reader',
  none: 'Not calibrated: lengths are in pixels',
};

/** PS3.3 C.18.6: image coordinates begin at the upper left corner of the first pixel, ours at its centre. */
const imageCoordinates = ({ x, y }: Point): readonly number[] => [x + 0.5, y + 0.5];

function spaceCoordinates(placement: Measurement['placement'], { x, y }: Point): readonly number[] {
  if (placement.kind !== 'plane') return [];
  const { origin, xDirection, yDirection } = placement;
  return ([0, 1, 2] as const).map((axis) => origin[axis] + xDirection[axis] * x + yDirection[axis] * y);
}

function figureItem(
  relationship: 'CONTAINS' | 'INFERRED FROM',
  { placement }: Measurement,
  graphic: Graphic,
  image: MeasuredImage,
  concept?: Code,
): JsonDataSet {
  const isImage = placement.kind === 'image';
  const data = graphic.points.flatMap((point) =>
    isImage ? imageCoordinates(point) : spaceCoordinates(placement, point),
  );
  const value = {
    [tags.GraphicData]: element('FL', ...data),
    [tags.GraphicType]: element('CS', graphic.type),
    ...(isImage
      ? {}
      : { [tags.ReferencedFrameOfReferenceUID]: element('UI', placement.frameOfReferenceUID) }),
  };
  if (!isImage) return contentItem(relationship, 'SCOORD3D', concept, value);
  const { sopClassUID, sopInstanceUID, frameNumber } = placement;
  const frameNumbers = image.numberOfFrames > 1 ? [frameNumber] : [];
  return contentItem(relationship, 'SCOORD', concept, value, [
    imageItem('SELECTED FROM', { sopClassUID, sopInstanceUID, frameNumbers }),
  ]);
}

function conceptOf({ quantity, unit }: MeasuredValue, { tool }: Measurement): Code {
  return quantity === 'angle' && tool === 'cobbAngle' ? cobbAngle : codeOfQuantity(quantity, unit);
}

/** The numbers; the first says what it was inferred from, and both axes of a bidirectional measurement do. */
function numberItems(
  measurement: Measurement,
  graphics: readonly Graphic[],
  image: MeasuredImage,
): JsonDataSet[] {
  const figures = graphics.map((graphic) => figureItem('INFERRED FROM', measurement, graphic, image));
  const values = measurement.values.filter((entry) => Number.isFinite(entry.value));
  // A place without a number, such as the tip of an arrow, is a number without value.
  if (values.length === 0) return [numberItem(concepts.center, undefined, figures)];
  const axes: readonly string[] = ['longAxis', 'shortAxis'];
  const isAxes = figures.length === 2;
  return values.map((entry, index) => {
    const at = isAxes ? axes.indexOf(entry.quantity) : index;
    const figure = at === -1 ? undefined : figures[at];
    const measured = { value: entry.value, unit: codeOfUnit(entry.unit) };
    return numberItem(conceptOf(entry, measurement), measured, figure ? [figure] : []);
  });
}

function labelItems({ label }: Measurement): JsonDataSet[] {
  if (label === '') return [];
  return [
    codedItem('CONTAINS', concepts.finding, labelAsFinding(label)),
    textItem('HAS CONCEPT MOD', concepts.shortLabel, label),
  ];
}

function toolIdentifier(measurement: Measurement, graphics: readonly Graphic[]): string {
  const isEllipse = measurement.tool === 'circle' && graphics[0]?.type === 'ELLIPSE';
  return `Cornerstone3DTools@^0.1.0:${trackingIdentifiers[isEllipse ? 'ellipse' : measurement.tool]}`;
}

/** TID 1501 Measurement and Qualitative Evaluation Group, or TID 1410 Planar ROI Measurements for what has an area. */
function groupOf(measurement: Measurement, report: MeasurementReport): JsonDataSet {
  const { placement, trackingUID, author, createdAt, color, colorChangedAt, calibration, tool } = measurement;
  const image = report.imageOf(measurement);
  if (!image) throw new NotWritableError(`The image of ${trackingUID} is not open`);
  const surface: GraphicSurface = {
    kind: placement.kind,
    columnSpacing: image.columnSpacing,
    rowSpacing: image.rowSpacing,
  };
  const graphics = graphicsOf(measurement, surface);
  const [region] = graphics;
  if (!region) throw new NotWritableError(`${trackingUID} has no points`);
  const comment = calibrationComments[calibration];
  const isRegion = hasArea(measurement);
  const created = new Date(createdAt);
  const children = [
    textItem('HAS OBS CONTEXT', concepts.trackingIdentifier, toolIdentifier(measurement, graphics)),
    uidItem('HAS OBS CONTEXT', concepts.trackingUniqueIdentifier, trackingUID),
    codedItem('HAS OBS CONTEXT', concepts.observerType, concepts.person),
    nameItem('HAS OBS CONTEXT', concepts.personObserverName, author),
    ...labelItems(measurement),
    ...report.keptItems(trackingUID),
    textItem('HAS CONCEPT MOD', concepts.color, color),
    ...(isRegion ? [figureItem('CONTAINS', measurement, region, image, concepts.imageRegion)] : []),
    ...numberItems(measurement, graphics, image),
    ...(comment ? [textItem('CONTAINS', concepts.comment, comment)] : []),
  ];
  return container(concepts.measurementGroup, children, {
    ...template(isRegion ? '1410' : '1501'),
    ...(Number.isNaN(created.getTime())
      ? {}
      : { [tags.ObservationDateTime]: element('DT', dateTimeOf(created, zoneOf(report))) }),
    ...ownGroupElements({
      tool,
      calibration,
      ...(colorChangedAt ? { colorChangedAt } : {}),
      ...(placement.kind === 'plane'
        ? {
            plane: [...placement.origin, ...placement.xDirection, ...placement.yDirection],
            seriesInstanceUID: placement.seriesInstanceUID,
          }
        : {}),
    }),
  });
}

/** TID 1204, 1002 and 1003, and what was done: CID 100, in the study's own code where it has one. */
function contextItems({ author, source }: MeasurementReport): JsonDataSet[] {
  const procedures = items(source, tags.ProcedureCodeSequence);
  const procedure = procedures.length > 0 ? procedures : [codeItem(concepts.imagingProcedure)];
  return [
    codedItem('HAS CONCEPT MOD', concepts.language, concepts.english),
    codedItem('HAS OBS CONTEXT', concepts.observerType, concepts.person),
    nameItem('HAS OBS CONTEXT', concepts.personObserverName, author),
    ...procedure.map((item) =>
      contentItem('HAS CONCEPT MOD', 'CODE', concepts.procedureReported, {
        [tags.ConceptCodeSequence]: element('SQ', item),
      }),
    ),
  ];
}

/** TID 1600: an image of each volume that is measured in; figures in space refer to no image themselves. */
function imageLibrary(images: readonly MeasuredImage[]): JsonDataSet[] {
  const bySeries = [...new Map(images.map((image) => [image.seriesInstanceUID, image])).values()];
  if (bySeries.length === 0) return [];
  const entries = bySeries.map((image) => imageItem('CONTAINS', image));
  return [container(concepts.imageLibrary, [container(concepts.imageLibraryGroup, entries)])];
}

const referenceOf = ({
  studyInstanceUID,
  seriesInstanceUID,
  sopClassUID,
  sopInstanceUID,
}: StoredReference) => ({
  studyInstanceUID,
  seriesInstanceUID,
  sopClassUID,
  sopInstanceUID,
});

/**
 * A Measurement Report (PS3.16 TID 1500) as Comprehensive SR, or Comprehensive 3D SR where a measurement is on a plane of a
 * volume. The document is new; its predecessors are named in it. @throws NotWritableError
 */
export function writeMeasurementReport(report: MeasurementReport): JsonDataSet {
  const { measurements, carriedGroups, carriedReferences, predecessors } = report;
  const images = measurements.flatMap((measurement) => report.imageOf(measurement) ?? []);
  const inSpace = measurements.filter((measurement) => measurement.placement.kind === 'plane');
  const groups = measurements.map((measurement) => groupOf(measurement, report));
  const isSpatial =
    inSpace.length > 0 || carriedGroups.some((group) => JSON.stringify(group).includes('"SCOORD3D"'));
  const library = imageLibrary(inSpace.flatMap((measurement) => report.imageOf(measurement) ?? []));
  const { RelationshipType: relationshipTag } = tags;
  const { [relationshipTag]: _, ...root } = container(
    concepts.imagingMeasurementReport,
    [
      ...contextItems(report),
      ...library,
      container(concepts.imagingMeasurements, [...groups, ...carriedGroups]),
    ],
    template('1500'),
  );
  const evidence = referencedStudies([...images.map(referenceOf), ...carriedReferences]);
  const { studyInstanceUID, source, now } = report;
  return {
    ...documentHeader({
      sopClassUID: isSpatial ? comprehensive3DSR : comprehensiveSR,
      modality: 'SR',
      studyInstanceUID,
      source,
      seriesNumber: 9900,
      seriesDescription: 'Measurements',
      now,
    }),
    [tags.PerformedProcedureCodeSequence]: element('SQ'),
    [tags.CompletionFlag]: element('CS', 'PARTIAL'),
    [tags.VerificationFlag]: element('CS', 'UNVERIFIED'),
    ...(evidence.length > 0
      ? { [tags.CurrentRequestedProcedureEvidenceSequence]: element('SQ', ...evidence) }
      : {}),
    ...(predecessors.length > 0
      ? { [tags.PredecessorDocumentsSequence]: element('SQ', ...referencedStudies(predecessors)) }
      : {}),
    ...ownDocumentElements(report.removedUIDs),
    ...root,
  };
}
