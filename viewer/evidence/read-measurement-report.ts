import { items, type JsonDataSet, number, numbers, text } from '../dicomweb/data-set.ts';
import { formatPersonName } from '../dicomweb/person-name.ts';
import { tags } from '../dicomweb/tags.ts';
import type { CalibrationKind, MeasuredValue, Measurement } from '../measuring/measurement.ts';
import { type Code, concepts, keyOfCode, quantityOfCode, readCode, unitOfCode } from './codes.ts';
import {
  childOf,
  childrenOf,
  conceptOf,
  descendantsOf,
  isOfConcept,
  observerOf,
  referenceOf,
  valueTypeOf,
} from './content-tree.ts';
import { readReferencedStudies, type StoredReference } from './evidence-document.ts';
import { momentOf, offsetMinutes } from './evidence-time.ts';
import type { GraphicType, ToolHint } from './measurement-graphics.ts';
import { uidOfText } from './new-uid.ts';
import { type OwnGroupFacts, readOwnDocument, readOwnGroup } from './own-elements.ts';
import { type FigureInReport, type ImageFinder, placeFigures, type SkipReason } from './place-figures.ts';

/** A measurement group as read. */
export interface ReadGroup {
  readonly group: JsonDataSet;
  readonly trackingUID: string;
  /** When it was made or last changed, else when the report was written: ISO 8601, UTC; empty where nobody says. */
  readonly changedAt: string;
  readonly result: Measurement | SkipReason;
}

/** A document that holds measurements, whoever wrote it. */
export interface ReadReport {
  readonly studyInstanceUID: string;
  readonly reference: StoredReference;
  readonly isOurs: boolean;
  readonly author: string;
  /** Content Date and Time as ISO 8601, UTC; empty where the document has none. */
  readonly writtenAt: string;
  readonly predecessorUIDs: readonly string[];
  readonly removedUIDs: readonly string[];
  readonly evidence: readonly StoredReference[];
  readonly groups: readonly ReadGroup[];
  /** Figures outside of measurement groups. */
  readonly otherFigures: number;
}

const isGroup = (item: JsonDataSet): boolean =>
  valueTypeOf(item) === 'CONTAINER' && isOfConcept(item, concepts.measurementGroup);
const isFigure = (item: JsonDataSet): boolean => ['SCOORD', 'SCOORD3D'].includes(valueTypeOf(item));

function pointsOfFigure(item: JsonDataSet): readonly (readonly number[])[] {
  const data = numbers(item, tags.GraphicData).map((value) => value ?? Number.NaN);
  const size = valueTypeOf(item) === 'SCOORD3D' ? 3 : 2;
  return Array.from({ length: Math.floor(data.length / size) }, (_, index) =>
    data.slice(index * size, index * size + size),
  );
}

function readFigure(item: JsonDataSet, group: JsonDataSet): FigureInReport {
  const image =
    childrenOf(item).find((child) => valueTypeOf(child) === 'IMAGE') ??
    childrenOf(group).find((child) => valueTypeOf(child) === 'IMAGE');
  return {
    isInSpace: valueTypeOf(item) === 'SCOORD3D',
    type: (text(item, tags.GraphicType) ?? '') as GraphicType,
    points: pointsOfFigure(item),
    reference: image && referenceOf(image),
    frameOfReferenceUID: text(item, tags.ReferencedFrameOfReferenceUID),
  };
}

/** Reference Points: not the measured thing. */
const besideTheFigure: ReadonlySet<string> = new Set(['DCM|122438']);

/**
 * The figures of a group: those its numbers were inferred from, else those it contains. The same figure is given once, though
 * a region and its numbers may each have it.
 */
function figuresOf(group: JsonDataSet): readonly FigureInReport[] {
  const ofNumbers = childrenOf(group)
    .filter((child) => valueTypeOf(child) === 'NUM')
    .flatMap((child) => childrenOf(child).filter(isFigure));
  const own = childrenOf(group).filter((child) => {
    const concept = conceptOf(child);
    return isFigure(child) && !(concept && besideTheFigure.has(keyOfCode(concept)));
  });
  const figures = (ofNumbers.length > 0 ? ofNumbers : own).map((item) => readFigure(item, group));
  const once = [...new Map(figures.map((figure) => [JSON.stringify(figure), figure])).values()];
  // A point beside another figure is where its text stands.
  const drawn = once.filter((figure) => figure.type !== 'POINT');
  return drawn.length > 0 ? drawn : once;
}

