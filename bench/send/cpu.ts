import { readdir, readFile } from 'node:fs/promises';

/** Clock ticks per second in `/proc`; 100 on every Linux that Node.js supports. */
const TICKS = 100;

interface Stat {
  parent: number;
  own: number;
  /** CPU seconds of child processes that have ended. */
  ended: number;
}

/** Fields of `/proc/PID/stat` (proc(5)) after the process name, which may contain any character. */
async function statOf(pid: number | string): Promise<Stat | null> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  if (text === null) return null;
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const [parent = 0, own = 0, system = 0, ended = 0, endedSystem = 0] = [1, 11, 12, 13, 14].map((n) => fields[n]);
  return { parent, own: own + system, ended: ended + endedSystem };
}

/** CPU seconds used by a process so far; null without `/proc`. */
export async function cpuSeconds(pid: number): Promise<number | null> {
  const stat = await statOf(pid);
  return stat === null ? null : stat.own / TICKS;
}

/** Like `cpuSeconds`, for a process and all its children, ended ones included. */
export async function familyCpuSeconds(pid: number): Promise<number | null> {
  const head = await statOf(pid);
  if (head === null) return null;
  let ticks = head.own + head.ended;
  for (const name of await readdir('/proc')) {
    const stat = /^\d+$/.test(name) ? await statOf(name) : null;
    if (stat?.parent === pid) ticks += stat.own;
  }
  return ticks / TICKS;
}

/** CPU seconds of a process's main thread alone; null without `/proc`. */
export async function mainThreadCpuSeconds(pid: number): Promise<number | null> {
  const stat = await statOf(`${pid}/task/${pid}`);
  return stat === null ? null : stat.own / TICKS;
}

/** Most resident memory that a process ever had, in MiB; null without `/proc`. */
export const peakMegabytes = (pid: number): Promise<number | null> => megabytes(pid, 'VmHWM');

/** Resident memory of a process now, in MiB; null without `/proc`. */
export const residentMegabytes = (pid: number): Promise<number | null> => megabytes(pid, 'VmRSS');

async function megabytes(pid: number, field: 'VmHWM' | 'VmRSS'): Promise<number | null> {
  const text = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const found = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(text);
  return found === null ? null : Number(found[1]) / 1024;
}
