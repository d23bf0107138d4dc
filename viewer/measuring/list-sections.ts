import type { TFunction } from 'i18next';
import type { DisplaySet } from '../viewport/stacks.ts';
import { indexIn } from './jump.ts';
import type { Measurement } from './measurement.ts';
import { allValues, calibrationText } from './value-text.ts';

/** What was measured on one image, or on the planes of a series. */
interface ListGroup {
  readonly key: string;
  /** Place in the stack, from 1; undefined for planes, and for images that are not here. */
  readonly number: number | undefined;
  /** Frame of a multi-frame object, from 1; undefined for others. */
  readonly frame: number | undefined;
  readonly measurements: readonly Measurement[];
}

/** What was measured on one series. */
export interface ListSection {
  readonly studyInstanceUID: string;
  readonly seriesInstanceUID: string;
  readonly groups: readonly ListGroup[];
}

function groupOf({ placement }: Measurement, sets: readonly DisplaySet[]): Omit<ListGroup, 'measurements'> {
  if (placement.kind === 'plane') return { key: 'plane', number: undefined, frame: undefined };
  for (const set of sets) {
    const index = set.kind === 'image' ? indexIn(set, placement) : -1;
    if (index < 0 || set.kind !== 'image') continue;
    const frame = set.isMultiFrame ? placement.frameNumber : undefined;
    return {
      key: `${placement.sopInstanceUID}/${placement.frameNumber}`,
      number: set.isMultiFrame ? (set.images[index]?.instanceNumber ?? 1) : index + 1,
      frame,
    };
  }
  return { key: placement.sopInstanceUID, number: undefined, frame: undefined };
}

function groupBy<T>(entries: readonly T[], key: (entry: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const entry of entries) groups.set(key(entry), [...(groups.get(key(entry)) ?? []), entry]);
  return [...groups.values()];
}

/** Measurements by series, in the order of the series panel, and by image, in the order of the stack. */
export function sectionsOf(measurements: readonly Measurement[], sets: readonly DisplaySet[]): ListSection[] {
  const orderOf = (section: ListSection) =>
    sets.findIndex(
      (set) =>
        set.seriesInstanceUID === section.seriesInstanceUID &&
        set.studyInstanceUID === section.studyInstanceUID,
    );
  const bySeries = groupBy(
    measurements,
    ({ placement }) => `${placement.studyInstanceUID}/${placement.seriesInstanceUID}`,
  );
  const sections = bySeries.flatMap((ofSeries): ListSection[] => {
    const [first] = ofSeries;
    if (!first) return [];
    const { studyInstanceUID, seriesInstanceUID } = first.placement;
    const described = ofSeries.map((measurement) => ({ measurement, group: groupOf(measurement, sets) }));
    const groups = groupBy(described, ({ group }) => group.key).flatMap((same): ListGroup[] => {
      const group = same[0]?.group;
      return group ? [{ ...group, measurements: same.map(({ measurement }) => measurement) }] : [];
    });
    const place = ({ number = Number.MAX_SAFE_INTEGER, frame = 0 }: ListGroup) => number * 100_000 + frame;
    groups.sort((a, b) => place(a) - place(b));
    return [{ studyInstanceUID, seriesInstanceUID, groups }];
  });
  return sections.sort((a, b) => orderOf(a) - orderOf(b));
}

/** The list as text for a report: a line an image, and one for each measurement on it. */
export function listAsText(
  sections: readonly ListSection[],
  titleOf: (section: ListSection) => string,
  groupTitle: (group: ListGroup) => string,
  t: TFunction,
  language: string,
): string {
  return sections
    .flatMap((section) =>
      section.groups.flatMap((group) => [
        `${titleOf(section)}, ${groupTitle(group)}`,
        ...group.measurements.map((measurement) => {
          const name = [t(`measuring.tool.${measurement.tool}`), measurement.label].filter(Boolean).join(' ');
          const values = [...allValues(measurement, t, language), calibrationText(measurement, t)].filter(
            Boolean,
          );
          return `  ${[name, values.join('; ')].filter(Boolean).join(': ')}`;
        }),
      ]),
    )
    .join('\n');
}
