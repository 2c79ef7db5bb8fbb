#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { Command, CommanderError, Option } from 'commander';
import type { CommandLine } from './commands/declare/command-line.ts';
import { declareVerbs } from './commands/declare/verbs.ts';
import { failureLine, oneLine } from './commands/failure-line.ts';
import { environment, languageOf, readConfig } from './config.ts';
import { InputError } from './domain/failure.ts';
import { LANGUAGES, type Language, translate } from './domain/messages/message.ts';
import { withEmbedded } from './embedded-postgres/with-embedded.ts';

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

let ofSystem: Language | undefined;
const language = (): Language => {
  ofSystem ??= languageOf(environment());
  return program.opts<{ lang?: Language }>().lang ?? ofSystem;
};
const isVerbose = (): boolean => program.opts()['verbose'] === true;
const say = (line: string): void => {
  process.stdout.write(`${inOwnLanguage(line)}\n`);
};
const fail = (line: string): void => {
  process.stderr.write(`${inOwnLanguage(oneLine(line))}\n`);
};

function inOwnLanguage(text: string): string {
  const spoken = language();
  return spoken === 'en' ? text : text.replace(/[^\n\s][^\n]*/g, (line) => translate(line, spoken));
}

const line: CommandLine = {
  program,
  say,
  verb:
    (needed, run) =>
    (...args) =>
      line.withEnvironment((env) => run(readConfig(env, needed), ...args)),
  withEnvironment: (run) => withEmbedded(program.opts()['embedded'] === true, environment(), run),
};
declareVerbs(line, language, fail);

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = report(error);
  // A connection that neither responds nor closes must not keep a failed command running.
  setTimeout(() => process.exit(), LINGER_MS).unref();
}

/** Prints one line for the cause (one line per fault of the input), and the stack trace only on request. */
function report(error: unknown): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0;
    fail(
      error.code === 'commander.help'
        ? 'error: a command is missing; "gramota --help" lists all commands'
        : error.message,
    );
    return USAGE;
  }
  if (error instanceof InputError) for (const fault of error.faults) fail(fault);
  else fail(`error: ${failureLine(error)}`);
  if (isVerbose() && error instanceof Error) process.stderr.write(`${error.stack ?? ''}\n`);
  return FAILURE;
}
