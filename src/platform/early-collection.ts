import { clearInterval, setInterval } from 'node:timers';
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** A collection takes about 0.1 s of processor time. This is the garbage of 200 to 300 letters. */
const MOST_GROWTH = 48 * 1024 * 1024;
const LOOK_EVERY_MS = 500;

/**
 * From now on all garbage of this thread is collected whenever its memory has grown by `mostGrowth` bytes since the last
 * time. V8 itself lets memory grow to several times of what is in use where the machine has much, and glibc keeps it.
 * @returns ends it
 */
export function collectEarly({ mostGrowth = MOST_GROWTH, everyMs = LOOK_EVERY_MS } = {}): () => void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  // Contexts that are made later, such as those of threads, need it not.
  setFlagsFromString('--no-expose-gc');
  let least = inUse();
  const timer = setInterval(() => {
    least = Math.min(least, inUse());
    if (inUse() <= least + mostGrowth) return;
    collect();
    least = inUse();
  }, everyMs);
  // It must not keep a stopped process alive.
  timer.unref();
  return () => clearInterval(timer);
}

/** The heap, and what its objects hold outside of it: bytes of buffers and of WebAssembly. */
function inUse(): number {
  const { used_heap_size: heap, external_memory: external } = getHeapStatistics();
  return heap + external;
}
