import { Option } from 'commander';
import { ERASURE_GROUNDS } from '../../domain/erasure-ground.ts';
import type { EraseOptions } from '../person.ts';
import { type CommandLine, examples } from './command-line.ts';

/** Commands for the personal data of one student. */
export function declarePeople({ program, say, verb }: CommandLine): void {
  const person = examples(
    program.command('person').description('export and erase the personal data of a student'),
    'person export st_0001 --out person.json',
    'person erase st_0001',
  );
  const STUDENT = 'id of the student in the LMS';
  examples(
    person
      .command('export')
      .description('write everything that is stored of a student, as JSON; it is recorded who did')
      .argument('<student>', STUDENT)
      .option('--out <file.json>', 'write a new file that only you can read, instead of printing')
      .action(
        verb('database', async (config, student: string, options: { out?: string }) =>
          (await import('../person.ts')).runPersonExport(config, student, options, say),
        ),
      ),
    'person export st_0001 --out person.json',
  );
  examples(
    person
      .command('erase')
      .description('show what an erasure would erase; with --confirm, erase it for good')
      .argument('<student>', STUDENT)
      .addOption(new Option('--ground <ground>', 'why; default: person-asked').choices(ERASURE_GROUNDS))
      .option('--confirm <id>', 'the id that the first step printed: erase exactly what it showed')
      .option('--json', 'print JSON')
      .action(
        verb('database', async (config, student: string, options: EraseOptions) =>
          (await import('../person.ts')).runPersonErase(config, student, options, say),
        ),
      ),
    'person erase st_0001 --ground consent-withdrawn',
    'person erase st_0001 --confirm 0b9f6a0e-3c1d-4a53-9d55-0d2b4c1a7e11',
  );
  examples(
    person
      .command('readmit')
      .description('store the data of an erased student again, who takes part anew; what was erased stays erased')
      .argument('<student>', STUDENT)
      .action(
        verb('database', async (config, student: string) =>
          (await import('../person.ts')).runPersonReadmit(config, student, say),
        ),
      ),
    'person readmit st_0001',
  );
}
