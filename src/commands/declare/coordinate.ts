import { Option } from 'commander';
import { BATCH_VERBS, type BatchVerb } from '../../domain/batch-verb.ts';
import type { Language } from '../../domain/messages/message.ts';
import type { ReplayOptions } from '../decision-replay.ts';
import { declareBulk } from './bulk-commands.ts';
import { type CommandLine, examples, required } from './command-line.ts';
import { countries, endingOf, fileOf, whole } from './options.ts';
import { declareReleases } from './release.ts';

const RELEASE = () => new Option('--release <id>', 'release in the LMS');

const BATCH_VERB_HELP: Record<BatchVerb, string> = {
  pause: 'stop evaluating, drawing and sending until the batch is resumed',
  resume: 'continue a paused batch',
  cancel: 'end a batch for good; certificates that were awarded stay awarded',
  confirm: 'start a batch that waits for a second person; not for the person who created the batch',
  retry: 'read from the LMS and evaluate again the student groups that are held, refused or bounced',
};

/** Commands for coordinators. */
export function declareCoordinators(line: CommandLine, language: () => Language): void {
  declareBatch(line, language);
  declareBulk(line, language);
  declareDecision(line, language);
  declareReleases(line, language);
  const { program, say, verb } = line;
  examples(
    required(
      program
        .command('report')
        .description('count the student groups of a release by state, country and template; list every unresolved one')
        .option(
          '--out <file.csv|.xlsx>',
          'write a file instead of printing: the report as CSV, or the workbook of "release register"',
          fileOf('csv', 'xlsx'),
        )
        .action(
          verb('database', async (config, { release, out }: { release: string; out?: string }) =>
            out !== undefined && endingOf(out) === 'xlsx'
              ? (await import('../export-file.ts')).runExport(config, 'xlsx', { release, out, lang: language() }, say)
              : (await import('../report.ts')).runReport(config, { release, ...(out !== undefined && { out }) }, say),
          ),
        ),
      RELEASE(),
    ),
    'report --release rel_2026a',
    'report --release rel_2026a --out report.csv',
    'report --release rel_2026a --out register.xlsx',
  );
  examples(
    program
      .command('reconcile')
      .description('list differences between LMS, Gramota and Sendsay; --repair fixes the safe ones')
      .option('--release <id>', 'limit to this release of the LMS; default: all releases')
      .option('--repair', 'start all repairs that are safe')
      .option('--reason <text>', 'reason of the repair; required with --repair, kept in the history')
      .hook('preAction', (reconcile) => {
        const { repair, reason } = reconcile.opts<{ repair?: boolean; reason?: string }>();
        if (repair && !reason?.trim()) reconcile.error("error: option '--repair' also needs '--reason <text>'");
      })
      .action(
        verb('database', async (config, options: { release?: string; repair?: boolean; reason?: string }) =>
          (await import('../reconcile.ts')).runReconcile(config, options, say),
        ),
      ),
    'reconcile --release rel_2026a',
    'reconcile --repair --reason "LMS was restored from a backup"',
  );
}

function declareBatch({ program, say, verb }: CommandLine, language: () => Language): void {
  const batch = examples(
    program.command('batch').description('create, show, pause, resume, cancel or retry batches'),
    'batch create --release rel_2026a --dry-run --wait',
    'batch list',
  );
  examples(
    required(
      countries(
        batch
          .command('create')
          .description('start a batch for a release; print the id of the batch')
          .option('--dry-run', 'only evaluate and show the decisions; award nothing'),
        '--country <countries>',
        'limit to these countries: codes or names, separated by commas, or repeat the option',
      )
        .addOption(new Option('--letter <letter>', 'none: others send the letters').choices(['none']))
        .option('--wait', 'wait until the batch is finished, then show the batch')
        .action(
          verb(
            ['DATABASE_URL', 'LMS_BASE_URL', 'LMS_TOKEN'],
            async (config, options: { release: string; dryRun?: boolean; country?: string[]; wait?: boolean }) =>
              (await import('../batch.ts')).runBatchCreate(config, { ...options, language: language() }, say),
          ),
        ),
      RELEASE(),
    ),
    'batch create --release rel_2026a --country KZ,UZ --wait',
  );
  examples(
    batch
      .command('list')
      .description('list the newest 50 batches')
      .action(verb('database', async (config) => (await import('../batch.ts')).runBatchList(config, say))),
    'batch list',
  );
  examples(
    batch
      .command('show')
      .description('show a batch with its counts by state; of a dry run, what a real batch would do')
      .argument('<id>', 'id of the batch, as "batch list" prints it')
      .option('--json', 'print JSON')
      .action(
        verb('database', async (config, id: string, options: { json?: boolean }) =>
          (await import('../batch.ts')).runBatchShow(config, id, { ...options, language: language() }, say),
        ),
      ),
    'batch show 0b9f6a0e-3c1d-4a53-9d55-0d2b4c1a7e11',
  );
  for (const name of BATCH_VERBS) {
    examples(
      batch
        .command(name)
        .description(BATCH_VERB_HELP[name])
        .argument('<id>', 'id of the batch, as "batch list" prints it')
        .action(
          verb('database', async (config, id: string) =>
            (await import('../batch.ts')).runBatchVerb(config, name, id, say),
          ),
        ),
      `batch ${name} 0b9f6a0e-3c1d-4a53-9d55-0d2b4c1a7e11`,
    );
  }
}

const DECISION_OF =
  'id of the decision, student group or certificate, certificate number, or e-mail address of the student';

function declareDecision({ program, say, verb }: CommandLine, language: () => Language): void {
  const decision = examples(
    program.command('decision').description('explain decisions, and check that they give the same result again'),
    'decision show sg_0007',
    'decision replay --last 100',
  );
  examples(
    decision
      .command('show')
      .description('explain one decision: every criterion, and what would change the outcome')
      .argument('<id>', `${DECISION_OF}; without the id of a decision, the newest decision is shown`)
      .action(
        verb('database', async (config, of: string) =>
          (await import('../decision.ts')).runDecisionShow(config, of, { lang: language() }, say),
        ),
      ),
    'decision show sg_0007',
    'decision show "INT-26-000012" --lang ru',
  );
  examples(
    decision
      .command('replay')
      .description(
        'evaluate again with the stored rules and with the current rules; exit code 1 if the result differs from a stored decision',
      )
      .argument('[id...]', DECISION_OF)
      .option('--release <id>', 'check all decisions of this release')
      .option('--last <n>', 'check only the newest n decisions', whole(1, 1_000_000))
      .option('--json', 'print JSON, without the data that the decisions used')
      .hook('preAction', (_, replay) => {
        const { release, last } = replay.opts<ReplayOptions>();
        if ((release !== undefined || last !== undefined) === replay.args.length > 0)
          replay.error('error: give ids of decisions, or --release or --last, but not both');
      })
      .action(
        verb('database', async (config, ids: string[], options: ReplayOptions) =>
          (await import('../decision-replay.ts')).runDecisionReplay(config, ids, options, say),
        ),
      ),
    'decision replay sg_0007',
    'decision replay --release rel_2026a --last 500',
  );
}
