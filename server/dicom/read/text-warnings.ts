import { type TextDecoding, textDecoding } from '../characters/character-sets.ts';
import type { ReadContext } from './read-context.ts';

/**
 * Text decoding that turns what it finds wrong into warnings. `place` says where the reader is; `onUnexplained` hears of
 * text whose bytes the declared character sets don't explain.
 */
export function warningTextDecoding(
  characterSets: string[],
  context: ReadContext,
  place: () => { tag: string; offsetBytes: number },
  onUnexplained: () => void,
): TextDecoding {
  return textDecoding(
    characterSets,
    (problem) => context.warn(`a character set that is ${problem}`, '00080005', place().offsetBytes),
    (problem) => {
      onUnexplained();
      const { tag, offsetBytes } = place();
      context.warn(`text that its character set does not explain: ${problem}`, tag, offsetBytes);
    },
  );
}
