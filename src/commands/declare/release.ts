import { Option } from 'commander';
import type { Language } from '../../domain/messages/message.ts';
import { type CommandLine, examples, required } from './command-line.ts';
import { endingOf, fileOf } from './options.ts';

/** What is taken out of a release as a whole. */
export function declareReleases({ program, say, verb }: CommandLine, language: () => Language): void {
  const release = examples(
    program.command('release').description('list releases; write the register or the diplomas of one into a file'),
    'release register rel_2026a --out register.xlsx',
    'release zip rel_2026a --out diplomas.zip',
  );
  examples(
    required(
      release
        .command('register')
        .description(
          'write one row per certificate into a workbook (with all unresolved, letters, counts), CSV or JSON Lines',
        )
        .argument('<id>', 'release in the LMS')
        .action(
          verb('database', async (config, id: string, { out }: { out: string }) =>
            (await import('../export-file.ts')).runExport(
              config,
              endingOf(out),
              { release: id, out, lang: language() },
              say,
            ),
          ),
        ),
      new Option('--out <file.xlsx|.csv|.jsonl>', 'file to write').argParser(fileOf('xlsx', 'csv', 'jsonl')),
    ),
    'release register rel_2026a --out register.xlsx --lang ru',
    'release register rel_2026a --out register.jsonl',
  );
  examples(
    required(
      release
        .command('zip')
        .description('write all current diplomas that are not revoked, and the register, into a ZIP archive')
        .argument('<id>', 'release in the LMS')
        .action(
          verb('database', async (config, id: string, { out }: { out: string }) =>
            (await import('../export-file.ts')).runExport(config, 'zip', { release: id, out, lang: language() }, say),
          ),
        ),
      new Option('--out <file.zip>', 'file to write').argParser(fileOf('zip')),
    ),
    'release zip rel_2026a --out diplomas.zip',
  );
}
