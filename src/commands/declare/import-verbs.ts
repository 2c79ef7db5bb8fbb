import { Option } from 'commander';
import type { Language } from '../../domain/messages/message.ts';
import { type CommandLine, examples, required } from './command-line.ts';

const ID = 'id of the import, as "import check" prints it';
const SAMPLE = '0b9f6a0e-3c1d-4a53-9d55-0d2b4c1a7e11';

/** Files with registrations and exceptions. */
export function declareImports({ program, say, verb }: CommandLine, language: () => Language): void {
  const imports = examples(
    program.command('import').description('check files with registrations or exceptions, then apply them'),
    'import check registration.xlsx --form cis-registration',
  );
  examples(
    required(
      imports
        .command('check')
        .description('read an XLSX or CSV file and give every row a verdict; nothing is applied')
        .argument('<file>', 'file to read')
        .option('--json', 'print JSON, with every row')
        .action(
          verb('database', async (config, file: string, options: { form: string; json?: boolean }) =>
            (await import('../import-file.ts')).runImportCheck(config, file, options, say, language()),
          ),
        ),
      new Option('--form <id>', 'name of the form in templates/forms/, without .yaml'),
    ),
    'import check registration.xlsx --form cis-registration',
    'import check exceptions.csv --form exceptions --json',
  );
  examples(
    imports
      .command('apply')
      .description('apply the rows "found" and "same" of a checked file; workers do it')
      .argument('<id>', ID)
      .option('--reason <text>', 'kept in the history of each student group')
      .option('--wait', 'wait until the workers have applied it')
      .option('--json', 'print JSON, with every row')
      .action(
        verb('database', async (config, id: string, options: { reason?: string; wait?: boolean; json?: boolean }) =>
          (await import('../import-file.ts')).runImportApply(config, id, options, say, language()),
        ),
      ),
    `import apply ${SAMPLE} --wait`,
  );
  examples(
    imports
      .command('show')
      .description('show a checked or applied file, with every row that was not applied')
      .argument('<id>', ID)
      .option('--json', 'print JSON, with every row')
      .action(
        verb('database', async (config, id: string, options: { json?: boolean }) =>
          (await import('../import-file.ts')).runImportShow(config, id, options, say, language()),
        ),
      ),
    `import show ${SAMPLE}`,
  );
}
