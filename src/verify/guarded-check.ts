import { extname } from 'node:path';
import { Piscina } from 'piscina';
import type { CheckRequest } from './check-file.ts';
import { type CheckReport, fails } from './findings.ts';

const MEGABYTES = 512;

/**
 * Runs `checkFile` in a thread of its own, because the file is untrusted. The thread is terminated when it takes too
 * long or too much memory.
 * @param deadlineMs for the whole check
 */
export async function guardedCheck(
  request: CheckRequest & { online: boolean },
  deadlineMs: number,
): Promise<CheckReport> {
  const pool = new Piscina({
    filename: new URL(`./check-worker${extname(import.meta.url)}`, import.meta.url).href,
    maxThreads: 1,
    resourceLimits: { maxOldGenerationSizeMb: MEGABYTES },
  });
  const late = AbortSignal.timeout(deadlineMs);
  try {
    return (await pool.run(request, { name: 'check', signal: late })) as CheckReport;
  } catch {
    const why = late.aborted
      ? `the file could not be read within ${deadlineMs / 1000} seconds`
      : 'reading the file stopped unexpectedly';
    return { says: null, byWordOf: null, findings: [fails('file', `this file cannot be checked: ${why}`)] };
  } finally {
    await pool.destroy();
  }
}
