import { Argument } from 'commander';
import { environment } from '../../config.ts';
import type { DemoOptions } from '../demo.ts';
import type { SandboxOptions } from '../sandbox.ts';
import { type CommandLine, examples } from './command-line.ts';
import { limit, whole } from './options.ts';

/** What shows the product without a real LMS and Sendsay. */
export function declareTryOut({ program, say }: CommandLine): void {
  examples(
    program
      .command('sandbox')
      .description('run a stand-in LMS or Sendsay to try things out')
      .addArgument(new Argument('<which>', 'which stand-in').choices(['lms', 'sendsay']))
      .option('--port <port>', 'TCP port; 0: any free one', whole(0, 65535), 0)
      .option('--size <n>', 'number of teachers in the sample release (lms)', whole(1, 1_000_000), 60)
      .option('--webhook-url <url>', 'address to send webhooks to (lms)')
      .option('--latency <ms>', 'duration of each call in milliseconds (sendsay)', whole(0, 600_000), 0)
      .option('--rate <n>', 'requests in any rolling second; none: no limit (sendsay)', limit, 80)
      .option('--concurrency <n>', 'changing calls at once; none: no limit (sendsay)', limit, 5)
      .action(async (which: 'lms' | 'sendsay', options: SandboxOptions) =>
        (await import('../sandbox.ts')).runSandbox(which, options, environment(), (url) =>
          say(`${which} sandbox on ${url}`),
        ),
      ),
    'sandbox lms --port 9001 --size 12',
    'sandbox sendsay --port 9002',
  );
  examples(
    program
      .command('demo')
      .description('show the main job from LMS to lookup on embedded parts; needs no settings')
      .option('--keep', 'keep the demo running at the end, and print how to use it')
      .option('--size <n>', 'number of teachers in the sample release', whole(1, 100_000), 60)
      .action(async (options: DemoOptions) => (await import('../demo.ts')).runDemo(options, environment(), say)),
    'demo',
    'demo --keep --size 200',
  );
}