function readValue(item: JsonDataSet): MeasuredValue | undefined {
  const measured = items(item, tags.MeasuredValueSequence)[0];
  if (valueTypeOf(item) !== 'NUM' || !measured) return undefined;
  const value = number(measured, tags.FloatingPointValue) ?? number(measured, tags.NumericValue);
  const concept: Code | undefined = conceptOf(item);
  // The mean of an attenuation may be called just that, with the mean as its derivation (PS3.16 TID 1419).
  const derivation = childOf(item, concepts.derivation);
  const quantity =
    (derivation && quantityOfCode(readCode(derivation, tags.ConceptCodeSequence))) ?? quantityOfCode(concept);
  if (value === undefined || quantity === undefined) return undefined;
  return { quantity, value, unit: unitOfCode(readCode(measured, tags.MeasurementUnitsCodeSequence)) };
}

const toolsOfIdentifiers: Readonly<Record<string, Measurement['tool']>> = {
  Length: 'length',
  Bidirectional: 'bidirectional',
  Angle: 'angle',
  CobbAngle: 'cobbAngle',
  ArrowAnnotate: 'arrow',
  Probe: 'probe',
  RectangleROI: 'rectangle',
  EllipticalROI: 'ellipse',
  CircleROI: 'circle',
  PlanarFreehandROI: 'freehand',
  SplineROI: 'spline',
  LivewireContour: 'livewire',
};
const ownTools = new Set<string>([...Object.values(toolsOfIdentifiers), 'text']);

function toolOf(group: JsonDataSet, own: OwnGroupFacts): Measurement['tool'] | undefined {
  if (own.tool && ownTools.has(own.tool)) return own.tool as Measurement['tool'];
  const identifier = childOf(group, concepts.trackingIdentifier);
  const name = (identifier && text(identifier, tags.TextValue))?.split(':');
  return name && name.length > 1 ? toolsOfIdentifiers[name[1] ?? ''] : undefined;
}

function hintOf(group: JsonDataSet, values: readonly MeasuredValue[], own: OwnGroupFacts): ToolHint {
  const has = (...quantities: MeasuredValue['quantity'][]) =>
    values.some(({ quantity }) => quantities.includes(quantity));
  return {
    tool: toolOf(group, own),
    hasAngle: has('angle'),
    hasArea: has('area'),
    hasLength: has('length', 'longAxis', 'shortAxis', 'diameter', 'duration', 'velocity'),
    hasAxes: has('longAxis') && has('shortAxis'),
    hasValue: has('value', 'mean'),
  };
}

/** The label, else what a writer found there: a finding, a site. Placeholders such as dwv's `{length}` are none. */
function labelOf(group: JsonDataSet): string {
  const label = childOf(group, concepts.shortLabel);
  const written = label && text(label, tags.TextValue);
  if (written && !/^\{\w+\}$/.test(written)) return written;
  const meanings = [concepts.finding, concepts.findingSite].map((concept) => {
    const item = childOf(group, concept);
    return item && (readCode(item, tags.ConceptCodeSequence)?.meaning || text(item, tags.TextValue));
  });
  return meanings.filter(Boolean).join(', ');
}

const calibrationKinds: ReadonlySet<string> = new Set<CalibrationKind>([
  'patient',
  'detector',
  'magnificationCorrected',
  'fiducial',
  'region',
  'user',
  'none',
]);

/** How sure the lengths are: what our report says, else whether they have a unit; a foreign writer does not tell more. */
function calibrationOf(own: OwnGroupFacts, values: readonly MeasuredValue[]): CalibrationKind {
  if (own.calibration && calibrationKinds.has(own.calibration)) return own.calibration as CalibrationKind;
  return values.some(({ unit }) => unit.startsWith('px')) ? 'none' : 'patient';
}

const defaultColor = '#ffd43b';

