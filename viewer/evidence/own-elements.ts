import { type JsonDataSet, numbers, text, texts } from '../dicomweb/data-set.ts';
import { element } from './content-items.ts';
import { dateTimeOf, momentOf, offsetText } from './evidence-time.ts';

/**
 * What our reports say that the templates have no place for, in private elements (PS3.5 7.8) of the measurement groups and of
 * the document. Nothing depends on it: without it a report is read as that of any other writer.
 */
const creator = 'ISOCENTER';
const ownTags = {
  creator: '00710010',
  tool: '00711001',
  calibration: '00711002',
  /** Origin, direction of x, direction of y of a plane: nine numbers, LPS, mm. */
  plane: '00711003',
  seriesInstanceUID: '00711004',
  /** DT with its zone: when a reader last chose the colour. */
  colorChangedAt: '00711005',
  /** Tracking UIDs of measurements, in whatever other reports, that a reader has removed. */
  removed: '00711010',
} as const;

const hasOwn = (dataSet: JsonDataSet): boolean => text(dataSet, ownTags.creator) === creator;

export interface OwnGroupFacts {
  readonly tool?: string;
  readonly calibration?: string;
  readonly plane?: readonly number[];
  readonly seriesInstanceUID?: string;
  /** ISO 8601, UTC. */
  readonly colorChangedAt?: string;
}

export function ownGroupElements(facts: OwnGroupFacts): JsonDataSet {
  const { tool, calibration, plane, seriesInstanceUID, colorChangedAt } = facts;
  const changed = new Date(colorChangedAt ?? '');
  return {
    [ownTags.creator]: element('LO', creator),
    ...(tool ? { [ownTags.tool]: element('LO', tool) } : {}),
    ...(calibration ? { [ownTags.calibration]: element('LO', calibration) } : {}),
    ...(plane ? { [ownTags.plane]: element('FD', ...plane) } : {}),
    ...(seriesInstanceUID ? { [ownTags.seriesInstanceUID]: element('UI', seriesInstanceUID) } : {}),
    ...(Number.isNaN(changed.getTime())
      ? {}
      : { [ownTags.colorChangedAt]: element('DT', dateTimeOf(changed, 0) + offsetText(0)) }),
  };
}

export function readOwnGroup(group: JsonDataSet): OwnGroupFacts {
  if (!hasOwn(group)) return {};
  const tool = text(group, ownTags.tool);
  const calibration = text(group, ownTags.calibration);
  const colorChangedAt = momentOf(text(group, ownTags.colorChangedAt) ?? '', 0);
  const plane = numbers(group, ownTags.plane).flatMap((value) => (value === undefined ? [] : [value]));
  const seriesInstanceUID = text(group, ownTags.seriesInstanceUID);
  return {
    ...(tool ? { tool } : {}),
    ...(calibration ? { calibration } : {}),
    ...(plane.length === 9 ? { plane } : {}),
    ...(seriesInstanceUID ? { seriesInstanceUID } : {}),
    ...(colorChangedAt ? { colorChangedAt } : {}),
  };
}

export function ownDocumentElements(removedUIDs: readonly string[]): JsonDataSet {
  return {
    [ownTags.creator]: element('LO', creator),
    ...(removedUIDs.length > 0 ? { [ownTags.removed]: element('UI', ...removedUIDs) } : {}),
  };
}

/** Whether a document is one of ours, and what it says was removed. */
export function readOwnDocument(document: JsonDataSet): {
  readonly isOurs: boolean;
  readonly removedUIDs: readonly string[];
} {
  const isOurs = hasOwn(document);
  return { isOurs, removedUIDs: isOurs ? texts(document, ownTags.removed).filter(Boolean) : [] };
}
