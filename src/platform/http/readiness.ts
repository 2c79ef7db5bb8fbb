import { setTimeout as wait } from 'node:timers/promises';

/**
 * Readiness check by dependency: true, false, or what is wrong in words. One that throws, or does not answer in time,
 * counts as not ready.
 */
export type Readiness = Record<string, () => Promise<boolean | string>>;

/** A load balancer asks often and waits only for a short time. */
const LIMIT_MS = 2000;

/**
 * Runs all checks at the same time.
 * @returns what is not ready, in the order of the checks: the dependency, with the fault where it is known
 */
export async function notReady(checks: Readiness, limitMs = LIMIT_MS): Promise<string[]> {
  const results = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => {
      const over = new AbortController();
      const late = wait(limitMs, false, { signal: over.signal }).catch(() => false);
      const found = await Promise.race([check().catch(() => false), late]);
      over.abort();
      if (found === true) return [];
      return [found === false ? name : `${name} (${found})`];
    }),
  );
  return results.flat();
}
