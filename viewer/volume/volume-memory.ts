import { memoryBudget } from '../viewport/memory-budget.ts';
import type { ImageStack } from '../viewport/stacks.ts';

/** How much of the budget volumes may take: the rest is for what else is on the screen. */
const shareOfBudget = 0.75;

/** Bytes of the decoded slices of a volume. */
export function volumeBytes(stack: ImageStack): number {
  return stack.images.reduce((sum, image) => {
    const isWhole = !image.isFloat && Number.isInteger(image.slope) && Number.isInteger(image.intercept);
    return sum + image.rows * image.columns * (isWhole && image.bitsAllocated <= 16 ? 2 : 4);
  }, 0);
}

/** Bytes that one more volume may take beside those of the stacks given, which stay on the screen. */
export function volumeLimitBytes(others: Iterable<ImageStack> = []): number {
  const taken = [...others].reduce((sum, stack) => sum + volumeBytes(stack), 0);
  return Math.max(0, memoryBudget.limitBytes * shareOfBudget - taken);
}
