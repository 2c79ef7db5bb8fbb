import { createPrinter } from '../../src/diploma/create-printer.ts';
import type { TemplateBundle } from '../../src/diploma/template/template.ts';
import type { KeyReferences } from '../../src/domain/certificate/credential-facts.ts';
import { benchFacts } from './content.ts';
import { median } from './measure.ts';

export interface PoolSetting {
  bundle: TemplateBundle;
  keysDir: string;
  /** Signing keys; null: diplomas without credential and seal. */
  keys: KeyReferences | null;
}

/** Draws diplomas `from` to `from + count` with the product's printer, a number of them in parallel. */
async function drawMany(
  printer: ReturnType<typeof createPrinter>,
  { bundle, keys }: PoolSetting,
  from: number,
  count: number,
  atOnce: number,
): Promise<void> {
  let next = from;
  const work = async (): Promise<void> => {
    while (next < from + count) {
      const number = next;
      next += 1;
      await printer.draw(benchFacts(bundle, number, keys));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}

function openPool({ bundle, keysDir }: PoolSetting, threads: number): ReturnType<typeof createPrinter> {
  return createPrinter({ templates: [bundle], bundleByHash: async () => null, threads, signingKeysDir: keysDir });
}

/** Diplomas per second with one drawing thread and with two: medians of three alternating runs. */
export async function compareThreads(setting: PoolSetting, documents: number): Promise<{ one: number; two: number }> {
  const rates: Record<1 | 2, number[]> = { 1: [], 2: [] };
  const pools = { 1: openPool(setting, 1), 2: openPool(setting, 2) };
  let from = 1;
  try {
    for (const threads of [1, 2] as const) await drawMany(pools[threads], setting, from, 100 * threads, 4 * threads);
    for (let run = 0; run < 3; run += 1) {
      for (const threads of [1, 2] as const) {
        from += documents;
        const start = performance.now();
        await drawMany(pools[threads], setting, from, documents, 4 * threads);
        rates[threads].push((documents * 1000) / (performance.now() - start));
      }
    }
  } finally {
    await Promise.all([pools[1].close(), pools[2].close()]);
  }
  return { one: median(rates[1]), two: median(rates[2]) };
}

const MEGABYTE = 1_000_000;

/**
 * Resident memory of this process in megabytes while its printer draws `documents` diplomas in one thread: 20
 * readings.
 */
export async function soak(setting: PoolSetting, documents: number, tell: (line: string) => void): Promise<number[]> {
  const printer = openPool(setting, 1);
  const readings: number[] = [];
  const step = Math.ceil(documents / 20);
  try {
    for (let from = 1; from <= documents; from += step) {
      await drawMany(printer, setting, from, Math.min(step, documents - from + 1), 4);
      const rss = process.memoryUsage().rss / MEGABYTE;
      readings.push(rss);
      tell(`  after ${String(Math.min(documents, from + step - 1)).padStart(6)} diplomas: ${rss.toFixed(0)} MB`);
    }
  } finally {
    await printer.close();
  }
  return readings;
}
