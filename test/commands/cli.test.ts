import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { readXlsx } from 'hucre/xlsx';
import { runBatchCreate, runBatchList, runBatchShow, runBatchVerb } from '../../src/commands/batch.ts';
import { runExport } from '../../src/commands/export-file.ts';
import { runMigrate } from '../../src/commands/migrate.ts';
import { runReport } from '../../src/commands/report.ts';
import { runTokenList, runTokenRevoke } from '../../src/commands/token.ts';
import { composeApp } from '../../src/compose/compose-app.ts';
import { openBase, openLms } from '../../src/compose/open-base.ts';
import { openPipeline } from '../../src/compose/open-pipeline.ts';
import { type Config, NEEDED, readConfig } from '../../src/config.ts';
import { prepareDemoTemplates } from '../../src/demo/templates.ts';
import type { BatchVerb } from '../../src/domain/batch-verb.ts';
import { emptyDatabase, type TestDatabase, testDatabase } from '../support/database.ts';
import { testKeysDir } from '../support/keys.ts';
import { unzip } from '../support/unzip.ts';
import {
  dropUnnamedTemplates,
  firstMatch,
  RELEASE,
  type Sandbox,
  SECRET,
  sandboxSettings,
  startSandbox,
} from '../support/world.ts';
import { gramota, type Ran, start, stopped, told, toldCheck } from './command-line.ts';

const TEMPLATES = fileURLToPath(new URL('../../../templates', import.meta.url));

let database: TestDatabase;
let empty: TestDatabase;
let lms: Sandbox;
let sendsay: Sandbox;
let dir: string;
let env: Record<string, string>;

before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'gramota-cli-'));
  [database, empty, lms, sendsay] = await Promise.all([
    testDatabase(),
    emptyDatabase(),
    startSandbox(['lms', '--size', '12']),
    startSandbox(['sendsay']),
    prepareDemoTemplates(TEMPLATES, join(dir, 'templates'), new Date()),
  ]);
  await dropUnnamedTemplates(join(dir, 'templates'));
  env = {
    DATABASE_URL: database.url,
    TEMPLATES_DIR: join(dir, 'templates'),
    SIGNING_KEYS_DIR: await testKeysDir(),
    ...sandboxSettings(lms.url, sendsay.url),
    SENDSAY_POLL_SECONDS: '0.3',
    RENDER_THREADS: '1',
    PORT: '0',
    LOG_FORMAT: 'json',
  };
});

after(async () => {
  await Promise.all([lms.stop(), sendsay.stop(), database.drop(), empty.drop()]);
  await rm(dir, { recursive: true, force: true });
});

/** Runs a verb's function with these settings in this process. */
const verb = (
  of: Record<string, string>,
  run: (config: Config, say: (line: string) => void) => Promise<unknown>,
): Promise<Ran> => told((say) => run(readConfig(of, NEEDED.database), say));

/** Starts `serve` and `work` with these settings, and returns the results. */
async function startsOf(settings: Record<string, string>): Promise<Ran[]> {
  const base = await openBase(readConfig(settings, NEEDED.serve), 'test', 4);
  const { signal } = new AbortController();
  const signals = { leaving: signal, stopping: signal };
  try {
    return [
      await told(async () => (await composeApp(base, await openLms(base.config, base.db), signals)).close()),
      await told(() => openPipeline(base)),
    ];
  } finally {
    await base.close();
  }
}

describe('gramota migrate', () => {
  it('migrates an empty database, also when several hosts run it at once or run it again', async () => {
    const settings = { DATABASE_URL: empty.url };
    const both = await Promise.all([gramota(['migrate'], settings), gramota(['migrate'], settings)]);
    for (const ran of [...both, await verb(settings, runMigrate)]) {
      assert.deepEqual([ran.code, ran.out, ran.err], [0, ['database schema is up to date'], []]);
    }
    assert.equal((await verb(settings, runTokenList)).code, 0);
  });
});

describe('a database that is not migrated', () => {
  it('makes every command stop with one line of advice', async () => {
    const bare = await emptyDatabase();
    try {
      const settings = { ...env, DATABASE_URL: bare.url };
      for (const ran of [
        // The first step of the commands serve and work.
        await told(() => openBase(readConfig(settings, NEEDED.serve), 'serve', 1)),
        await toldCheck(settings),
        await verb(settings, runTokenList),
        await verb(settings, runBatchList),
      ]) {
        assert.deepEqual([ran.code, ran.err.length], [1, 1], ran.err.join('\n'));
        assert.match(ran.err[0] ?? '', /^database: its schema is empty; run "gramota migrate"/);
      }
    } finally {
      await bare.drop();
    }
  });
});

