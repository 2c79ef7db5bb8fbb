import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { RELEASE } from '../../test/support/world.ts';
import { peakMegabytes } from '../send/cpu.ts';
import { type Counted, countStatements, openCounts } from './counts.ts';
import { type Build, type Stand, withBuild } from './open-build.ts';

export interface Figures extends Counted {
  build: string;
  students: number;
  /** Counts of the batch by state, as the API tells them. */
  states: Record<string, number>;
  /** Letters at the stand-in provider. */
  letters: number;
  doubled: number;
  /** Seconds from the batch's creation until it is finished. */
  seconds: number;
  /** CPU seconds of each process in that time. */
  cpu: Record<string, number>;
  /** Most resident memory, in MiB. */
  peak: Record<string, number>;
}

const LOOK_EVERY_MS = 1000;

/**
 * One batch from its creation until it is finished, through one `serve` and one `work` of a build. The build is used
 * by its command line and its HTTP API alone; the stand-ins are those of this checkout.
 */
export function runBuild(stand: Stand, build: Build, round: number): Promise<Figures> {
  const name = `${build.name}_${round}`.replace(/\W/g, '_');
  return withBuild(stand, build, name, async (running) => {
    const { url, token, serve, work } = running;
    const counts = await openCounts(stand.admin, name);
    const before = await running.cpu();
    const began = performance.now();
    const batchId = await running.run('batch', 'create', '--release', RELEASE);
    const batch = await untilFinished(`${url}/api/batches/${batchId}`, token, work);
    const seconds = (performance.now() - began) / 1000;
    const after = await running.cpu();
    const counted = await countStatements(stand.admin, name, counts);
    const sent = await running.letters();
    return {
      ...counted,
      build: build.name,
      students: stand.students,
      states: batch,
      letters: sent.length,
      doubled: sent.length - new Set(sent.map(({ customerId }) => customerId)).size,
      seconds,
      cpu: Object.fromEntries(Object.entries(after).map(([process, used]) => [process, used - (before[process] ?? 0)])),
      peak: {
        worker: (await peakMegabytes(work.pid ?? 0)) ?? 0,
        serve: (await peakMegabytes(serve.pid ?? 0)) ?? 0,
      },
    };
  });
}

/** Asks for the batch until it is finished; returns its counts. */
export async function untilFinished(url: string, token: string, work: ChildProcess): Promise<Record<string, number>> {
  for (;;) {
    if (work.exitCode !== null) throw new Error('the worker ended by itself; see its log');
    const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
    if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
    const batch = (await response.json()) as { state: string; counts: Record<string, number> };
    if (batch.state === 'finished') return batch.counts;
    if (batch.state !== 'running') throw new Error(`the batch is ${batch.state}`);
    await sleep(LOOK_EVERY_MS);
  }
}
