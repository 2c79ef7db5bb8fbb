import { setTimeout as sleep } from 'node:timers/promises';
import { parseCode } from '../../src/domain/certificate/lookup-code.ts';
import { askMany, JSON_ONLY, median, quantile } from '../lookup/ask.ts';
import { openDesk } from './desk.ts';
import type { ManyGroups } from './many-groups.ts';

const STREAMS = 50;
const SETTLE_MS = 1500;

const say = (line: string) => void process.stdout.write(`${line}\n`);

/**
 * Lookups with and without fifty open streams that follow one batch, which changes every second; both in turn, round by
 * round. Also how many statements a second the streams cost.
 */
export async function lookupsBesideStreams(
  { route, db, stand, batchId, tokens }: ManyGroups,
  { rounds, seconds }: { rounds: number; seconds: number },
): Promise<void> {
  const drawn: string[] = await db('certificate as c').join('diploma as d', 'd.certificate_id', 'c.id').pluck('c.code');
  // The codes of the seed are no real ones: some have the right check symbol by chance.
  const codes = drawn.filter((code) => parseCode(code) !== null);
  const desks = await Promise.all(tokens.map((token) => openDesk(route.url, token)));
  let notes = 0;
  const change = setInterval(() => {
    notes += 1;
    void db('batch')
      .where({ id: batchId })
      .update({ note: `change ${notes}` });
  }, 1000);
  const p95 = async () => {
    const asked = await askMany(
      { url: route.url, connections: 10, headers: JSON_ONLY },
      { milliseconds: seconds * 1000 },
      () => `/c/${codes[Math.floor(Math.random() * codes.length)] ?? ''}`,
    );
    const wrong = [...asked.statuses.keys()].filter((status) => status !== 200 && status !== 410);
    if (wrong.length > 0) throw new Error(`lookups were answered with ${wrong}`);
    return { p95: quantile(asked.times, 0.95), perSecond: asked.times.length / asked.seconds };
  };
  const openStreams = () =>
    Promise.all(
      Array.from({ length: STREAMS }, (_, n) => desks[n % desks.length]?.follow(`/console/batches/${batchId}/live`)),
    );
  await p95();
  const rows: { without: number; with: number }[] = [];
  let events = 0;
  for (let round = 0; round < rounds; round += 1) {
    const without = await p95();
    const streams = await openStreams();
    await sleep(SETTLE_MS);
    const beside = await p95();
    events += streams.reduce((sum, stream) => sum + (stream?.events() ?? 0), 0);
    for (const stream of streams) stream?.close();
    await sleep(SETTLE_MS);
    rows.push({ without: without.p95, with: beside.p95 });
    say(
      `round ${round + 1}: p95 ${without.p95.toFixed(1)} ms without, ${beside.p95.toFixed(1)} ms with ${STREAMS} streams; ${without.perSecond.toFixed(0)} and ${beside.perSecond.toFixed(0)} lookups/s`,
    );
  }
  say(
    `median p95 ${median(rows.map((row) => row.without)).toFixed(1)} ms without, ${median(rows.map((row) => row.with)).toFixed(1)} ms with; median of the ratios ${median(rows.map((row) => row.with / row.without)).toFixed(2)}; ${events} events came`,
  );
  await stand.countStatements(true);
  for (const count of [1, STREAMS]) {
    const streams = (await openStreams()).slice(0);
    for (const stream of streams.slice(count)) stream?.close();
    await sleep(SETTLE_MS);
    await db.raw('select pg_stat_statements_reset()');
    await sleep(10_000);
    const { rows: counted } = await db.raw<{ rows: { calls: number; query: string }[] }>(
      `select calls::int, query from pg_stat_statements where query not ilike '%pg_stat%' and query not like 'update "batch"%'
         and query not ilike 'select set_config%' order by calls desc`,
    );
    const calls = counted.reduce((sum, row) => sum + row.calls, 0);
    say(`${count} streams: ${(calls / 10).toFixed(1)} statements a second`);
    for (const stream of streams) stream?.close();
    await sleep(SETTLE_MS);
  }
  await stand.countStatements(false);
  clearInterval(change);
  for (const desk of desks) await desk.close();
}
