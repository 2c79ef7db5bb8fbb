import type { Log } from '../log.ts';
import type { JobDone } from './job-batches.ts';

/** From this failure on, of one job or of jobs of one queue in a row, it is an error; before it is a warning. */
const SERIOUS = 3;

/**
 * One log line per try of a job: routine when it is done, a warning at the first failure, an error from the third one
 * on. Failures count per job, and per queue in a row, so that many jobs that fail once each are noticed too.
 */
export function createJobReport(log: Log): (done: JobDone) => void {
  const inRow = new Map<string, number>();
  return (done) => {
    const { queue, id, subject, attempt, ms, outcome, error } = done;
    const fields = { queue, job: id, subject, attempt, ms, outcome };
    if (error === undefined || outcome === 'given-back') {
      if (outcome === 'done') inRow.set(queue, 0);
      log.info(fields, 'job');
      return;
    }
    const failures = (inRow.get(queue) ?? 0) + 1;
    inRow.set(queue, failures);
    const level = Math.max(attempt, failures) >= SERIOUS || outcome === 'dead' ? 'error' : 'warn';
    log[level]({ event: 'job-failed', ...fields, inRow: failures, error }, 'a job failed');
  };
}
