import { InvalidArgumentError, Option } from 'commander';
import {
  BULK_ACT_VERBS,
  BULK_VERBS,
  type BulkActVerb,
  type BulkVerb,
  ROW_STATES,
  type RowState,
} from '../../domain/bulk-verb.ts';
import type { Language } from '../../domain/messages/message.ts';
import type { BulkStartOptions } from '../bulk.ts';
import { type CommandLine, examples, required } from './command-line.ts';
import { several, whole } from './options.ts';

const SAMPLE_ID = '0b9f6a0e-3c1d-4a53-9d55-0d2b4c1a7e11';

/** `name=value`; may be given several times. */
const pairs = (text: string, before: Record<string, string> | undefined): Record<string, string> => {
  const [, name = '', value = ''] = /^(\w+)=(.+)$/s.exec(text) ?? [];
  if (name === '') throw new InvalidArgumentError('expected name=value');
  return { ...before, [name]: value };
};

const VERB_HELP: Record<BulkActVerb, string> = {
  pause: 'handle no further row until the bulk act is resumed',
  resume: 'continue a paused bulk act',
  cancel: 'end a bulk act for good; what was done stays done',
  confirm: 'start a bulk act that waits for a second person',
};

/** Acts on many student groups, certificates or flags at once. */
export function declareBulk({ program, say, verb }: CommandLine, language: () => Language): void {
  const bulk = examples(
    program.command('bulk').description('do one act on many student groups, certificates or flags'),
    'bulk start exclude --filter release=rel_2026a --filter state=held --reason "test accounts" --dry-run --wait',
    'bulk list',
  );
  const start = bulk
    .command('start')
    .description('start an act on many; begin with --dry-run, then repeat it with --expect and the count')
    .argument('<verb>', BULK_VERBS.join(', '), (text) => {
      if ((BULK_VERBS as readonly string[]).includes(text)) return text as BulkVerb;
      throw new InvalidArgumentError(`expected one of ${BULK_VERBS.join(', ')}`);
    })
    .option('--id <id>', 'a student group, certificate, number or flag; may be repeated', several)
    .option('--ids <file>', 'a file with one of these a line')
    .option(
      '--filter <name=value>',
      'as the list of student groups: q, state, reason, release, country, template, needsReissue; may be repeated',
      pairs,
    )
    .option(
      '--set <field=value>',
      'override: country, certTemplate, allowSharedEmail, excluded; may be repeated',
      pairs,
    )
    .option('--allow <criterion>', 'allow: a criterion that is waived; may be repeated', several)
    .option('--class <class>', 'revoke: kind of reason that the public is told')
    .option('--kind <kind>', 'dismiss: only flags of this kind; may be repeated', several)
    .option('--dry-run', 'only tell what would be done and what would be refused')
    .option('--expect <count>', 'the number of rows that you saw; another number stops the start', whole(0, 1_000_000))
    .option('--wait', 'wait until every row has a result')
    .option('--json', 'print JSON')
    .action(
      verb('database', async (config, name: BulkVerb, options: BulkStartOptions) =>
        (await import('../bulk.ts')).runBulkStart(config, name, options, say),
      ),
    );
  examples(
    required(start, new Option('--reason <text>', 'why; kept with every act')),
    'bulk start revoke --ids numbers.txt --class issued-in-error --reason "wrong programme" --dry-run --wait',
    'bulk start override --filter reason=country-unknown --set country=KZ --reason "from the form" --expect 12',
  );
  examples(
    bulk
      .command('show')
      .description('show a bulk act with its counts and rows')
      .argument('<id>', 'id of the bulk act, as "bulk list" prints it')
      .addOption(new Option('--result <result>', 'only rows with this result').choices([...ROW_STATES]))
      .option('--limit <n>', 'number of rows', whole(1, 1000), 50)
      .option('--after <position>', 'only rows after this one', whole(0, 1_000_000), 0)
      .option('--json', 'print JSON')
      .action(
        verb('database', async (config, id: string, options: { result?: RowState; limit: number; after: number }) =>
          (await import('../bulk.ts')).runBulkShow(config, id, options, say, language()),
        ),
      ),
    `bulk show ${SAMPLE_ID} --result refused`,
  );
  examples(
    bulk
      .command('list')
      .description('list the newest 50 bulk acts')
      .option('--json', 'print JSON')
      .action(
        verb('database', async (config, options: { json?: boolean }) =>
          (await import('../bulk.ts')).runBulkList(config, options, say),
        ),
      ),
    'bulk list',
  );
  for (const name of BULK_ACT_VERBS)
    examples(
      bulk
        .command(name)
        .description(VERB_HELP[name])
        .argument('<id>', 'id of the bulk act, as "bulk list" prints it')
        .option('--reason <text>', 'why; kept with the act')
        .option('--json', 'print JSON')
        .action(
          verb('database', async (config, id: string, options: { reason?: string; json?: boolean }) =>
            (await import('../bulk.ts')).runBulkVerb(config, name, id, options, say),
          ),
        ),
      `bulk ${name} ${SAMPLE_ID}`,
    );
}
