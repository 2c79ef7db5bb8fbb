import { setTimeout as wait } from 'node:timers/promises';

export interface Measurement {
  labels: Record<string, string>;
  value: number;
}

/** A gauge that is measured on request; when the measurement fails, it is omitted. */
export interface MeasuredGauge {
  name: string;
  help: string;
  labels: string[];
  /** Minimum age in seconds of a measurement before it is repeated; for expensive ones. Default 0. */
  keepSeconds?: number;
  read: () => Promise<Measurement[]>;
}

/** Below the 10 seconds that Prometheus waits for an answer. */
const LIMIT_MS = 5000;

/**
 * Measures a gauge, at most once at a time. One that takes too long is answered with its former values, and its result
 * counts for the next request.
 */
export function createMeasure(
  { read, keepSeconds = 0 }: Pick<MeasuredGauge, 'read' | 'keepSeconds'>,
  limitMs = LIMIT_MS,
): () => Promise<Measurement[]> {
  let kept: { at: number; rows: Measurement[] } | null = null;
  let running: Promise<Measurement[]> | null = null;
  const measure = async (): Promise<Measurement[]> => {
    try {
      const rows = await read();
      kept = { at: performance.now(), rows };
      return rows;
    } catch {
      kept = null;
      return [];
    } finally {
      running = null;
    }
  };
  return async () => {
    if (kept !== null && performance.now() - kept.at < keepSeconds * 1000) return kept.rows;
    running ??= measure();
    const over = new AbortController();
    const late = wait(limitMs, null, { signal: over.signal }).catch(() => null);
    const rows = await Promise.race([running, late]);
    over.abort();
    return rows ?? kept?.rows ?? [];
  };
}
