import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Webhook } from 'standardwebhooks';
import { Client } from 'undici';
import { startProduct } from '../../test/support/product.ts';
import { SECRET } from '../../test/support/world.ts';
import { askMany, BROWSER, JSON_ONLY } from '../lookup/ask.ts';
import { runBench } from '../run-bench.ts';

/** `npm run bench:memory`: whether the memory of long-running processes stays flat. Explained in bench/README.md. */
const TENTHS = 10;
/** Tenths before which code is compiled and caches fill. */
const WARM = 3;
const MOST_GROWTH = 1.1;
const CONNECTIONS = 10;

const { values } = parseArgs({
  options: {
    lookups: { type: 'string', default: '100000' },
    webhooks: { type: 'string', default: '10000' },
    pictures: { type: 'string', default: '2000' },
    students: { type: 'string', default: '300' },
  },
});
const say = (line: string) => process.stdout.write(`${line}\n`);
const tenth = (name: 'lookups' | 'webhooks' | 'pictures') => Math.ceil(Number(values[name]) / TENTHS);

async function megabytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / 1024;
}

await runBench(async (tidy) => {
  const product = await startProduct('memory', {
    size: Number(values.students),
    settings: { SENDSAY_RATE_PER_SECOND: '75', TRUST_PROXY: '1' },
  });
  tidy.push(() => product.close());
  await product.startProcesses();
  await product.createBatch();
  if ((await product.settle(900)) === null) return false;
  const codes: string[] = await product.db('certificate').orderBy('code').pluck('code');
  const groups: string[] = await product.db('certificate').orderBy('student_group_id').pluck('student_group_id');
  const statuses = new Map<string, number>();
  const count = (kind: string, status: number, times = 1) =>
    statuses.set(`${kind} ${status}`, (statuses.get(`${kind} ${status}`) ?? 0) + times);
  let turn = 0;
  const next = (list: string[]): string => list[turn++ % list.length] ?? '';

  async function lookUp(): Promise<void> {
    for (const headers of [JSON_ONLY, BROWSER]) {
      const asked = await askMany(
        { url: product.url, connections: CONNECTIONS, headers },
        { questions: Math.ceil(tenth('lookups') / 2) },
        () => `/c/${next(codes)}`,
      );
      for (const [status, times] of asked.statuses) count('lookup', status, times);
    }
  }

  /** Over a few connections, each one after the other. */
  async function each(questions: number, connections: number, ask: (client: Client) => Promise<void>): Promise<void> {
    let asked = 0;
    await Promise.all(
      Array.from({ length: connections }, async () => {
        const client = new Client(product.url);
        while (asked++ < questions) await ask(client);
        await client.close();
      }),
    );
  }

  async function announce(client: Client): Promise<void> {
    const [id, at] = [`msg_${randomUUID()}`, new Date()];
    const body = JSON.stringify({
      type: 'student-group.updated',
      timestamp: at.toISOString(),
      data: { studentGroupId: next(groups) },
    });
    const answer = await client.request({
      path: '/webhooks/lms',
      method: 'POST',
      body,
      headers: {
        'content-type': 'application/json',
        'webhook-id': id,
        'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
        'webhook-signature': new Webhook(SECRET).sign(id, at, body),
      },
    });
    await answer.body.dump();
    count('webhook', answer.statusCode);
  }

  async function look(client: Client): Promise<void> {
    const answer = await client.request({ path: `/c/${next(codes)}/diploma.png`, method: 'GET' });
    await answer.body.dump();
    count('picture', answer.statusCode);
  }

  say(`${codes.length} certificates; resident memory in MB after each tenth`);
  const serve: number[] = [];
  const work: number[] = [];
  for (let part = 1; part <= TENTHS; part += 1) {
    await lookUp();
    await each(tenth('webhooks'), 4, announce);
    await each(tenth('pictures'), 2, look);
    // What the requests of this tenth have left behind is collected, and the worker pulls what was announced.
    await wait(3000);
    serve.push(await megabytes(product.pid('serve')));
    work.push(await megabytes(product.pid('work')));
    say(
      `${String(part).padStart(2)}  serve ${serve.at(-1)?.toFixed(0).padStart(4)}  work ${work.at(-1)?.toFixed(0).padStart(4)}`,
    );
  }
  say([...statuses].map(([kind, times]) => `${kind}: ${times}`).join(', '));
  const growth = (list: number[]) => Math.max(...list.slice(WARM)) / (list[WARM - 1] ?? 1);
  for (const [name, list] of Object.entries({ serve, work }))
    say(
      `${name}: highest after the warm-up ${growth(list).toFixed(2)} × that of tenth ${WARM} (at most ${MOST_GROWTH})`,
    );
  return growth(serve) <= MOST_GROWTH && growth(work) <= MOST_GROWTH;
});
