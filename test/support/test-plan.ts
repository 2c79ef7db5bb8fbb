import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestProcess } from './test-process.ts';

/** Starting a process and loading the product takes up to 1.5 seconds; more files per process would save nothing. */
const FILES_A_PROCESS = 14;
/**
 * Folders whose files take up to minutes. Few of them share a process, and these start first: otherwise one process
 * runs alone at the end of a run that knows no durations, as in a new checkout.
 */
const LONG = ['browser', 'commands', 'flow', 'pipeline'];
const LONG_FILES_A_PROCESS = 4;
const TESTS = fileURLToPath(new URL('../', import.meta.url));

/** Groups files into processes: files of one folder of `test/` share some. The longest start first. */
export function planProcesses(files: readonly string[], timeOf: (file: string) => number | undefined): TestProcess[] {
  const folderOf = (file: string) => path.relative(TESTS, path.dirname(file)).split(path.sep)[0] ?? '';
  const weight = (file: string) => timeOf(file) ?? (LONG.includes(folderOf(file)) ? Number.POSITIVE_INFINITY : 0);
  const folders = new Map<string, string[]>();
  const processes: TestProcess[] = [];
  for (const file of [...files].sort()) {
    const folder = folderOf(file);
    folders.set(folder, [...(folders.get(folder) ?? []), file]);
  }
  for (const [folder, together] of folders) {
    // Distributes the files in turn, longest first, so that the processes of a folder take equally long.
    const hands = Math.ceil(together.length / (LONG.includes(folder) ? LONG_FILES_A_PROCESS : FILES_A_PROCESS));
    const sorted = together.sort((a, b) => weight(b) - weight(a));
    for (let hand = 0; hand < hands; hand += 1)
      processes.push({ files: sorted.filter((_, index) => index % hands === hand) });
  }
  const total = ({ files: own }: TestProcess) => own.reduce((sum, file) => sum + weight(file), 0);
  return processes.sort((a, b) => total(b) - total(a) || 0);
}
