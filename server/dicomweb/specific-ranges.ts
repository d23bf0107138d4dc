import type { MediaRange } from '../http/media-type.ts';

/**
 * The ranges that take something, each with its exceptions: the most specific range that matches a type gives its quality, and a
 * quality of 0 excludes it (RFC 9110 12.5.1). `ranges` are all of one header.
 */
export function takenRanges(ranges: readonly MediaRange[]): MediaRange[] {
  return ranges
    .filter(({ quality }) => quality > 0)
    .map((range) => {
      const except = ranges.filter(
        (other) =>
          other.quality < range.quality &&
          specificity(other) > specificity(range) &&
          // What goes in parts has another type than what goes alone.
          (isMultipart(other) || !isMultipart(range)),
      );
      return except.length > 0 ? { ...range, except } : range;
    });
}

/** Whether a more specific range speaks of `type` (in parts or alone, in a transfer syntax), which `range` then does not mean. */
export function isExcepted(
  { except = [] }: Pick<MediaRange, 'except'>,
  type: string,
  multipart: boolean,
  transferSyntaxUID?: string,
): boolean {
  return except.some((one) => {
    const asked = one.parameters['transfer-syntax'] ?? '*';
    if (asked !== '*' && asked !== transferSyntaxUID) return false;
    return isMultipart(one) ? multipart && matches(innerType(one), type) : matches(one.type, type);
  });
}

/** True where the range `range` (such as `image/*`) matches `type`. */
export function matches(range: string, type: string): boolean {
  if (range === '*/*' || range === type) return true;
  return range.endsWith('/*') && type.startsWith(range.slice(0, -1));
}

function isMultipart({ type }: MediaRange): boolean {
  return type === 'multipart/related' || type === 'multipart/*';
}

function innerType({ parameters }: MediaRange): string {
  return parameters.type?.toLowerCase() ?? '*/*';
}

/** multipart/related with its type is more specific than without; a transfer syntax more than any, and that more than none. */
function specificity(range: MediaRange): number {
  const ofType = (type: string) => (type === '*/*' ? 0 : type.endsWith('/*') ? 1 : 2);
  const ofParts = range.type === 'multipart/related' ? ofType(innerType(range)) : 0;
  const transferSyntax = range.parameters['transfer-syntax'];
  const ofSyntax = transferSyntax === undefined ? 0 : transferSyntax === '*' ? 1 : 2;
  return (ofType(range.type) + ofParts) * 3 + ofSyntax;
}
