import { setFlagsFromString } from 'node:v8';

/**
 * Loads code cheaply, for a process that runs for long; it holds for the whole process, until `endSmallStart`. Call it
 * before the code is imported.
 *
 * - V8's young generation keeps its present size, at the start 2 MB. Code that is being loaded stays in memory, which V8
 *   takes for a reason to enlarge the young generation up to 32 MB; a process that is never idle for long then holds them
 *   for ever.
 * - V8's optimising compiler (TurboFan) is off. What is hot while code and templates are read is not what is hot later, and
 *   optimising takes a sixth of the processor time of a start.
 * - Node 20 gets a global `navigator`, as later versions have. Where it is missing, the driver of PostgreSQL makes a `Response`
 *   to find out where it runs, and Node loads its whole HTTP client for that.
 */
export function beginSmallStart(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString('--no-opt');
  if (Reflect.get(globalThis, 'navigator') === undefined)
    Reflect.set(globalThis, 'navigator', { userAgent: `Node.js/${process.versions.node.split('.')[0]}` });
}

/** From now on V8 optimises hot code, and the young generation grows as usual (V8's own factor) when requests or jobs need it. */
export function endSmallStart(): void {
  setFlagsFromString('--semi-space-growth-factor=2');
  setFlagsFromString('--opt');
}
