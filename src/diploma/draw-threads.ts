import { extname } from 'node:path';
import { Piscina } from 'piscina';
import type { DrawAnswer, DrawTask, ThreadSettings } from './draw-worker.ts';

/** Worker threads that draw diplomas. */
export interface DrawThreads {
  run(task: DrawTask): Promise<DrawAnswer>;
  close(): Promise<void>;
}

/**
 * Threads start with the first diploma and stay, because loading the drawing code and parsing a template's faces is
 * expensive.
 * @param threads maximum number of threads
 * @param signingKeysDir folder with the keys of credential and seal; null: only unsigned diplomas can be drawn
 */
export function openDrawThreads(threads: number, signingKeysDir: string | null): DrawThreads {
  const workerData: ThreadSettings = { signingKeysDir };
  return new Piscina<DrawTask, DrawAnswer>({
    workerData,
    recordTiming: false,
    filename: new URL(`./draw-worker${extname(import.meta.url)}`, import.meta.url).href,
    name: 'draw',
    minThreads: 0,
    maxThreads: threads,
    idleTimeout: Number.POSITIVE_INFINITY,
    // Nine prepared templates take 45 MB. Near the limit V8 collects all garbage every few diplomas, and a thread that
    // exceeds it ends; without limits a thread's heap grows to hundreds of MB.
    resourceLimits: { maxYoungGenerationSizeMb: 16, maxOldGenerationSizeMb: 192 },
  });
}
