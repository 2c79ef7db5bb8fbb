import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Where Debian's package puts it, for each architecture. */
function library(): string | null {
  for (const name of existsSync('/usr/lib') ? readdirSync('/usr/lib') : []) {
    const path = join('/usr/lib', name, 'faketime/libfaketime.so.1');
    if (existsSync(path)) return path;
  }
  return null;
}

export const lacksFakeTime = (): string | null =>
  library() === null ? 'libfaketime is not installed (Debian: apt-get install faketime)' : null;

/**
 * The environment of a process whose clock is wrong. Clocks that only measure durations are right.
 * @param seconds ahead (negative: behind), or a file that says so as `+3600` and may change
 */
export function wrongClock(ahead: { seconds: number } | { file: string }): Record<string, string> {
  return {
    LD_PRELOAD: library() ?? '',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    DONT_FAKE_MONOTONIC: '1',
    ...('file' in ahead
      ? { FAKETIME_TIMESTAMP_FILE: ahead.file, FAKETIME_NO_CACHE: '1' }
      : { FAKETIME: offset(ahead.seconds) }),
  };
}

export const offset = (seconds: number): string => `${seconds < 0 ? '-' : '+'}${Math.abs(seconds)}`;
