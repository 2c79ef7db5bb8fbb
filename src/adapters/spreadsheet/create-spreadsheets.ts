import { extname } from 'node:path';
import { Piscina } from 'piscina';
import { message } from '../../domain/messages/message.ts';
import { type SheetsResult, type Spreadsheets, SpreadsheetsBusy } from '../../ports/spreadsheet.ts';
import { BOUNDS } from './bounds.ts';

/** Files that may be read at once; each takes a thread. */
const THREADS = 2;
/** Files that may wait for a thread. */
const MOST_WAITING = 8;

/** Reads each file in a thread, which is terminated when it takes too long or too much memory. */
export function createSpreadsheets({ timeMs = BOUNDS.time }: { timeMs?: number } = {}): Spreadsheets {
  const pool = new Piscina({
    recordTiming: false,
    filename: new URL(`./read-worker${extname(import.meta.url)}`, import.meta.url).href,
    minThreads: 0,
    maxThreads: THREADS,
    idleTimeout: 10_000,
    resourceLimits: { maxOldGenerationSizeMb: BOUNDS.heap },
  });
  return {
    async read(file) {
      if (file.length > BOUNDS.bytes)
        return { ok: false, detail: message('import.file.bytes', { most: BOUNDS.bytes / 1024 / 1024 }) };
      if (pool.queueSize >= MOST_WAITING) throw new SpreadsheetsBusy('too many files are being read');
      const late = AbortSignal.timeout(timeMs);
      try {
        return (await pool.run(file, { name: 'read', signal: late })) as SheetsResult;
      } catch {
        const seconds = timeMs / 1000;
        return {
          ok: false,
          detail: late.aborted ? message('import.file.time', { seconds }) : message('import.file.broken'),
        };
      }
    },
    close: () => pool.destroy(),
  };
}
