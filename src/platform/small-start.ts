import { setFlagsFromString } from 'node:v8';

/**
 * Keeps V8's young generation at its present size, at the start 2 MB. Code that is being loaded stays in memory, which V8
 * takes for a reason to enlarge the young generation up to 32 MB; a process that is never idle for long then holds them
 * for ever. It holds for the whole process; call it before the code is imported.
 */
export function keepYoungSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}

/** From now on the young generation grows as usual (V8's own factor), when requests or jobs need it. */
export function letYoungGrow(): void {
  setFlagsFromString('--semi-space-growth-factor=2');
}
