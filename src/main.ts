#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { Argument, Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import countries from 'i18n-iso-countries';
import type { ReplayOptions } from './commands/decision-replay.ts';
import type { DemoOptions } from './commands/demo.ts';
import { failureLine, oneLine } from './commands/failure-line.ts';
import type { LetterOptions } from './commands/letter.ts';
import type { PreviewOptions } from './commands/preview.ts';
import type { SandboxOptions } from './commands/sandbox.ts';
import type { VerifyOptions } from './commands/verify.ts';
import { environment, NEEDED, readConfig } from './config.ts';
import { BATCH_VERBS } from './domain/batch-verb.ts';
import { KEY_PURPOSES, type KeyPurpose } from './domain/certificate/credential-facts.ts';
import { InputError } from './domain/failure.ts';
import { withEmbedded } from './embedded-postgres/with-embedded.ts';
import { ROLES } from './records/tokens.ts';

const USAGE = 2;
const FAILURE = 1;

const say = (line: string) => process.stdout.write(`${line}\n`);
// The reader of stdout (e.g. `head`) may close early; exit quietly.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : FAILURE));

function whole(least: number, most: number) {
  return (text: string): number => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < least || value > most)
      throw new InvalidArgumentError(`expected a whole number from ${least} to ${most}`);
    return value;
  };
}

/** A limit; `none` or 0 means no limit. */
function limit(text: string): number {
  return (text === 'none' ? 0 : whole(0, 1_000_000)(text)) || Number.POSITIVE_INFINITY;
}

/** A file name with one of these extensions. */
function fileOf(...endings: string[]) {
  const wanted = new RegExp(`[^/\\\\]\\.(?:${endings.join('|')})$`, 'i');
  return (text: string): string => {
    if (wanted.test(text)) return text;
    throw new InvalidArgumentError(
      `expected a file name that ends in ${endings.map((ending) => `.${ending}`).join(' or ')}`,
    );
  };
}

function country(text: string, before: string[] | undefined): string[] {
  if (!/^[A-Z]{2}$/.test(text) || !countries.isValid(text))
    throw new InvalidArgumentError('expected an ISO 3166-1 alpha-2 code in upper case, e.g. KZ');
  return [...(before ?? []), text];
}

const several = (text: string, before: string[] | undefined): string[] => [...(before ?? []), text];

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};
const program = new Command('gramota')
  .description('Certificate issuance pipeline for international teachers.')
  .version(version)
  .option('--verbose', 'show the stack of a failure')
  .option('--embedded', 'use the embedded PostgreSQL in GRAMOTA_DATA_DIR (development only)')
  .showHelpAfterError(false)
  .exitOverride()
  .configureOutput({ writeErr: () => undefined });

/**
 * Runs a verb with its settings. Each verb loads its own code, so that small ones start fast; `--embedded` gives it
 * an embedded database.
 */
function verb<A extends unknown[]>(
  needed: readonly (typeof NEEDED)[keyof typeof NEEDED][number][],
  run: (config: ReturnType<typeof readConfig>, ...args: A) => Promise<void>,
) {
  return async (...args: A): Promise<void> => {
    await withEmbedded(program.opts()['embedded'] === true, environment(), async (env) =>
      run(readConfig(env, needed), ...args),
    );
  };
}

program
  .command('serve')
  .description('HTTP API and public lookup')
  .action(
    verb(NEEDED.serve, async (config) =>
      (await import('./commands/serve.ts')).serve(config, (url) => say(`listening on ${url}`)),
    ),
  );
program
  .command('work')
  .description('worker process; any number of them')
  .action(verb(NEEDED.work, async (config) => (await import('./commands/work.ts')).work(config)));
program
  .command('migrate')
  .description('bring the database schema up to date')
  .action(verb(NEEDED.database, async (config) => (await import('./commands/migrate.ts')).runMigrate(config, say)));
program
  .command('check')
  .description('settings, templates and connections; one line per fault')
  .action(async () => {
    await withEmbedded(program.opts()['embedded'] === true, environment(), async (env) =>
      (await import('./commands/check.ts')).runCheck(env, say),
    );
  });

const token = program.command('token').description('access tokens of the API');
token
  .command('create')
  .requiredOption('--name <name>', 'whose it is')
  .addOption(new Option('--role <role>', 'what it may do').choices(ROLES).makeOptionMandatory())
  .action(
    verb(NEEDED.database, async (config, options: { name: string; role: string }) =>
      (await import('./commands/token.ts')).runTokenCreate(config, options, say),
    ),
  );
