import { DataSetError } from '../dicom-errors.ts';

/** What programs write Native DICOM Model documents in; WHATWG takes these names. */
const ENCODINGS =
  /^(utf-?8|utf-?16(le|be)?|us-ascii|ascii|iso-?8859-\d{1,2}|windows-125\d|shift_jis|euc-(jp|kr)|gb18030|gbk)$/i;

/**
 * The text of an XML document by its byte order mark, else by the encoding that it declares, else UTF-8 (XML 1.0 4.3.3). Throws a
 * `DataSetError` where the bytes are of no such encoding.
 */
export function decodeXml(bytes: Uint8Array): string {
  const label = encodingOf(bytes);
  if (!ENCODINGS.test(label))
    throw new DataSetError('the XML declares an encoding that is not taken; send UTF-8');
  try {
    return new TextDecoder(label, { fatal: true }).decode(bytes);
  } catch (error) {
    throw new DataSetError('the XML is not in the encoding that it declares', '', { cause: error });
  }
}

function encodingOf(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  const head = Buffer.from(bytes.subarray(0, 200)).toString('latin1');
  return (
    /^\s*(?:\xef\xbb\xbf)?<\?xml[^>]*\sencoding\s*=\s*["']([A-Za-z][\w.-]*)["']/.exec(head)?.[1] ?? 'utf-8'
  );
}
