import { execFileSync } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import { faultsOf, type Product, type ProductOptions, startProduct } from '../../support/product.ts';
import { until } from '../../support/world.ts';

/** What a trial saw. */
export interface Seen {
  /** What happened while the fault lasted, and after it. */
  notes: string[];
  /** What must not be; empty: passed. */
  faults: string[];
}

export interface Trial {
  name: string;
  /** Why it cannot be run here, with what to install; null: it can. */
  lacks: () => string | null;
  run: () => Promise<Seen>;
}

export const asRoot = (): string | null =>
  process.getuid?.() === 0 && process.platform === 'linux'
    ? null
    : 'a small tmpfs can only be mounted by root on Linux';

export function lacksProgram(program: string, packageName = program): string | null {
  try {
    execFileSync('/bin/sh', ['-c', `command -v ${program}`], { env: { PATH: `${process.env['PATH']}:/usr/sbin` } });
    return null;
  } catch {
    return `${program} is not installed (Debian: apt-get install ${packageName})`;
  }
}

/**
 * A batch under way, a fault in the middle of it, its end; then nothing may be lost, doubled or held by it, and no
 * process may have ended.
 */
export async function duringBatch(
  name: string,
  options: ProductOptions & { beforeBatch?: () => Promise<void> },
  fault: (product: Product, notes: string[], faults: string[]) => Promise<void>,
): Promise<Seen> {
  const product = await startProduct(name, options);
  try {
    const notes: string[] = [];
    const faults: string[] = [];
    await product.startProcesses();
    await options.beforeBatch?.();
    await product.createBatch();
    await until('some letters', async () => (await product.letters()).length >= 3);
    await fault(product, notes, faults);
    const began = performance.now();
    const verdict = await product.settle();
    notes.push(`settled ${Math.round((performance.now() - began) / 1000)} s after the end of the fault`);
    if (verdict !== null) notes.push(`${verdict.certificates} certificates, ${verdict.letters} letters`);
    faults.push(...faultsOf(verdict), ...product.endedByThemselves.map((process) => `ended by itself: ${process}`));
    const ready = await product.readiness();
    if (!/serve 200 .*work 200/.test(ready)) faults.push(`not ready afterwards: ${ready}`);
    return { notes, faults };
  } finally {
    await product.close();
  }
}

/** Repeats a question while a fault lasts. @returns the different answers, with their number */
export async function sample(seconds: number, ask: () => Promise<string>): Promise<string> {
  const counts = new Map<string, number>();
  for (const end = performance.now() + seconds * 1000; performance.now() < end; await wait(500)) {
    const answer = await ask();
    counts.set(answer, (counts.get(answer) ?? 0) + 1);
  }
  return [...counts].map(([answer, times]) => `${answer} (${times} ×)`).join(', ');
}
