import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestProcess } from './test-process.ts';

/** Starting a process and loading the product takes up to 1.5 seconds; more files per process would save nothing. */
const FILES_A_PROCESS = 14;
const TESTS = fileURLToPath(new URL('../', import.meta.url));

/**
 * Groups files into processes: files of one folder of `test/` share some. Files without a known duration start first,
 * then the longest.
 */
export function planProcesses(files: readonly string[], timeOf: (file: string) => number | undefined): TestProcess[] {
  const weight = (file: string) => timeOf(file) ?? Number.POSITIVE_INFINITY;
  const folders = new Map<string, string[]>();
  const processes: TestProcess[] = [];
  for (const file of [...files].sort()) {
    const [folder = ''] = path.relative(TESTS, path.dirname(file)).split(path.sep);
    folders.set(folder, [...(folders.get(folder) ?? []), file]);
  }
  for (const together of folders.values()) {
    // Distributes the files in turn, longest first, so that the processes of a folder take equally long.
    const hands = Math.ceil(together.length / FILES_A_PROCESS);
    const sorted = together.sort((a, b) => weight(b) - weight(a));
    for (let hand = 0; hand < hands; hand += 1)
      processes.push({ files: sorted.filter((_, index) => index % hands === hand) });
  }
  const total = ({ files: own }: TestProcess) => own.reduce((sum, file) => sum + weight(file), 0);
  return processes.sort((a, b) => total(b) - total(a) || 0);
}
