/** How much memory the viewer takes for images and volumes, and how much it may take, in bytes. */
export interface MemoryUse {
  readonly usedBytes: number;
  readonly limitBytes: number;
  /** `warning` from 80 %, `critical` from 90 % of the limit, or of what the browser gives the page's own objects. */
  readonly pressure: 'normal' | 'warning' | 'critical';
}

const GiB = 1024 ** 3;
const MiB = 1024 ** 2;
/** A setting below this would not hold what a screen full of radiographs needs. */
export const smallestLimitBytes = 256 * MiB;

interface BrowserMemory {
  /** GB, rounded by the browser: 0.25 to 8 (Device Memory API). */
  readonly deviceMemory?: number;
  readonly heapUsedBytes?: number;
  readonly heapLimitBytes?: number;
}

function readBrowserMemory(): BrowserMemory {
  const { deviceMemory } = navigator as { deviceMemory?: number };
  const { memory } = performance as { memory?: { usedJSHeapSize: number; jsHeapSizeLimit: number } };
  return {
    ...(deviceMemory === undefined ? {} : { deviceMemory }),
    ...(memory ? { heapUsedBytes: memory.usedJSHeapSize, heapLimitBytes: memory.jsHeapSizeLimit } : {}),
  };
}

/** What a machine may give to images: a quarter of its memory, between 256 MiB and 2 GiB; 1 GiB where it tells nothing. */
export function defaultLimitBytes({ deviceMemory }: BrowserMemory): number {
  if (deviceMemory === undefined) return GiB;
  return Math.max(smallestLimitBytes, Math.min(2 * GiB, (deviceMemory * GiB) / 4));
}

function pressureOf(share: number): MemoryUse['pressure'] {
  if (share >= 0.9) return 'critical';
  return share >= 0.8 ? 'warning' : 'normal';
}

/**
 * Keeps account of who holds how much: images report themselves, and so must whatever else holds pixels (volumes, planes kept
 * beside images). The limit holds for all together.
 */
export class MemoryBudget {
  readonly #held = new Map<string, number>();
  readonly #listeners = new Set<() => void>();
  readonly #readBrowser: () => BrowserMemory;
  #chosenLimitBytes: number | undefined;

  constructor(readBrowser: () => BrowserMemory = readBrowserMemory) {
    this.#readBrowser = readBrowser;
  }

  /** Says how much somebody holds now; 0 takes the entry away. */
  report(holder: string, bytes: number): void {
    if (bytes > 0) this.#held.set(holder, bytes);
    else this.#held.delete(holder);
    for (const listener of this.#listeners) listener();
  }

  /** How much somebody holds. */
  heldBy(holder: string): number {
    return this.#held.get(holder) ?? 0;
  }

  /** The reader's limit; undefined goes back to what fits the machine. */
  setLimit(bytes: number | undefined): void {
    this.#chosenLimitBytes = bytes === undefined ? undefined : Math.max(smallestLimitBytes, bytes);
    for (const listener of this.#listeners) listener();
  }

  get limitBytes(): number {
    return this.#chosenLimitBytes ?? defaultLimitBytes(this.#readBrowser());
  }

  get usedBytes(): number {
    return [...this.#held.values()].reduce((sum, bytes) => sum + bytes, 0);
  }

  use(): MemoryUse {
    const { usedBytes, limitBytes } = this;
    const { heapUsedBytes = 0, heapLimitBytes = Number.POSITIVE_INFINITY } = this.#readBrowser();
    const share = Math.max(usedBytes / limitBytes, heapUsedBytes / heapLimitBytes);
    return { usedBytes, limitBytes, pressure: pressureOf(share) };
  }

  /** Whether the page's own objects come near to what the browser allows them: then the images have to give way. */
  isHeapCritical(): boolean {
    const { heapUsedBytes = 0, heapLimitBytes = Number.POSITIVE_INFINITY } = this.#readBrowser();
    return heapUsedBytes / heapLimitBytes >= 0.9;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
}

/** That of this page. Volumes and others report here: `memoryBudget.report('volume:ID', bytes)`, 0 when they are gone. */
export const memoryBudget = new MemoryBudget();
