import type { EventOptions } from '../event.ts';
import { type CommandLine, examples } from './command-line.ts';

/** Commands for the events that other systems get. */
export function declareEvents({ program, say, verb }: CommandLine): void {
  const event = examples(
    program.command('event').description('list events for other systems, and post them again'),
    'event list --state given-up',
  );
  examples(
    event
      .command('list')
      .description('list events and how each address took them, newest first')
      .option('--type <type>', 'only of this type, such as certificate.sent')
      .option('--state <state>', 'only with a delivery that is waiting, delivered or given-up')
      .option('--student-group <id>', 'only about this student group')
      .option('--limit <n>', 'events in the answer, 1 to 200; default: 50')
      .option('--cursor <text>', 'go on where the answer before ended')
      .option('--json', 'print JSON')
      .action(
        verb('database', async (config, options: EventOptions) =>
          (await import('../event.ts')).runEventList(config, options, say),
        ),
      ),
    'event list --state given-up',
  );
  examples(
    event
      .command('replay')
      .description('post an event once more to every address of EVENTS_URLS')
      .argument('<id>', 'id of the event, as "event list" prints it')
      .action(
        verb('database', async (config, id: string) => (await import('../event.ts')).runEventReplay(config, id, say)),
      ),
    'event replay 019ac0de-0f00-7000-8000-000000000001',
  );
}
