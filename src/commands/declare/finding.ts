import type { Command } from 'commander';
import type { Language } from '../../domain/messages/message.ts';
import type { ActsOptions, FindOptions, PageOptions } from '../listings.ts';
import { type CommandLine, examples } from './command-line.ts';
import { fileOf } from './options.ts';

const paged = (command: Command): Command =>
  command
    .option('--limit <n>', 'rows in the answer, 1 to 200; default: 50')
    .option('--cursor <text>', 'go on where the answer before ended')
    .option('--json', 'print JSON');

/** A command that other verbs of its name have declared already. */
const commandOf = (program: Command, name: string): Command =>
  program.commands.find((one) => one.name() === name) ?? program.command(name);

/** How people, releases and acts are found from a terminal. */
export function declareFinding({ program, say, verb }: CommandLine, language: () => Language): void {
  examples(
    paged(
      program
        .command('find')
        .description('find student groups by name, e-mail address, id, certificate number or code')
        .argument('[words...]', 'words of a name as they begin, in any script; or one of the others')
        .option('--state <state>', 'only in this state')
        .option('--reason <code>', 'only with this reason code')
        .option('--release <id>', 'only of this release')
        .option('--country <countries>', 'only of these countries: codes or names, separated by commas')
        .option('--template <id>', 'only with this certificate template')
        .option('--needs-reissue', 'only where a printed fact has changed since'),
    ).action(
      verb('database', async (config, words: string[], options: FindOptions) =>
        (await import('../listings.ts')).runFind(config, words, options, language(), say),
      ),
    ),
    'find nurmukh',
    'find --release rel_2026a --state held',
  );
  const group = examples(commandOf(program, 'student-group'), 'student-group show sg_0007');
  examples(
    group
      .command('show')
      .description(
        'tell why a student group has a certificate or has none: country, decision, holds, certificate, letters',
      )
      .argument('<id>', 'id of the student group, as "find" prints it; or id or number of its certificate')
      .option('--json', 'print JSON')
      .action(
        verb('database', async (config, id: string, options: { json?: boolean }) =>
          (await import('../show-student-group.ts')).runStudentGroupShow(config, id, options, language(), say),
        ),
      ),
    'student-group show sg_0007',
    'student-group show INT-26-000012 --lang ru',
  );
  const release = commandOf(program, 'release');
  examples(
    paged(release.command('list').description('list releases with their student groups by state')).action(
      verb('database', async (config, options: PageOptions) =>
        (await import('../listings.ts')).runReleaseList(config, options, language(), say),
      ),
    ),
    'release list',
  );
  const acts = examples(
    program.command('acts').description('show what people did'),
    'acts list --since 2026-11-01T00:00:00Z',
  );
  examples(
    paged(
      acts
        .command('list')
        .description('list who did what, to what, when and why; newest first')
        .option('--actor <name>', 'only by this person, exactly as the list names them')
        .option('--verb <verb>', 'only acts of this kind, such as certificate.revoke')
        .option('--subject <id>', 'only on this student group, certificate, batch, release, token or key')
        .option('--since <time>', 'only from this time on, such as 2026-11-01T00:00:00Z')
        .option('--bulk-act-id <id>', 'only rows of this act on many')
        .option('--out <file.csv>', 'write all of them to a CSV file instead', fileOf('csv')),
    ).action(
      verb('database', async (config, options: ActsOptions) =>
        (await import('../listings.ts')).runActsList(config, options, language(), say),
      ),
    ),
    'acts list --verb certificate.revoke',
    'acts list --subject sg_0007 --out acts.csv',
  );
}
