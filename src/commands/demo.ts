import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { SingleBar } from 'cli-progress';
import { readConfig } from '../config.ts';
import { createToken } from '../coordinate/token-verbs.ts';
import { type ApiClient, createApiClient, type DemoBatch, type DemoItem, isSettled } from '../demo/api-client.ts';
import { createChildren, freePort } from '../demo/children.ts';
import { openDemoDatabase } from '../demo/demo-database.ts';
import { summarise } from '../demo/summary.ts';
import { prepareDemoTemplates, refuseTemplatesFolder } from '../demo/templates.ts';
import { openDatabase } from '../platform/database/database.ts';
import { SANDBOX } from './sandbox.ts';
import { tokenContext } from './token.ts';
import { untilStopped } from './until-stopped.ts';

export interface DemoOptions {
  keep?: boolean;
  size: number;
}

const RELEASE = 'rel_2026a';
/** Settings with which other commands can use the database and the sandboxes of the demo. */
const COMMAND_LINE_NEEDS = [
  'DATABASE_URL',
  'TEMPLATES_DIR',
  'SIGNING_KEYS_DIR',
  'PUBLIC_URL',
  'LMS_BASE_URL',
  'LMS_TOKEN',
  'LMS_WEBHOOK_SECRET',
  'SENDSAY_URL',
  'SENDSAY_ACCOUNT',
  'SENDSAY_API_KEY',
  'SENDSAY_FROM_EMAIL',
  'SENDSAY_FROM_NAME',
] as const;

/**
 * `gramota demo`: the whole process with embedded parts. Sandboxes, API and worker are separate processes, as in
 * production; the coordinator's requests go over HTTP.
 * @throws Error when the sandboxes' records and Gramota's results differ
 * @throws InputError when its folder and the templates overlap
 */
export async function runDemo(
  options: DemoOptions,
  env: Record<string, string | undefined>,
  say: (line: string) => void,
): Promise<void> {
  const base = readConfig(env, []);
  const dir = join(base.GRAMOTA_DATA_DIR, 'demo');
  const logs = join(dir, 'logs');
  await refuseTemplatesFolder(base.TEMPLATES_DIR, dir);
  await mkdir(logs, { recursive: true });
  const children = createChildren(logs);
  const stopped = untilStopped();
  const database = await openDemoDatabase(base, dir, say);
  try {
    const stage = { env, dir, templatesDir: base.TEMPLATES_DIR, databaseUrl: database.url, children, say };
    // A signal ends the demo at any time; the code below then stops everything that the demo started.
    const early = stopped.then(() => Promise.reject(new Error('the demo was stopped before it finished')));
    early.catch(() => undefined);
    await Promise.race([play(options, stage), early]);
    if (options.keep) await stopped;
  } finally {
    await children.stopAll();
    await database.close();
  }
}

interface Stage {
  env: Record<string, string | undefined>;
  dir: string;
  templatesDir: string;
  databaseUrl: string;
  children: ReturnType<typeof createChildren>;
  say: (line: string) => void;
}

