import { cpuSeconds } from '../send/cpu.ts';
import { type Asked, askMany, median, quantile, type Until } from './ask.ts';
import type { Route } from './stand.ts';

/** A measurement: a route, and what to request from it. */
export interface Cell {
  name: string;
  route: Route;
  headers: Record<string, string>;
  /** Lookup codes from which each request chooses one. */
  codes: string[];
  /** HTTP statuses that count as correct. */
  statuses: number[];
}

/** Measured figures of one round. */
export interface Figures {
  perSecond: number[];
  p50: number[];
  p99: number[];
  /** CPU time of the server process per request, in microseconds. */
  cpu: number[];
}

const CONNECTIONS = 10;
/** Requests before the measurement, because code becomes fast only after many runs. */
const WARM_UP = 20_000;

/** Measures all cells in turn in each round, so that other load on the machine affects all equally. */
export async function measureRates(cells: Cell[], rounds: number, milliseconds: number): Promise<Map<string, Figures>> {
  const all = new Map(cells.map(({ name }) => [name, { perSecond: [], p50: [], p99: [], cpu: [] } as Figures]));
  for (const cell of cells) await once(cell, { questions: WARM_UP });
  for (let round = 0; round < rounds; round += 1) {
    for (const cell of cells) {
      const before = await cpuSeconds(cell.route.pid);
      const asked = await once(cell, { milliseconds });
      const after = await cpuSeconds(cell.route.pid);
      const figures = all.get(cell.name);
      figures?.perSecond.push(asked.times.length / asked.seconds);
      figures?.p50.push(quantile(asked.times, 0.5));
      figures?.p99.push(quantile(asked.times, 0.99));
      figures?.cpu.push(before === null || after === null ? Number.NaN : ((after - before) * 1e6) / asked.times.length);
    }
  }
  return all;
}

async function once({ name, route, headers, codes, statuses }: Cell, until: Until): Promise<Asked> {
  const next = () => `/c/${codes[Math.floor(Math.random() * codes.length)] ?? ''}`;
  const asked = await askMany({ url: route.url, connections: CONNECTIONS, headers }, until, next);
  const wrong = [...asked.statuses.keys()].filter((status) => !statuses.includes(status));
  if (wrong.length > 0) throw new Error(`${name}: answered ${wrong.join(', ')}`);
  return asked;
}

/** The median over the rounds of one figure divided by another of the same round. */
export function ratio(of: number[], to: number[]): number {
  return median(of.map((value, round) => value / (to[round] ?? Number.NaN)));
}