token
  .command('list')
  .action(verb(NEEDED.database, async (config) => (await import('./commands/token.ts')).runTokenList(config, say)));
token
  .command('revoke')
  .argument('<id>', 'id or name')
  .action(
    verb(NEEDED.database, async (config, id: string) =>
      (await import('./commands/token.ts')).runTokenRevoke(config, id, say),
    ),
  );

const batch = program.command('batch').description('coordinators’ batches');
batch
  .command('create')
  .requiredOption('--release <id>', 'release in the LMS')
  .option('--dry-run', 'decide and show, award nothing')
  .option('--country <code...>', 'only teachers of these countries', country)
  .option('--wait', 'wait until the batch is finished')
  .action(
    verb(
      [...NEEDED.database, 'LMS_BASE_URL', 'LMS_TOKEN'],
      async (config, options: { release: string; dryRun?: boolean; country?: string[]; wait?: boolean }) =>
        (await import('./commands/batch.ts')).runBatchCreate(config, options, say),
    ),
  );
batch
  .command('list')
  .action(verb(NEEDED.database, async (config) => (await import('./commands/batch.ts')).runBatchList(config, say)));
batch
  .command('show')
  .argument('<id>')
  .action(
    verb(NEEDED.database, async (config, id: string) =>
      (await import('./commands/batch.ts')).runBatchShow(config, id, say),
    ),
  );
for (const name of BATCH_VERBS) {
  batch
    .command(name)
    .argument('<id>')
    .action(
      verb(NEEDED.database, async (config, id: string) =>
        (await import('./commands/batch.ts')).runBatchVerb(config, name, id, say),
      ),
    );
}

const decision = program.command('decision').description('decisions, and whether they can be made again');
decision
  .command('show')
  .argument('<id>')
  .addOption(new Option('--lang <language>', 'in which language').choices(['en', 'ru']).default('en'))
  .action(
    verb(NEEDED.database, async (config, id: string, options: { lang: 'en' | 'ru' }) =>
      (await import('./commands/decision.ts')).runDecisionShow(config, id, options, say),
    ),
  );
decision
  .command('replay')
  .description('decide again, by the rules of then and of today; exit 1 where the answer differs from the stored one')
  .argument('[id...]')
  .option('--release <id>', 'every decision of a release')
  .option('--last <n>', 'the newest ones', whole(1, 1_000_000))
  .option('--json', 'for programs; without the data that was decided on')
  .action(
    verb(NEEDED.database, async (config, ids: string[], options: ReplayOptions) =>
      (await import('./commands/decision-replay.ts')).runDecisionReplay(config, ids, options, say),
    ),
  );

const keys = program.command('keys').description('keys of credential and seal');
keys
  .command('create')
  .description('make the keys that issuer.yaml names, and make those in SIGNING_KEYS_DIR known to every host')
  .action(verb(NEEDED.database, async (config) => (await import('./commands/keys.ts')).runKeysCreate(config, say)));
keys
  .command('rotate')
  .description('new keys sign from now on; the former ones stay, for what they have signed')
  .addOption(new Option('--purpose <purpose>', 'this purpose alone').choices(KEY_PURPOSES))
  .action(
    verb(NEEDED.database, async (config, options: { purpose?: KeyPurpose }) =>
      (await import('./commands/keys.ts')).runKeysRotate(config, options, say),
    ),
  );
keys
  .command('list')
  .action(verb(NEEDED.database, async (config) => (await import('./commands/keys.ts')).runKeysList(config, say)));

program
  .command('report')
  .description('counts by state, country and template, and every unresolved row with its reason')
  .requiredOption('--release <id>', 'release in the LMS')
  .option('--out <file.csv>', 'write CSV there', fileOf('csv'))
  .action(
    verb(NEEDED.database, async (config, options: { release: string; out?: string }) =>
      (await import('./commands/report.ts')).runReport(config, options, say),
    ),
  );

program
  .command('reconcile')
  .description('where LMS, our record and the provider differ; and what can be mended safely')
  .option('--release <id>', 'release in the LMS; by default all that live')
  .option('--repair', 'begin every safe repair')
  .option('--reason <text>', 'why; needed with --repair')
  .hook('preAction', (reconcile) => {
    const { repair, reason } = reconcile.opts<{ repair?: boolean; reason?: string }>();
    if (repair && !reason?.trim())
      reconcile.error("error: option '--repair' needs '--reason <text>', kept with the act");
  })
  .action(
    verb(NEEDED.database, async (config, options: { release?: string; repair?: boolean; reason?: string }) =>
      (await import('./commands/reconcile.ts')).runReconcile(config, options, say),
    ),
  );