async function play(options: DemoOptions, stage: Stage): Promise<void> {
  const { children, say, dir } = stage;
  say('preparing templates, stand-ins for LMS and Sendsay, database schema, API and one worker');
  const templates = join(dir, 'templates');
  await prepareDemoTemplates(stage.templatesDir, templates, new Date());
  const inherited = Object.fromEntries(
    Object.entries({ PATH: stage.env['PATH'], HOME: stage.env['HOME'] }).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    ),
  );
  const port = stage.env['PORT'] ?? String(await freePort());
  const webhookUrl = `http://127.0.0.1:${port}/webhooks/lms`;
  const lms = await children.start(
    'sandbox-lms',
    ['sandbox', 'lms', '--port', '0', '--size', String(options.size), '--webhook-url', webhookUrl],
    inherited,
    /on (http\S+)/,
  );
  const sendsay = await children.start(
    'sandbox-sendsay',
    ['sandbox', 'sendsay', '--port', '0'],
    inherited,
    /on (http\S+)/,
  );
  const settings: Record<string, string> = {
    ...inherited,
    DATABASE_URL: stage.databaseUrl,
    SIGNING_KEYS_DIR: join(dir, 'keys'),
    TEMPLATES_DIR: templates,
    LMS_BASE_URL: lms.url,
    LMS_TOKEN: SANDBOX.lmsToken,
    LMS_WEBHOOK_SECRET: SANDBOX.webhookSecret,
    SENDSAY_URL: sendsay.url,
    SENDSAY_ACCOUNT: SANDBOX.account,
    SENDSAY_API_KEY: SANDBOX.apiKey,
    SENDSAY_FROM_EMAIL: SANDBOX.fromEmail,
    SENDSAY_FROM_NAME: 'School of Continuing Education',
    SENDSAY_POLL_SECONDS: '1',
    SENDSAY_CALLBACK_SECRET: randomBytes(16).toString('hex'),
    PORT: port,
    PUBLIC_URL: stage.env['PUBLIC_URL'] ?? `http://127.0.0.1:${port}`,
    LOG_FORMAT: 'json',
    DRAIN_SECONDS: '0',
  };
  await children.run('migrate', ['migrate'], settings);
  const api = await children.start('serve', ['serve'], settings, /listening on (http\S+)/);
  await children.start('work', ['work'], settings, /worker ready/);
  say(`signing keys: created by Gramota in ${join(dir, 'keys')}; the next demo uses them again`);
  say(`started: stand-in LMS ${lms.url}, stand-in Sendsay ${sendsay.url}, API ${api.url}, one worker`);

  const token = await coordinatorToken(stage.databaseUrl);
  const client = createApiClient(api.url, token);
  const webhooks = await client.sendWebhooks(lms.url, webhookUrl, ['sg_0001', 'sg_0002', 'sg_0003']);
  say(`webhooks: ${webhooks} of 3 accepted (student-group.completed)`);
  const batchId = await client.createBatch(RELEASE);
  say(`batch ${batchId} for release ${RELEASE}: evaluating, reporting to the LMS, drawing, sending`);
  const { batch, items } = await follow(client, batchId, say);
  await summarise({
    batch,
    items,
    api: api.url,
    lmsUrl: lms.url,
    sendsayUrl: sendsay.url,
    databaseUrl: stage.databaseUrl,
    dir,
    say,
  });
  if (!options.keep) return;
  say(`\nThe demo keeps running. API ${api.url}, console ${api.url}/console, lookup ${api.url}/certificates/lookup`);
  say(`coordinator token: ${token}`);
  say('\nTo use the command line with the demo, run in another terminal:');
  for (const name of COMMAND_LINE_NEEDS) say(`  export ${name}='${settings[name]}'`);
  say(`  export TOKEN='${token}'`);
  say(`  npm run gramota -- batch show ${batchId}`);
  say(`  npm run gramota -- report --release ${RELEASE}`);
  say(`  curl -H "Authorization: Bearer $TOKEN" ${api.url}/api/batches/${batchId}`);
  say(`\nlogs: ${resolve(join(dir, 'logs'))}\nPress Ctrl-C to stop the demo.`);
}

async function coordinatorToken(databaseUrl: string): Promise<string> {
  const db = openDatabase({ url: databaseUrl, poolMax: 1, applicationName: 'gramota-demo' });
  try {
    return (await createToken(tokenContext(db), { name: 'demo', role: 'coordinator' })).token;
  } finally {
    await db.destroy();
  }
}

/** Waits until only letters with a later window are left; shows progress: a bar on a terminal, else lines. */
async function follow(
  client: ApiClient,
  batchId: string,
  say: (line: string) => void,
): Promise<{ batch: DemoBatch; items: DemoItem[] }> {
  const bar = process.stderr.isTTY
    ? new SingleBar({ format: '{bar} {value}/{total} {state}', hideCursor: true, clearOnComplete: true })
    : null;
  bar?.start(1, 0, { state: 'pulling' });
  let printed = 0;
  try {
    for (;;) {
      const batch = await client.batch(batchId);
      const { total, ...counts } = batch.counts;
      const settled = Object.entries(counts).reduce((sum, [state, n]) => sum + (isSettled(state) ? n : 0), 0);
      bar?.setTotal(Math.max(1, total));
      bar?.update(settled, { state: batch.state });
      // Without a terminal there is no progress bar: one line is printed after each quarter.
      const quarters = total === 0 ? 0 : Math.floor((4 * settled) / total);
      if (bar === null && quarters > printed) say(`  ${settled} of ${total} student groups done`);
      printed = Math.max(printed, quarters);
      if (total > 0 && settled === total) {
        const items = await client.items(batchId);
        const soon = Date.now() + 60_000;
        if (
          !items.some(
            (item) => !isSettled(item.state) || (item.state === 'waiting' && Date.parse(item.sendAfter ?? '') < soon),
          )
        )
          return { batch, items };
      }
      await new Promise((done) => setTimeout(done, 250));
    }
  } finally {
    bar?.stop();
  }
}