describe('gramota check', () => {
  it('prints each setting with its source and with secrets masked, and reports success', async () => {
    const ran = await gramota(['check'], env);
    assert.deepEqual([ran.code, ran.err], [0, []]);
    const text = ran.out.join('\n');
    assert.match(text, /^ok +LMS_TOKEN +•+ +\(environment\)$/m);
    assert.match(text, /^ok +SENDSAY_CONCURRENCY +5 +\(default\)$/m);
    assert.match(text, /^ok +database: PostgreSQL \d+\.\d+.*schema up to date$/m);
    assert.match(
      text,
      /^ok +time zones: IANA 20\d\d\w of [\d-]{10}, \d+ days old; to update the time zone data, run on every host: npm install /m,
    );
    assert.match(text, /^warning +countries\.yaml: default\.contact allows letters at night, such as at /m);
    assert.match(text, /^ok +delivery: not queried, so letters stay "sent": sendsay\.yaml has no "delivery"$/m);
    assert.match(text, /^ok +LMS: reachable; credentials accepted$/m);
    assert.match(text, /^ok +Sendsay: reachable; credentials accepted$/m);
    assert.equal(ran.out.at(-1), 'everything is in order');
    assert.doesNotMatch(text, new RegExp(`sandbox-lms-token|sandbox-api-key|${SECRET}|postgres://`));
  });

  it('explains how deliveries are queried; an error in sendsay.yaml stops check, serve and work', async () => {
    const folder = join(dir, 'declared');
    await cp(join(dir, 'templates'), folder, { recursive: true });
    const file = join(folder, 'sendsay.yaml');
    await writeFile(file, 'delivery:\n  select: { letter: a.b, issue: a.c, status: a.d }\n  delivered: [1, 2]\n');
    const fine = await toldCheck({ ...env, TEMPLATES_DIR: folder });
    assert.deepEqual([fine.code, fine.err], [0, []]);
    assert.match(
      fine.out.join('\n'),
      /^delivery: queried with stat\.uni by a\.b and a\.c; 2 values of a\.d are defined$/m,
    );
    await writeFile(file, 'delivery:\n  select: { letter: a.b, issue: a.c }\n  delivered: [1, 2]\n');
    const settings = { ...env, TEMPLATES_DIR: folder };
    for (const ran of [await toldCheck(settings), ...(await startsOf(settings))]) {
      assert.deepEqual([ran.code, ran.err.length], [1, 1]);
      assert.match(ran.err[0] ?? '', /^sendsay\.yaml:2: delivery\.select\.status: /);
    }
  });

  it('prints file and line of a broken template, and continues with the other checks', async () => {
    const broken = join(dir, 'broken');
    await cp(join(dir, 'templates'), broken, { recursive: true });
    const criteria = await readFile(join(broken, 'criteria.yaml'), 'utf8');
    const line = criteria.split('\n').findIndex((text) => text.includes('parameter: score')) + 1;
    await writeFile(join(broken, 'criteria.yaml'), criteria.replace('parameter: score', 'parameter: scoer'));
    const settings = { ...env, TEMPLATES_DIR: broken };
    const ran = await toldCheck(settings);
    assert.deepEqual([ran.code, ran.err.length], [1, 1], ran.err.join('\n'));
    assert.match(ran.err[0] ?? '', new RegExp(`^criteria\\.yaml:${line}: .*unknown parameter of progress`));
    assert.match(ran.out.join('\n'), /^Sendsay: reachable/m);
    for (const start of await startsOf(settings)) assert.deepEqual([start.code, start.err], [1, ran.err]);
  });

  it('prints one line per fault, without secrets', async () => {
    const ran = await toldCheck({ ...env, LMS_TOKEN: 'hunter2-lms', SENDSAY_API_KEY: 'hunter2-key' });
    assert.deepEqual([ran.code, ran.err.length], [1, 2], ran.err.join('\n'));
    assert.match(ran.err[0] ?? '', /^LMS: .*401.*check LMS_TOKEN/);
    assert.match(ran.err[1] ?? '', /^Sendsay: /);
    assert.doesNotMatch([...ran.out, ...ran.err].join('\n'), /hunter2/);
  });

  it('reports only the database when the database is down, because nothing else can be checked then', async () => {
    const ran = await toldCheck({ ...env, DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' });
    assert.deepEqual([ran.code, ran.err.length], [1, 1], ran.err.join('\n'));
    assert.match(ran.err[0] ?? '', /^database: .*ECONNREFUSED/);
  });

  it('reports a missing setting only once', async () => {
    const { SENDSAY_FROM_EMAIL, ...rest } = env;
    const ran = await toldCheck(rest);
    assert.ok(SENDSAY_FROM_EMAIL);
    assert.deepEqual([ran.code, ran.err.map((line) => line.split(':')[0])], [1, ['SENDSAY_FROM_EMAIL']]);
  });
});

describe('gramota token', () => {
  const settings = () => ({ DATABASE_URL: database.url });

  it('prints a new token once, lists it without its secret, and revokes it', async () => {
    const made = await gramota(['token', 'create', '--name', 'front desk', '--role', 'viewer'], settings());
    assert.deepEqual([made.code, made.out.length, made.err], [0, 1, []]);
    const token = made.out[0] ?? '';
    assert.match(token, /^gr_[\w-]{43}$/);
    const stored: unknown = await database.knex('api_token').where({ name: 'front desk' });
    assert.doesNotMatch(JSON.stringify(stored), new RegExp(token.slice(3)));

    const listed = (await verb(settings(), runTokenList)).out.filter((line) => line.includes('front desk'));
    assert.equal(listed.length, 1);
    assert.match(listed[0] ?? '', /viewer +active +never used +front desk$/);
    assert.doesNotMatch(listed[0] ?? '', /gr_/);

    const due = ['token', 'create', '--name', 'guest', '--role', 'viewer', '--expires'];
    assert.equal((await gramota([...due, '2126-06-30'], settings())).code, 0);
    assert.match((await verb(settings(), runTokenList)).out.join('\n'), /active until 2126-07-01 00:00:00 .* guest/);
    const past = await gramota([...due, '2020-06-30'], settings());
    assert.deepEqual([past.code, past.err.length], [1, 1]);
    assert.match(past.err[0] ?? '', /--expires: expected a day such as/);

    assert.equal((await gramota(['token', 'revoke', 'front desk'], settings())).code, 0);
    assert.match((await verb(settings(), runTokenList)).out.join('\n'), /revoked .*front desk/);
    const again = await verb(settings(), (config, say) => runTokenRevoke(config, 'front desk', say));
    assert.deepEqual([again.code, again.err.length], [1, 1]);
  });
});

describe('gramota serve', () => {
  it('prints its address, answers requests there, and stops on SIGTERM', async () => {
    const server = start(['serve'], env);
    try {
      const url = await firstMatch(server, /listening on (http\S+)/);
      assert.equal((await fetch(`${url}/healthz`)).status, 200);
      assert.equal((await fetch(`${url}/readyz`)).status, 200);
    } finally {
      await stopped(server);
    }
    assert.equal(server.exitCode, 0);
  });

  it('exits with one line when its port is in use', async () => {
    const other = createServer();
    const port = await new Promise<number>((resolve) => {
      other.listen(0, '127.0.0.1', () => {
        const address = other.address();
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
    try {
      const ran = await gramota(['serve'], { ...env, PORT: String(port), LOG_LEVEL: 'silent' });
      assert.deepEqual([ran.code, ran.err.length], [1, 1], ran.err.join('\n'));
      assert.match(ran.err[0] ?? '', /EADDRINUSE/);
    } finally {
      other.close();
    }
  });
});

describe('gramota batch and gramota report', () => {
  it('print one line for a release that the LMS does not have', async () => {
    const ran = await verb(env, (config, say) => runBatchCreate(config, { release: 'rel_none', language: 'en' }, say));
    assert.deepEqual([ran.code, ran.err], [1, ['--release: the LMS has no release rel_none']]);
  });

  it('print one line for a report on an unknown release, and one for an unknown batch', async () => {
    const report = await verb(env, (config, say) => runReport(config, { release: 'rel_none' }, say));
    assert.deepEqual([report.code, report.err.length], [1, 1]);
    for (const id of ['nonsense', '00000000-0000-4000-8000-000000000000']) {
      const shown = await verb(env, (config, say) => runBatchShow(config, id, { language: 'en' }, say));
      assert.deepEqual(
        [shown.code, shown.err],
        [1, [`there is no batch ${id}; "gramota batch list" shows the newest ones`]],
      );
    }
  });

  it('pause, resume and cancel a batch; a command that the state of the batch does not allow prints one line', async () => {
    const made = await verb(env, (config, say) => runBatchCreate(config, { release: RELEASE, language: 'en' }, say));
    const id = made.out[0] ?? '';
    const first = ({ code, out, err }: Ran) => [code, out[0] ?? err.join('\n')];
    const act = async (name: BatchVerb) => first(await verb(env, (config, say) => runBatchVerb(config, name, id, say)));
    assert.deepEqual(first(await gramota(['batch', 'pause', id], env)), [0, `${id}  paused  ${RELEASE}`]);
    const [code, line] = await act('retry');
    assert.equal(code, 1);
    assert.match(
      String(line),
      /^The batch is paused; retry needs a batch that is running or finished\. The last act on it: batch\.pause by command line \(.+\) at \S+Z\.$/,
    );
    assert.deepEqual(await act('resume'), [0, `${id}  running  ${RELEASE}`]);
    assert.deepEqual(await act('cancel'), [0, `${id}  cancelled  ${RELEASE}`]);
  });

  it('run a batch to its end, and then report every student group and every number', async () => {
    const worker = start(['work'], env);
    try {
      await firstMatch(worker, /worker ready/);
      const ran = await gramota(['batch', 'create', '--release', RELEASE, '--wait'], env);
      assert.deepEqual([ran.code, ran.err], [0, []]);
      const id = ran.out[0] ?? '';
      assert.match(ran.out[1] ?? '', new RegExp(`^${id} +finished`));
      assert.match(ran.out.join('\n'), /^ +total +\d+$/m);
      assert.match(ran.out.join('\n'), /^ +sent +\d+$/m);
      assert.match((await verb(env, runBatchList)).out.join('\n'), new RegExp(`${id}.*finished.*${RELEASE}`));
      const shown = await verb(env, (config, say) => runBatchShow(config, id, { language: 'en' }, say));
      assert.deepEqual(shown.out, ran.out.slice(1));

      const file = join(dir, 'report.csv');
      const reported = await gramota(['report', '--release', RELEASE, '--out', file], env);
      assert.deepEqual([reported.code, reported.err], [0, []]);
      const csv = await readFile(file, 'utf8');
      assert.ok(csv.startsWith('\uFEFFsection,key,state,count'));
      const sent = /^state,sent,sent,(\d+)/m.exec(csv)?.[1];
      assert.equal(csv.match(/^number,INT-26-\d{6},sent,/gm)?.length, Number(sent));

      const workbook = join(dir, 'register.xlsx');
      const registered = await gramota(['report', '--release', RELEASE, '--out', workbook, '--lang', 'ru'], env);
      assert.deepEqual([registered.code, registered.err], [0, []]);
      assert.match(registered.out[0] ?? '', /^дипломов: \d+ → /);
      const [certificates, , , counts] = (await readXlsx(await readFile(workbook))).sheets;
      assert.equal(certificates?.name, 'Дипломы');
      assert.equal(certificates?.rows.filter((row) => row[7] === 'sent').length, Number(sent));
      assert.ok(counts?.rows.some(([section, key]) => section === 'релиз' && key === RELEASE));

      const archive = join(dir, 'diplomas.zip');
      const zipped = await gramota(['release', 'zip', RELEASE, '--out', archive], env);
      assert.deepEqual([zipped.code, zipped.err], [0, []]);
      const names = unzip(await readFile(archive)).map(({ name }) => name);
      assert.equal(names.filter((name) => name.endsWith('.pdf')).length, (certificates?.rows.length ?? 0) - 1);
      const lines = join(dir, 'register.jsonl');
      const options = { release: RELEASE, lang: 'en' as const };
      await verb(env, (config, say) => runExport(config, 'jsonl', { ...options, out: lines }, say));
      assert.equal((await readFile(lines, 'utf8')).trimEnd().split('\n').length, (certificates?.rows.length ?? 0) - 1);
      const nowhere = join(dir, 'nowhere', 'register.csv');
      const refused = await verb(env, (config, say) => runExport(config, 'csv', { ...options, out: nowhere }, say));
      assert.deepEqual([refused.code, refused.err], [1, [`--out: ${nowhere} cannot be written: ENOENT`]]);

      const printed = await verb(env, (config, say) => runReport(config, { release: RELEASE }, say));
      assert.match(printed.out.join('\n'), /numbers: \d+ issued, 0 missing/);
    } finally {
      await stopped(worker);
    }
    assert.equal(worker.exitCode, 0);
  });
});
