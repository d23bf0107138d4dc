import { readFile } from 'node:fs/promises';
import type { RealServer } from './real-server.ts';

/** To find them takes a look at every process of the machine. */
const PIDS_KEPT_MS = 1000;

/** Watches the resident memory of a server's processes ten times a second; peaks in MiB. Linux only. */
export class MemoryWatch {
  readonly #server: RealServer;
  readonly #timer: NodeJS.Timeout;
  #pids: { readonly ours: readonly number[]; readonly postgres: readonly number[] } = {
    ours: [],
    postgres: [],
  };
  #foundAt = Number.NEGATIVE_INFINITY;
  sum = 0;
  postgres = 0;
  /** Largest of each process, by pid: as the kernel kept it (VmHWM). */
  readonly each = new Map<number, number>();

  constructor(server: RealServer) {
    this.#server = server;
    this.#timer = setInterval(() => void this.sample(), 100);
  }

  async sample(): Promise<void> {
    if (performance.now() - this.#foundAt > PIDS_KEPT_MS) {
      this.#foundAt = performance.now();
      this.#pids = { ours: await this.#server.pids(), postgres: await this.#server.postgresPids() };
    }
    let sum = 0;
    for (const pid of this.#pids.ours) {
      sum += await statusMib(pid, 'VmRSS');
      this.each.set(pid, Math.max(this.each.get(pid) ?? 0, await statusMib(pid, 'VmHWM')));
    }
    this.sum = Math.max(this.sum, sum);
    let postgres = 0;
    // Shared buffers count once.
    for (const pid of this.#pids.postgres) postgres += await privateMib(pid);
    this.postgres = Math.max(this.postgres, postgres);
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}

async function statusMib(pid: number, name: 'VmRSS' | 'VmHWM' | 'RssShmem'): Promise<number> {
  const text = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0) / 1024;
}

async function privateMib(pid: number): Promise<number> {
  return (await statusMib(pid, 'VmRSS')) - (await statusMib(pid, 'RssShmem'));
}
