import type { DataSet } from '../dicom/data-set.ts';
import {
  codeInWords,
  dateInWords,
  dateTimeInWords,
  itemsAt,
  namesAt,
  textAt,
  textsAt,
  timeInWords,
  unitsInWords,
} from './words.ts';

/** The value of a content item in words, by its Value Type (PS3.3 C.17.3.2.1 and C.18); empty where it has none. */
export function itemValue(item: DataSet, valueType: string): string {
  switch (valueType) {
    case 'TEXT':
      return textValue(item);
    case 'CODE':
      return codeInWords(itemsAt(item, '0040A168')[0]) ?? '';
    case 'NUM':
      return numericValue(item);
    case 'PNAME':
      return namesAt(item, '0040A123').join('; ');
    case 'DATE':
      return textsAt(item, '0040A121').map(dateInWords).join('; ');
    case 'TIME':
      return textsAt(item, '0040A122').map(timeInWords).join('; ');
    case 'DATETIME':
      return textsAt(item, '0040A120').map(dateTimeInWords).join('; ');
    case 'UIDREF':
      return textsAt(item, '0040A124').join('; ');
    case 'SCOORD':
    case 'SCOORD3D':
      return coordinates(item, valueType === 'SCOORD' ? 2 : 3);
    case 'TCOORD':
      return timesOf(item);
    case 'TABLE':
      return `a table of ${textAt(item, '0040A802') ?? '?'} rows and ${textAt(item, '0040A803') ?? '?'} columns, which is not shown here`;
    case 'CONTAINER':
    case 'IMAGE':
    case 'COMPOSITE':
    case 'WAVEFORM':
    case '':
      return '';
    default:
      return `a value of type ${valueType}, which is not shown here`;
  }
}

function textValue(item: DataSet): string {
  if (item['0040A160']?.BulkDataURI !== undefined)
    return 'a text too long for this page; it is in the bulk data of the report';
  return textsAt(item, '0040A160').join('\n');
}

/** PS3.3 C.18.1: the number with its units; without a number, why there is none. */
function numericValue(item: DataSet): string {
  const measured = itemsAt(item, '0040A300').map((value) =>
    [textAt(value, '0040A30A') ?? textAt(value, '0040A161'), unitsInWords(itemsAt(value, '004008EA')[0])]
      .filter(Boolean)
      .join(' '),
  );
  const qualifier = codeInWords(itemsAt(item, '0040A301')[0]);
  if (measured.length === 0) return qualifier ?? 'no value';
  return qualifier === undefined ? measured.join('; ') : `${measured.join('; ')} (${qualifier})`;
}

/** More points are counted, not listed: an outline can have thousands. */
const MOST_POINTS = 32;

/** PS3.3 C.18.6 and C.18.9: columns and rows of an image, or millimetres in a frame of reference. */
function coordinates(item: DataSet, dimensions: 2 | 3): string {
  const type = textAt(item, '00700023') ?? 'graphic';
  const numbers = textsAt(item, '00700022');
  const points: string[] = [];
  for (let i = 0; i + dimensions <= numbers.length; i += dimensions)
    points.push(`(${numbers.slice(i, i + dimensions).join(', ')})`);
  if (points.length === 0) return type;
  const shown = points.slice(0, MOST_POINTS).join(' ');
  const rest = points.length - MOST_POINTS;
  return `${type} ${shown}${rest > 0 ? ` and ${rest} more points` : ''}${dimensions === 3 ? ' in mm' : ''}`;
}

/** PS3.3 C.18.7: by sample positions, by seconds from the beginning, or by date and time. */
function timesOf(item: DataSet): string {
  const type = textAt(item, '0040A130') ?? 'time';
  const samples = textsAt(item, '0040A132');
  if (samples.length > 0) return `${type}, samples ${samples.join(', ')}`;
  const offsets = textsAt(item, '0040A138');
  if (offsets.length > 0) return `${type}, at ${offsets.join(', ')} s`;
  const dates = textsAt(item, '0040A13A').map(dateTimeInWords);
  return dates.length > 0 ? `${type}, ${dates.join(', ')}` : type;
}
