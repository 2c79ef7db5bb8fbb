import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { TestProcess } from './test-process.ts';

/** Starting a process and loading the product takes up to 1.5 seconds; more files per process save nothing more. */
const FILES_A_PROCESS = 6;
/** Hooks at the top level would apply to the other files of a process, and top-level awaits would start too early. */
const NEEDS_OWN_PROCESS = /^(?:before|after|beforeEach|afterEach)\(|^(?:const .* = )?await /m;

/**
 * Groups files into processes: files of one folder share one, unless a file needs its own. Files without a known
 * duration start first, then the longest.
 */
export async function planProcesses(
  files: readonly string[],
  timeOf: (file: string) => number | undefined,
): Promise<TestProcess[]> {
  const weight = (file: string) => timeOf(file) ?? Number.POSITIVE_INFINITY;
  const folders = new Map<string, string[]>();
  const processes: TestProcess[] = [];
  for (const file of [...files].sort()) {
    if (NEEDS_OWN_PROCESS.test(await readFile(file, 'utf8'))) processes.push({ files: [file] });
    else folders.set(path.dirname(file), [...(folders.get(path.dirname(file)) ?? []), file]);
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
