import { availableParallelism } from 'node:os';
import type { Figures } from './one-run.ts';

/** One run as lines of a table. */
export function tableOf(figures: Figures): string[] {
  const { setting, letters, seconds, sendingSeconds, byAction, verdict, cpu } = figures;
  const rate = (count: number, over: number) => (count / over).toFixed(1);
  const actions = Object.entries(byAction).map(([action, count]) => `${action} ${count}`);
  const used = Object.entries(cpu).map(([process, spent]) => `${process} ${spent === null ? '?' : spent.toFixed(1)}`);
  const row = (what: string, value: string) => `  ${what.padEnd(36)}${value}`;
  return [
    `${setting.name} (load average before: ${figures.load.toFixed(2)})`,
    row('letters sent', String(letters)),
    row('first issue.send to last "sent"', `${seconds.toFixed(1)} s`),
    row('letters/s, tracking included', rate(letters, seconds)),
    row('letters/s while sending', rate(letters, sendingSeconds)),
    row('requests/s', rate(verdict.requests, seconds)),
    row('peak in any rolling second', String(verdict.peakPerRollingSecond)),
    row('peak at once (changing; all)', `${verdict.peakChanging}; ${verdict.peakConcurrent}`),
    row('requests by action', actions.join(', ')),
    row('refused for its limits', String(verdict.refusedByLimits)),
    row('CPU seconds', used.join(', ')),
    row(
      'cores busy with these; with all',
      `${coresBusy(figures).toFixed(2)}; ${figures.machineBusy.toFixed(2)} of ${availableParallelism()}`,
    ),
    row('what binds', whatBinds(figures)),
    row(
      'lost, doubled, left open',
      [verdict.lost, verdict.doubled, verdict.unresolved].map((ids) => ids.length).join(', '),
    ),
  ];
}

/** Whether every letter was sent exactly once. */
export function isSound({ verdict }: Figures, due: number): boolean {
  const faults = [verdict.lost, verdict.doubled, verdict.unresolved, verdict.misjudged];
  return verdict.letters === due && faults.every((ids) => ids.length === 0);
}

function coresBusy({ cpu, seconds }: Figures): number {
  return Object.values(cpu).reduce<number>((sum, spent) => sum + (spent ?? 0), 0) / seconds;
}

/** The limit that the run nearly reached first: our rate, our slots, one process's single thread, or all cores. */
function whatBinds(figures: Figures): string {
  const { setting, sendingSeconds, verdict, cpu } = figures;
  const inSending = verdict.requests / sendingSeconds;
  const ours = Number(setting.env['SENDSAY_RATE_PER_SECOND']);
  if (inSending > ours * 0.95)
    return `SENDSAY_RATE_PER_SECOND=${ours}: ${inSending.toFixed(1)} requests/s while sending`;
  if (figures.machineBusy > availableParallelism() * 0.85) {
    const share = Math.round((coresBusy(figures) / figures.machineBusy) * 100);
    const most = Object.entries(cpu).sort(([, a], [, b]) => (b ?? 0) - (a ?? 0))[0];
    return `the processors, ${share} % of their load being these processes, most of all ${most?.[0]}`;
  }
  const single = Object.entries(cpu).find(
    ([process, spent]) => process !== 'postgres' && (spent ?? 0) > figures.seconds * 0.85,
  );
  if (single) return `the one thread of ${single[0]}`;
  const slots = Number(setting.env['SENDSAY_CONCURRENCY']);
  if (verdict.peakChanging >= slots)
    return `SENDSAY_CONCURRENCY=${slots}: all taken; a call holds one for ${((slots / (figures.letters / sendingSeconds)) * 1000).toFixed(0)} ms`;
  return 'waiting: neither limits nor processors are used up';
}
