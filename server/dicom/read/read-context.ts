import type { ValueRepresentation } from '../data-set.ts';
import { DicomReadError } from '../dicom-errors.ts';
import type { ReadLimits } from './read-limits.ts';

/** A value that is not in the data set but referred to by BulkDataURI. */
export interface BulkDataEntry {
  /** The BulkDataURI: tags, with 1-based item numbers between them: `00420011`, `54000100/1/54001010`. */
  path: string;
  vr: ValueRepresentation;
  /** From the beginning of the instance (of a deflated one: see `ParsedInstance`). */
  offsetBytes: number;
  lengthBytes: number;
}

/** What reading one instance has found and used up so far, at all depths. */
export class ReadContext {
  readonly limits: ReadLimits;
  readonly bulkData: BulkDataEntry[] = [];
  private readonly warningTexts: string[] = [];
  private moreWarnings = 0;
  private elements = 0;
  private jsonBytes = 0;

  constructor(limits: ReadLimits) {
    this.limits = limits;
  }

  /** `text` names no values: warnings may be logged. */
  warn(text: string, tag: string, offsetBytes: number): void {
    const place = tag === '' ? '' : `(${tag.slice(0, 4)},${tag.slice(4)}) `;
    if (this.warningTexts.length < this.limits.warnings) {
      this.warningTexts.push(`${place}${text} (at byte ${offsetBytes})`);
    } else this.moreWarnings++;
  }

  get warnings(): string[] {
    if (this.moreWarnings === 0) return this.warningTexts;
    return [...this.warningTexts, `and ${this.moreWarnings} more warnings`];
  }

  /** Elements and items counted so far. */
  get elementCount(): number {
    return this.elements;
  }

  countElement(offsetBytes: number): void {
    this.elements++;
    if (this.elements > this.limits.elements) {
      throw new DicomReadError('LIMIT_EXCEEDED', `more than ${this.limits.elements} elements`, offsetBytes);
    }
  }

  countJson(bytes: number, offsetBytes: number): void {
    this.jsonBytes += bytes;
    if (this.jsonBytes > this.limits.jsonBytes) {
      const text = `more than ${this.limits.jsonBytes} bytes of metadata`;
      throw new DicomReadError('LIMIT_EXCEEDED', text, offsetBytes);
    }
  }
}
