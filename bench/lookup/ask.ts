import { Client } from 'undici';

export const JSON_ONLY = { accept: 'application/json' };
export const BROWSER = {
  accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
  'accept-language': 'ru',
};

/** The result of many requests. */
export interface Asked {
  seconds: number;
  /** Milliseconds of each answer, ascending. */
  times: Float64Array;
  statuses: Map<number, number>;
}

/** When to stop: after a time, or after a number of requests. */
export type Until = { milliseconds: number } | { questions: number };

/**
 * Sends requests over a number of parallel connections; each sends its next request after its answer.
 * @throws Error when an answer does not come
 */
export async function askMany(
  { url, connections, headers }: { url: string; connections: number; headers: Record<string, string> },
  until: Until,
  nextPath: () => string,
): Promise<Asked> {
  const times: number[] = [];
  const statuses = new Map<number, number>();
  const begun = performance.now();
  let asked = 0;
  const more = () =>
    'questions' in until ? asked++ < until.questions : performance.now() - begun < until.milliseconds;
  const worker = async (client: Client) => {
    while (more()) {
      const from = performance.now();
      const status = await ask(client, nextPath(), headers);
      times.push(performance.now() - from);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
  };
  const clients = Array.from({ length: connections }, () => new Client(url, { pipelining: 1 }));
  await Promise.all(clients.map(worker));
  const seconds = (performance.now() - begun) / 1000;
  await Promise.all(clients.map((client) => client.close()));
  return { seconds, times: Float64Array.from(times).sort(), statuses };
}

/**
 * Sends one request and returns its status after the whole answer. It keeps nothing, so that the client costs little.
 */
function ask(client: Client, path: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    let status = 0;
    client.dispatch(
      { path, method: 'GET', headers },
      {
        onRequestStart: () => undefined,
        onResponseStart: (_controller, statusCode) => {
          status = statusCode;
        },
        onResponseData: () => undefined,
        onResponseEnd: () => resolve(status),
        onResponseError: (_controller, error) => reject(error),
      },
    );
  });
}

/** The quantile `share` of sorted times. */
export function quantile(times: ArrayLike<number>, share: number): number {
  return times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? Number.NaN;
}

export function median(values: number[]): number {
  return quantile(
    [...values].sort((a, b) => a - b),
    0.5,
  );
}
