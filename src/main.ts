#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { Command, CommanderError, Option } from 'commander';
import type { CommandLine } from './commands/declare/command-line.ts';
import { declareVerbs } from './commands/declare/verbs.ts';
import { failureLine, oneLine } from './commands/failure-line.ts';
import { InputError } from './domain/failure.ts';
import { LANGUAGES } from './domain/messages/languages.ts';
import type { Language } from './domain/messages/message.ts';
import { withEmbedded } from './embedded-postgres/with-embedded.ts';
import { beginSmallStart } from './platform/small-start.ts';

/** Verbs that run until they are stopped; when ready, they end what is begun here. */
const LASTING = ['serve', 'work'];
const USAGE = 2;
const FAILURE = 1;
/** Time after which a failed command exits even if connections are still open. */
const LINGER_MS = 2000;

// The reader of stdout (e.g. `head`) may close early; exit quietly.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : FAILURE));

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};
const program = new Command('gramota')
  .description(
    'Issue certificates to international teachers: read the LMS, draw diplomas, send them by e-mail and verify them.',
  )
  .version(version, '--version', 'print the version')
  .helpOption('-h, --help', 'show this help')
  .helpCommand('help [verb]', 'show the help of a command')
  .option('--verbose', 'on failure, also show the stack trace')
  .option('--embedded', 'use the embedded PostgreSQL in GRAMOTA_DATA_DIR (development only)')
  .addOption(
    new Option('--lang <language>', 'language of messages for coordinators; default: by LC_ALL or LANG').choices(
      LANGUAGES,
    ),
  )
  .addHelpText(
    'after',
    '\nHelp for one command: gramota batch --help\nExit codes: 0 success, 1 failure, 2 wrong arguments. Settings are read from the environment or .env; "gramota check" lists them.',
  )
  .showHelpAfterError(false)
  .exitOverride()
  .configureOutput({ writeErr: () => undefined });

let spoken: Language = 'en';
let inOwnLanguage = (text: string): string => text;
/** Finds out the language, before anything is printed. Texts and settings are not loaded for help alone. */
async function learnLanguage(): Promise<void> {
  const { environment, languageOf } = await import('./config.ts');
  spoken = program.opts<{ lang?: Language }>().lang ?? languageOf(environment());
  if (spoken === 'en') return;
  const { translate } = await import('./domain/messages/message.ts');
  inOwnLanguage = (text) => text.replace(/[^\n\s][^\n]*/g, (line) => translate(line, spoken));
}
program.hook('preAction', learnLanguage);
program.hook('preSubcommand', (_, verb) => {
  if (LASTING.includes(verb.name())) beginSmallStart();
});

const isVerbose = (): boolean => program.opts()['verbose'] === true;
const say = (line: string): void => {
  process.stdout.write(`${inOwnLanguage(line)}\n`);
};
const fail = (line: string): void => {
  process.stderr.write(`${inOwnLanguage(oneLine(line))}\n`);
};

const line: CommandLine = {
  program,
  say,
  verb:
    (needed, run) =>
    (...args) =>
      line.withEnvironment(async (env) => {
        const { NEEDED, readConfig } = await import('./config.ts');
        return run(readConfig(env, typeof needed === 'string' ? NEEDED[needed] : needed), ...args);
      }),
  withEnvironment: async (run) => {
    const { environment } = await import('./config.ts');
    return withEmbedded(program.opts()['embedded'] === true, environment(), run);
  },
};
declareVerbs(line, () => spoken, fail);

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = await report(error);
  // A connection that neither responds nor closes must not keep a failed command running.
  setTimeout(() => process.exit(), LINGER_MS).unref();
}

/** Prints one line for the cause (one line per fault of the input), and the stack trace only on request. */
async function report(error: unknown): Promise<number> {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0;
    await learnLanguage();
    fail(
      error.code === 'commander.help'
        ? 'error: a command is missing; "gramota --help" lists all commands'
        : error.message,
    );
    return USAGE;
  }
  await learnLanguage();
  if (error instanceof InputError) for (const fault of error.faults) fail(fault);
  else fail(`error: ${failureLine(error)}`);
  if (isVerbose() && error instanceof Error) process.stderr.write(`${error.stack ?? ''}\n`);
  return FAILURE;
}
