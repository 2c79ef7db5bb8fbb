import type { Tool } from './tool.ts';

/** Figures of one run of one tool. */
export interface Figures {
  documents: number;
  /** Milliseconds of CPU time per document, over all threads, including garbage collection. */
  cpu: number;
  /** Wall-clock time per document, in milliseconds. */
  p50: number;
  p95: number;
  /** Mean size of a file in bytes. */
  bytes: number;
}

/** The percentile `hundredths` of a list. */
export function quantile(values: readonly number[], hundredths: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * hundredths) / 100))] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => quantile(values, 50);

/**
 * Draws with all tools in turn, so that other load on the machine affects all equally.
 * @param from number of the first diploma; no two runs draw the same diplomas
 */
export async function interleave(tools: readonly Tool[], from: number, documents: number): Promise<Map<Tool, Figures>> {
  const taken = new Map(tools.map((tool) => [tool, { walls: [] as number[], cpu: 0, bytes: 0 }]));
  for (let index = 0; index < documents; index += 1) {
    for (let place = 0; place < tools.length; place += 1) {
      const tool = tools[(index + place) % tools.length];
      const sum = tool === undefined ? undefined : taken.get(tool);
      if (tool === undefined || sum === undefined || index % tool.every !== 0) continue;
      const [cpu, wall] = [process.cpuUsage(), performance.now()];
      const { length } = await tool.draw(from + index);
      const used = process.cpuUsage(cpu);
      sum.walls.push(performance.now() - wall);
      sum.cpu += (used.user + used.system) / 1000;
      sum.bytes += length;
    }
  }
  return new Map(
    [...taken].map(([tool, { walls, cpu, bytes }]) => {
      const count = walls.length;
      const figures = { p50: quantile(walls, 50), p95: quantile(walls, 95), cpu: cpu / count, bytes: bytes / count };
      return [tool, { documents: count, ...figures }];
    }),
  );
}

/** Medians over runs, figure by figure. */
export function mediansOf(runs: readonly Figures[]): Figures {
  const of = (figure: keyof Figures): number => median(runs.map((run) => run[figure]));
  return { documents: of('documents'), cpu: of('cpu'), p50: of('p50'), p95: of('p95'), bytes: of('bytes') };
}
