import type { Db } from '../../src/records/rows.ts';
import { cpuSeconds, familyCpuSeconds } from '../send/cpu.ts';

/** Processor seconds used so far, when so many student groups were judged. */
interface Sample {
  judged: number;
  worker: number;
  postgres: number;
}

type Process = 'worker' | 'postgres';

/** Reads processor times while a batch is evaluated, so that the cost of a tenth can be told from the others'. */
export interface Tenths {
  sample(judged: number): Promise<void>;
  /** Milliseconds a student group, between two shares of all: 0 to 0.1 is the first tenth. */
  between(process: Process, from: number, to: number): number;
}

/** @param postmaster id of PostgreSQL's main process */
export function watchTenths(worker: number, postmaster: number, total: number): Tenths {
  const samples: Sample[] = [];
  /** Between two samples, work is taken to be even. */
  function at(process: Process, judged: number): number {
    const next = samples.findIndex((one) => one.judged >= judged);
    const [after, before] = [samples[next] ?? samples.at(-1), samples[Math.max(0, next - 1)]];
    if (!after || !before) return Number.NaN;
    const share = after.judged === before.judged ? 1 : (judged - before.judged) / (after.judged - before.judged);
    return before[process] + share * (after[process] - before[process]);
  }
  return {
    async sample(judged) {
      const [own = 0, family = 0] = await Promise.all([cpuSeconds(worker), familyCpuSeconds(postmaster)]).then(
        (values) => values.map((value) => value ?? 0),
      );
      samples.push({ judged, worker: own, postgres: family });
    },
    between: (process, from, to) =>
      ((at(process, to * total) - at(process, from * total)) * 1000) / ((to - from) * total),
  };
}

/** How many of the batch's items are judged. */
export async function countJudged(db: Db, batchId: string): Promise<number> {
  const row = await db('batch_item')
    .where({ batch_id: batchId })
    .whereNotNull('evaluated_at')
    .count({ n: '*' })
    .first();
  return Number(row?.['n']);
}
