import { Argument } from 'commander';
import type { DemoOptions } from '../demo.ts';
import type { SandboxOptions } from '../sandbox.ts';
import { type CommandLine, examples } from './command-line.ts';
import { limit, whole } from './options.ts';

const environment = async () => (await import('../../config.ts')).environment();

/** Commands that show the product without a real LMS and Sendsay. */
export function declareTryOut({ program, say }: CommandLine): void {
  examples(
    program
      .command('sandbox')
      .description('run a stand-in LMS or Sendsay for tests and demos')
      .addArgument(new Argument('<which>', 'which stand-in').choices(['lms', 'sendsay']))
      .option('--port <port>', 'TCP port; 0 means any free port', whole(0, 65535), 0)
      .option('--size <n>', 'number of teachers in the sample release (lms)', whole(1, 1_000_000), 60)
      .option('--webhook-url <url>', 'address to send webhooks to (lms)')
      .option('--latency <ms>', 'duration of each simulated call in milliseconds (sendsay)', whole(0, 600_000), 0)
      .option(
        '--rate <n>',
        'maximum number of requests per second; "none": no limit (default: lms 60, sendsay 80)',
        limit,
      )
      .option(
        '--concurrency <n>',
        'maximum number of concurrent calls (lms) or changing calls (sendsay); "none": no limit (default: lms 10, sendsay 5)',
        limit,
      )
      .action(async (which: 'lms' | 'sendsay', options: SandboxOptions) =>
        (await import('../sandbox.ts')).runSandbox(which, options, await environment(), (url) =>
          say(`${which} sandbox on ${url}`),
        ),
      ),
    'sandbox lms --port 9001 --size 12',
    'sandbox sendsay --port 9002',
  );
  examples(
    program
      .command('demo')
      .description(
        'run the whole process from the LMS to the lookup with sample data and an embedded database; needs no settings',
      )
      .option('--keep', 'keep the demo running after the last step, and print how to use it')
      .option('--size <n>', 'number of teachers in the sample release', whole(1, 100_000), 60)
      .action(async (options: DemoOptions) => (await import('../demo.ts')).runDemo(options, await environment(), say)),
    'demo',
    'demo --keep --size 200',
  );
}
