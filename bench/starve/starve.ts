import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Pool } from 'undici';
import { startProduct } from '../../test/support/product.ts';
import { ended } from '../../test/support/world.ts';
import { JSON_ONLY, median, quantile } from '../lookup/ask.ts';
import { runBench } from '../run-bench.ts';
import type { Pressed } from './press.ts';

/** `npm run bench:starve`: the lookup beside slow clients and greedy ones. Explained in bench/README.md. */
const PRESS = fileURLToPath(new URL('./press.js', import.meta.url));
const SLOW = 50;
const GREEDY = 20;
const CONNECTIONS = 10;
/** Lookups a second. */
const PER_SECOND = 40;
const WANTED = 1.3;

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '9' }, seconds: { type: 'string', default: '5' } },
});
const say = (line: string) => process.stdout.write(`${line}\n`);

await runBench(async (tidy) => {
  const product = await startProduct('starve', {
    size: 60,
    settings: { SENDSAY_RATE_PER_SECOND: '75', TRUST_PROXY: '1' },
  });
  tidy.push(() => product.close());
  await product.startProcesses();
  await product.createBatch();
  if ((await product.settle()) === null) return false;
  const codes: string[] = await product.db('certificate').orderBy('code').pluck('code');
  const lists: string[] = await product.db('status_entry').distinct().pluck('list');
  const groups = {
    'slow clients only': [],
    files: codes.flatMap((code) => [`/c/${code}/diploma.pdf`, `/c/${code}/credential.json`]),
    'status lists': lists.map((list) => `/status/${list}`),
    pictures: codes.flatMap((code) => ['diploma', 'og', 'badge'].map((name) => `/c/${code}/${name}.png`)),
  };
  say(`${codes.length} certificates; ${SLOW} slow clients, ${GREEDY} greedy ones; ${values.rounds} rounds`);
  const everything = { ...groups, 'all of these': Object.values(groups).flat() };
  for (const [name, paths] of Object.entries(everything)) await compare(name, paths);
  return true;

  /** As many visitors ask, however long the answers take. @returns the p95 in milliseconds, waiting included */
  async function lookups(): Promise<number> {
    const pool = new Pool(product.url, { connections: CONNECTIONS, pipelining: 1 });
    const times: number[] = [];
    const asked: Promise<void>[] = [];
    for (let turn = 0; turn < Number(values.seconds) * PER_SECOND; turn += 1) {
      asked.push(lookUp(pool, `/c/${codes[turn % codes.length]}`, times));
      await wait(1000 / PER_SECOND);
    }
    await Promise.all(asked);
    await pool.close();
    return quantile(
      times.sort((one, other) => one - other),
      0.95,
    );
  }

  async function lookUp(pool: Pool, path: string, times: number[]): Promise<void> {
    const begun = performance.now();
    const answer = await pool.request({ path, method: 'GET', headers: JSON_ONLY });
    await answer.body.dump();
    if (answer.statusCode !== 200) throw new Error(`a lookup was answered ${answer.statusCode}`);
    times.push(performance.now() - begun);
  }

  async function compare(name: string, paths: string[]): Promise<void> {
    const rounds: { alone: number; beside: number }[] = [];
    const answers: Record<string, number> = {};
    await lookups();
    for (let round = 0; round < Number(values.rounds); round += 1) {
      const alone = await lookups();
      const press = fork(PRESS, [product.url, String(SLOW), String(paths.length === 0 ? 0 : GREEDY)], {
        stdio: 'inherit',
      });
      press.send(paths);
      await once(press, 'message');
      await wait(500);
      const beside = await lookups();
      press.send('stop');
      const [{ statuses }] = (await once(press, 'message')) as [Pressed];
      await ended(press, 'SIGTERM');
      for (const [status, count] of Object.entries(statuses)) answers[status] = (answers[status] ?? 0) + count;
      rounds.push({ alone, beside });
    }
    const ratio = median(rounds.map(({ alone, beside }) => beside / alone));
    const [alone, beside] = [median(rounds.map((one) => one.alone)), median(rounds.map((one) => one.beside))];
    const told = Object.entries(answers).map(([status, count]) => `${status}: ${count}`);
    say(
      `${name.padEnd(20)} p95 ${alone.toFixed(1)} ms alone, ${beside.toFixed(1)} ms beside; ratio ${ratio.toFixed(2)} (wanted ${WANTED})  ${told.join(', ')}`,
    );
  }
});