function colorOf(group: JsonDataSet): string {
  const item = childOf(group, concepts.color);
  const written = (item && text(item, tags.TextValue)) ?? '';
  return /^#[0-9a-f]{6}$/i.test(written) ? written : defaultColor;
}

interface DocumentContext {
  readonly document: JsonDataSet;
  readonly reference: StoredReference;
  readonly author: string;
  readonly writtenAt: string;
  readonly zone: number | undefined;
}

function readGroup(
  group: JsonDataSet,
  index: number,
  context: DocumentContext,
  finder: ImageFinder,
): ReadGroup {
  const { reference } = context;
  const tracking = childOf(group, concepts.trackingUniqueIdentifier);
  const trackingUID =
    (tracking && text(tracking, tags.UID)) ?? uidOfText(`${reference.sopInstanceUID}/${index}`);
  const own = readOwnGroup(group);
  const values = childrenOf(group).flatMap((child) => readValue(child) ?? []);
  const figures = figuresOf(group);
  const observed = text(group, tags.ObservationDateTime);
  const changedAt = (observed && momentOf(observed, context.zone)) ?? context.writtenAt;
  if (figures.length === 0) return { group, trackingUID, changedAt, result: 'noFigure' };
  const placed = placeFigures(figures, hintOf(group, values, own), own, finder);
  if (typeof placed === 'string') return { group, trackingUID, changedAt, result: placed };
  const result: Measurement = {
    trackingUID,
    ...placed,
    label: labelOf(group),
    color: colorOf(group),
    ...(own.colorChangedAt ? { colorChangedAt: own.colorChangedAt } : {}),
    author: observerOf(group) ?? context.author,
    createdAt: changedAt,
    values,
    calibration: calibrationOf(own, values),
    saved: { sopInstanceUID: reference.sopInstanceUID, isChanged: false },
  };
  return { group, trackingUID, changedAt, result };
}

/** Who wrote a document: its observer, else who verified it. */
function authorOf(document: JsonDataSet): string {
  const verifier = items(document, tags.VerifyingObserverSequence)[0];
  return (
    observerOf(document) ??
    (verifier && formatPersonName(verifier[tags.VerifyingObserverName]?.Value?.[0])) ??
    ''
  );
}

function contextOf(
  document: JsonDataSet,
  studyInstanceUID: string,
  seriesInstanceUID: string,
): DocumentContext {
  const zone = offsetMinutes(text(document, tags.TimezoneOffsetFromUTC));
  const date = text(document, tags.ContentDate);
  const time = text(document, tags.ContentTime) ?? '';
  return {
    document,
    reference: {
      studyInstanceUID,
      seriesInstanceUID,
      sopClassUID: text(document, tags.SOPClassUID) ?? '',
      sopInstanceUID: text(document, tags.SOPInstanceUID) ?? '',
    },
    author: authorOf(document),
    writtenAt: (date && momentOf(`${date}${time}`, zone)) ?? '',
    zone,
  };
}

/**
 * Reads an SR document. Undefined when it holds nothing that was measured in images: a text report is no failure of loading.
 * UIDs of study and series are those it is addressed by.
 */
export function readMeasurementReport(
  document: JsonDataSet,
  studyInstanceUID: string,
  seriesInstanceUID: string,
  finder: ImageFinder,
): ReadReport | undefined {
  const context = contextOf(document, studyInstanceUID, seriesInstanceUID);
  const all = descendantsOf(document, isGroup);
  const groups = all.filter(isGroup);
  const otherFigures = all.filter(isFigure).length;
  const { isOurs, removedUIDs } = readOwnDocument(document);
  if (groups.length === 0 && otherFigures === 0 && !isOurs) return undefined;
  return {
    studyInstanceUID,
    reference: context.reference,
    isOurs,
    author: context.author,
    writtenAt: context.writtenAt,
    predecessorUIDs: readReferencedStudies(document, tags.PredecessorDocumentsSequence).map(
      (reference) => reference.sopInstanceUID,
    ),
    removedUIDs,
    evidence: readReferencedStudies(document, tags.CurrentRequestedProcedureEvidenceSequence),
    groups: groups.map((group, index) => readGroup(group, index, context, finder)),
    otherFigures,
  };
}
