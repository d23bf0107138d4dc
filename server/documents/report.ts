/** A structured report as people read it: what HTML, plain text and XML are written from. */
export interface Report {
  title: string;
  /** What a reader must know before all else: that it is not verified, say. */
  notices: string[];
  /** Label and value, in order: whose report it is, when and by whom it was made. */
  facts: [label: string, value: string][];
  items: ReportItem[];
}

/** A content item (PS3.3 C.17.3), and what belongs to it. */
export interface ReportItem {
  /** Place in the content tree (PS3.3 C.17.3.2.5), of the root `1`: `1.2.1`. */
  position: string;
  /** How it relates to the item above (`inferred from`); empty where it is plainly part of it. */
  relationship: string;
  /** CONTAINER, TEXT, NUM, … */
  valueType: string;
  /** What it is about: the concept name. Empty where it has none. */
  name: string;
  /** Empty for containers. */
  value: string;
  /** What `value` is coded as: value and scheme. */
  code?: string;
  /** Objects that it refers to. */
  references: ReportReference[];
  /** Positions of items that it refers to (by-reference relationships). */
  seeItems: string[];
  items: ReportItem[];
}

export interface ReportReference {
  /** `image`, `waveform`, `object`, `presentation state`. */
  kind: string;
  sopClassUID: string;
  sopInstanceUID: string;
  /** Where the report says it lies; undefined where it doesn't. */
  studyInstanceUID?: string | undefined;
  seriesInstanceUID?: string | undefined;
  /** 1-based; none: all. */
  frames: number[];
}

/** URL of an object that a report refers to; undefined: none can be given. */
export type UrlOf = (reference: ReportReference) => string | undefined;

/** `image 1.2.3, frames 4, 5`. */
export function referenceInWords({ kind, sopInstanceUID, frames }: ReportReference): string {
  const which =
    frames.length === 0 ? '' : `, ${frames.length === 1 ? 'frame' : 'frames'} ${frames.join(', ')}`;
  return `${kind} ${sopInstanceUID}${which}`;
}
