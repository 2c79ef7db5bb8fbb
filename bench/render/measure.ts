import type { Tool } from './tool.ts';

/** What one run found of one tool. */
export interface Figures {
  documents: number;
  /** Milliseconds of processor time a document, all threads of the process, garbage collection included. */
  cpu: number;
  /** Milliseconds on the clock. */
  p50: number;
  p95: number;
  /** Bytes of a file on average. */
  bytes: number;
}

/** The value that so many hundredths of a sorted list do not exceed. */
export function quantile(values: readonly number[], hundredths: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * hundredths) / 100))] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => quantile(values, 50);

/**
 * Draws diplomas with all tools in turn, so that the noise of the machine falls on all of them alike.
 * @param from number of the first diploma: no run draws the diplomas of another
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
