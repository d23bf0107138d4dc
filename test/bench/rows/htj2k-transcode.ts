import { cpus } from 'node:os';
import { sendAll } from '../load/client.ts';
import { ctSlice, instancePath } from '../load/ct.ts';
import { cpuSeconds } from '../load/processes.ts';
import { get } from '../load/read.ts';
import { fill } from '../load/store.ts';
import { type Isocenter, startIsocenter } from '../peers/isocenter.ts';
import type { RowFamily } from '../row.ts';
import { median } from '../samples.ts';

const row = 'htj2k-transcode';
const salt = 700;
const study = 1;
/** Frames that are transcoded in one round; none is asked for twice. */
const eachRound = 200;
const connections = 8;
const asHtj2k = { Accept: 'multipart/related; type="image/jphc"; transfer-syntax=1.2.840.10008.1.2.4.202' };

interface Load {
  readonly framesPerSecond: number;
  /** Percent of all cores that the server's processes had. */
  readonly cpuPercent: number;
  /** Mean of the processes that answer. */
  readonly loopDelayP99Ms: number;
}

/** Of the time since it was asked before: the server begins anew with each answer. */
async function loopDelayP99Ms({ origin }: Isocenter): Promise<number> {
  const { body } = await get(`${origin}/metrics`, {});
  const seconds = /^nodejs_eventloop_lag_p99_seconds(?:\{.*\})? (\S+)/m.exec(body.toString())?.[1];
  return Number(seconds) * 1000;
}

async function transcode(isocenter: Isocenter, round: number): Promise<Load> {
  const requests = Array.from({ length: eachRound }, (_, i) => ({
    url: `${isocenter.root}/${instancePath({ salt, study, instance: round * eachRound + i + 1 })}/frames/1`,
    headers: asHtj2k,
  }));
  const used = async () => cpuSeconds([...(await isocenter.pids()), ...(await isocenter.postgresPids())]);
  await loopDelayP99Ms(isocenter);
  const [begin, before] = [performance.now(), await used()];
  const framesPerSecond = await sendAll(requests, connections);
  const seconds = (performance.now() - begin) / 1000;
  const cpuPercent = (100 * ((await used()) - before)) / (seconds * cpus().length);
  return { framesPerSecond, cpuPercent, loopDelayP99Ms: await loopDelayP99Ms(isocenter) };
}

export const transcodeRow: RowFamily = {
  names: [row],
  measure: async (_wanted, { rounds }) => {
    const isocenter = await startIsocenter();
    try {
      await fill([isocenter.root], eachRound * (rounds + 1), (instance) =>
        ctSlice({ salt, study, instance }, 512),
      );
      const loads: Load[] = [];
      for (let round = 0; round <= rounds; round++) {
        const load = await transcode(isocenter, round);
        if (round > 0) loads.push(load);
      }
      const rate = median(loads.map(({ framesPerSecond }) => framesPerSecond));
      return [
        {
          row,
          what: 'frames of 512 x 512 to HTJ2K, 8 requests at once: processor time of the server, of all cores',
          unit: '%',
          ours: median(loads.map(({ cpuPercent }) => cpuPercent)),
          goal: { of: 'ours', atLeast: 85 },
          note: `${rate.toFixed(0)} frames/s; the load generator has the rest`,
        },
        {
          row,
          what: "meanwhile, p99 of the event loop's delay",
          unit: 'ms',
          ours: median(loads.map((load) => load.loopDelayP99Ms)),
          goal: { of: 'ours', atMost: 50 },
        },
      ];
    } finally {
      await isocenter.stop();
    }
  },
};
