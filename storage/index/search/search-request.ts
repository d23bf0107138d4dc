import type { IndexedAttribute, Level } from '../attributes.ts';
import type { Match } from './matching.ts';

export interface SearchRequest {
  level: Level;
  studyInstanceUID?: string | undefined;
  seriesInstanceUID?: string | undefined;
  /** All must hold. Those of a lower level hold where any one series or instance below meets them together. */
  matches: readonly Match[];
  /** The offset from UTC of the zone that dates and times to match are meant in; undefined: as the objects have them. */
  zoneMinutes?: number | undefined;
  /** Searchable attributes of which answers are to have the elements, by primary key. */
  withElementsOf?: readonly number[] | undefined;
  /** Whether to count what else of the patient is stored. */
  withPatientCounts?: boolean | undefined;
  /** Levels of which answers are to have the attributes; all where undefined. Those left out must be named by their UID. */
  attributesOf?: readonly Level[] | undefined;
  /** False: answers do not tell the SOP classes in a study, its status, the transfer syntax and the metadata of an instance. */
  withAll?: boolean | undefined;
  /** Undefined, or after these: newest studies first, then by series and instance number. */
  orderBy: readonly { attribute: IndexedAttribute; descending: boolean }[];
  limit: number;
  offset: number;
  /** Count all matches, however many; otherwise a thousand at the most. */
  countAll?: boolean | undefined;
}