program
  .command('preview')
  .description('a watermarked mock-up of a certificate template, with invented facts')
  .argument('<template>', 'its folder in certificate/')
  .addOption(new Option('--sample <id>', 'whose invented name; an unknown one lists them').conflicts('extreme'))
  .option('--extreme', 'the longest name and titles, and very many modules')
  .requiredOption('--out <file.pdf|.png>', 'write it there', fileOf('pdf', 'png'))
  .action(
    verb(NEEDED.nothing, async (config, template: string, options: PreviewOptions) =>
      (await import('./commands/preview.ts')).runPreview(config, template, options, say),
    ),
  );
program
  .command('fields')
  .description('what a designer of a certificate template works from')
  .argument('<template>', 'its folder in certificate/')
  .option('--out <file.csv|.json>', 'write it there', fileOf('csv', 'json'))
  .action(
    verb(NEEDED.nothing, async (config, template: string, options: { out?: string }) =>
      (await import('./commands/fields.ts')).runFields(config, template, options, say),
    ),
  );

program
  .command('letter')
  .description('a letter as it would leave, with invented facts')
  .argument('<letter>', 'its folder in letter/')
  .option('--language <tag>', 'one language; by default every one')
  .option('--extreme', 'with long values and odd characters')
  .option('--out <file.html|.txt|.eml>', 'write it there', fileOf('html', 'txt', 'eml'))
  .action(
    verb(NEEDED.nothing, async (config, letter: string, options: LetterOptions) =>
      (await import('./commands/letter.ts')).runLetter(config, letter, options, say),
    ),
  );

program
  .command('verify')
  .description('check a diploma or credential, for anyone: offline, and without any setting')
  .argument('<file.pdf|.json|.jwt|.png>', 'the file, whatever it is called')
  .option('--keys <file>', 'the issuer’s keys: did.json, JWK, or PEM; once for each file', several)
  .option('--status <file>', 'the issuer’s status list, which tells what was revoked')
  .option('--online', 'ask the issuer’s web address for what was not given')
  .option('--issuer <domain>', 'the issuer that it has to be of, for instance school.example')
  .option('--json', 'for programs')
  .action(async (file: string, options: VerifyOptions) =>
    (await import('./commands/verify.ts')).runVerify(file, options, say),
  );

program
  .command('sandbox')
  .description('a stand-in LMS or Sendsay for trying things out')
  .addArgument(new Argument('<which>', 'which one').choices(['lms', 'sendsay']))
  .option('--port <port>', 'TCP port, 0 for any', whole(0, 65535), 0)
  .option('--size <n>', 'teachers in the sample release (lms)', whole(1, 1_000_000), 60)
  .option('--webhook-url <url>', 'where to send webhooks (lms)')
  .option('--latency <ms>', 'how long each call takes (sendsay)', whole(0, 600_000), 0)
  .option('--rate <n>', 'requests in any rolling second, none: no limit (sendsay)', limit, 80)
  .option('--concurrency <n>', 'changing calls at once, none: no limit (sendsay)', limit, 5)
  .action(async (which: 'lms' | 'sendsay', options: SandboxOptions) =>
    (await import('./commands/sandbox.ts')).runSandbox(which, options, environment(), (url) =>
      say(`${which} sandbox on ${url}`),
    ),
  );

program
  .command('demo')
  .description('the main job, end to end, on embedded parts')
  .option('--keep', 'stay up afterwards')
  .option('--size <n>', 'teachers in the sample release', whole(1, 100_000), 60)
  .action(async (options: DemoOptions) => (await import('./commands/demo.ts')).runDemo(options, environment(), say));

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = report(error);
}

/** Prints one line with the cause (one per fault of the input); the stack only when requested. */
function report(error: unknown): number {
  const fail = (line: string) => process.stderr.write(`${line}\n`);
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0;
    fail(
      error.code === 'commander.help' ? 'error: name a command; "gramota --help" lists them' : oneLine(error.message),
    );
    return USAGE;
  }
  if (error instanceof InputError) for (const line of error.faults) fail(oneLine(line));
  else fail(`error: ${failureLine(error)}`);
  if (program.opts()['verbose'] === true && error instanceof Error) fail(error.stack ?? '');
  return FAILURE;
}
