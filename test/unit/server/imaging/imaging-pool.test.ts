import { afterEach, describe, expect, it } from 'vitest';
import { ImagingPool, type ImagingPoolOptions } from '../../../../server/imaging/imaging-pool.ts';
import { transcodeFrame } from '../../../../server/imaging/transcode.ts';
import { syntheticFrame } from '../../../support/synthetic-frame.ts';

const jpeg2000 = '1.2.840.10008.1.2.4.90';
const pools: ImagingPool[] = [];

function pool(options: ImagingPoolOptions = {}): ImagingPool {
  const made = new ImagingPool({ threads: 1, ...options });
  pools.push(made);
  return made;
}

afterEach(async () => {
  await Promise.all(pools.splice(0).map((made) => made.stop()));
});

const small = syntheticFrame({ bitsAllocated: 16, bitsStored: 12 });
/** Takes the encoder seconds. */
const slow = syntheticFrame({ rows: 3000, columns: 3000, bitsAllocated: 16 });

describe('the imaging pool', () => {
  it('starts no thread before the first frame, and ends it when idle', async () => {
    const imaging = pool({ idleMs: 100 });
    expect(await imaging.threads()).toBe(0);
    await imaging.decode(small.bytes, small.format);
    expect(await imaging.threads()).toBe(1);
    await expect.poll(() => imaging.threads(), { timeout: 10_000 }).toBe(0);
    expect((await imaging.decode(small.bytes, small.format)).samples).toEqual(small.samples);
  });

  it('decodes and transcodes as the functions do', async () => {
    const imaging = pool();
    const there = await imaging.transcode(small.bytes, small.format, jpeg2000);
    expect(there).toEqual(await transcodeFrame(small.bytes, small.format, jpeg2000));
    expect((await imaging.decode(there.bytes, there.format)).samples).toEqual(small.samples);
    expect(small.bytes.length).toBe(small.samples.byteLength);
  });

  it('brings errors across with their codes, and goes on', async () => {
    const imaging = pool();
    const there = await imaging.transcode(small.bytes, small.format, jpeg2000);
    await expect(imaging.decode(there.bytes.slice(0, 900), there.format)).rejects.toMatchObject({
      code: 'BROKEN_FRAME',
    });
    const video = { ...small.format, transferSyntaxUID: '1.2.840.10008.1.2.4.102' };
    await expect(imaging.decode(there.bytes, video)).rejects.toMatchObject({ code: 'UNSUPPORTED_PIXELS' });
    expect((await imaging.decode(there.bytes, there.format)).samples).toEqual(small.samples);
  });

  it('outlives a thread that dies of a frame', async () => {
    const faults: Error[] = [];
    const imaging = pool({ onFault: (error) => faults.push(error) });
    await imaging.decode(small.bytes, small.format);
    const dying = imaging.transcode(slow.bytes, slow.format, jpeg2000);
    const outcome = expect(dying).rejects.toMatchObject({ code: 'BROKEN_FRAME' });
    await new Promise((resolve) => setTimeout(resolve, 300));
    await imaging.endThreads();
    await outcome;
    expect(faults.length).toBeGreaterThan(0);
    expect((await imaging.decode(small.bytes, small.format)).samples).toEqual(small.samples);
  });

  it('ends a frame that takes too long', async () => {
    const late = pool({ timeoutMs: 300 }).transcode(slow.bytes, slow.format, jpeg2000);
    await expect(late).rejects.toMatchObject({
      code: 'BROKEN_FRAME',
      message: expect.stringContaining('too long'),
    });
  });

  it('frees the thread and the place of who has left', async () => {
    const imaging = pool({ maxWaiting: 1 });
    await imaging.decode(small.bytes, small.format);
    const [running, waiting] = [new AbortController(), new AbortController()];
    const started = imaging.transcode(slow.bytes, slow.format, jpeg2000, { signal: running.signal });
    const queued = imaging.transcode(slow.bytes, slow.format, jpeg2000, { signal: waiting.signal });
    const left = Promise.allSettled([started, queued]);
    await expect(imaging.decode(small.bytes, small.format)).rejects.toMatchObject({ code: 'IMAGING_BUSY' });
    waiting.abort(new Error('left'));
    running.abort(new Error('left too'));
    expect(await left).toMatchObject([{ reason: { message: 'left too' } }, { reason: { message: 'left' } }]);
    expect((await imaging.decode(small.bytes, small.format)).samples).toEqual(small.samples);
    await expect(
      imaging.decode(small.bytes, small.format, { signal: AbortSignal.abort(new Error('gone')) }),
    ).rejects.toThrow('gone');
  });

  it('reads what waits only when its turn comes, in order', async () => {
    const imaging = pool();
    const order: number[] = [];
    let atOnce = 0;
    await Promise.all(
      [1, 2, 3, 4].map((number) =>
        imaging.run('decode', async () => {
          order.push(number);
          atOnce++;
          await new Promise((resolve) => setTimeout(resolve, 20));
          expect(atOnce--).toBe(1);
          return { bytes: small.bytes, format: small.format };
        }),
      ),
    );
    expect(order).toEqual([1, 2, 3, 4]);
  });

  it('counts what is worked on here among the rest', async () => {
    const imaging = pool();
    const order: string[] = [];
    const here = (name: string) =>
      imaging.runHere(async () => {
        order.push(`${name} begins`);
        await new Promise((resolve) => setTimeout(resolve, 10));
        order.push(`${name} ends`);
        return name;
      });
    const there = imaging.run('decode', async () => {
      order.push('thread');
      return { bytes: small.bytes, format: small.format };
    });
    expect(await Promise.all([here('a'), there, here('b')])).toMatchObject(['a', {}, 'b']);
    expect(order).toEqual(['thread', 'a begins', 'a ends', 'b begins', 'b ends']);
    const left = imaging.runHere(async () => 1, { signal: AbortSignal.abort(new Error('gone')) });
    await expect(left).rejects.toThrow('gone');
  });

  it('gives the memory of a frame away where it is told to', async () => {
    const imaging = pool();
    const [kept, given] = [small.bytes.slice(), small.bytes.slice()];
    const format = small.format;
    const copied = await imaging.run('decode', { bytes: kept, format });
    const moved = await imaging.run('decode', { bytes: given, format }, { handOver: true });
    expect([copied.samples, moved.samples]).toEqual([small.samples, small.samples]);
    expect([kept.length, given.length]).toEqual([small.bytes.length, 0]);
    const part = new Uint8Array(small.bytes.length + 8).subarray(8);
    part.set(small.bytes);
    await imaging.run('decode', { bytes: part, format }, { handOver: true });
    expect(part).toEqual(small.bytes);
  });

  it('holds no more bytes than it may', async () => {
    const imaging = pool({ maxHeldBytes: 3 * small.bytes.length });
    const all = Array.from({ length: 6 }, () => imaging.decode(small.bytes, small.format));
    const outcomes = (await Promise.allSettled(all)).map(({ status }) => status);
    expect(outcomes).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected', 'rejected', 'rejected']);
    await imaging.decode(small.bytes, small.format);
  });

  it('refuses frames once it is stopped, also those that wait', async () => {
    const imaging = pool();
    const waiting = Array.from({ length: 3 }, () => imaging.transcode(slow.bytes, slow.format, jpeg2000));
    const outcomes = Promise.allSettled(waiting);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await imaging.stop();
    for (const outcome of await outcomes) expect(outcome).toMatchObject({ reason: { code: 'IMAGING_BUSY' } });
    await expect(imaging.decode(small.bytes, small.format)).rejects.toMatchObject({ code: 'IMAGING_BUSY' });
    await imaging.stop();
  });
});
