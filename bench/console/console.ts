import { parseArgs } from 'node:util';
import { runBench, type TidySteps } from '../run-bench.ts';
import { openManyGroups } from './many-groups.ts';
import { oneBatch } from './one-batch.ts';
import { everyPage } from './pages.ts';
import { lookupsBesideStreams } from './streams.ts';

/** `npm run bench:console`: a large batch, open streams and every page of the console. Explained in bench/README.md. */
const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    batch: { type: 'string', default: '10000' },
    groups: { type: 'string', default: '100000' },
    rounds: { type: 'string', default: '7' },
    seconds: { type: 'string', default: '3' },
    requests: { type: 'string', default: '60' },
    page: { type: 'string', default: '' },
    server: { type: 'string' },
    statements: { type: 'boolean', default: false },
  },
});
const PARTS = ['batch', 'streams', 'pages'];
const wants = (part: string) => (values.only ?? part) === part;
if (values.only !== undefined && !PARTS.includes(values.only)) throw new Error(`--only: one of ${PARTS.join(', ')}`);

await runBench(async (tidy: TidySteps) => {
  const isSound = wants('batch') ? await oneBatch(Number(values.batch), tidy) : true;
  for (const step of tidy.splice(0).reverse()) await step();
  if (!wants('streams') && !wants('pages')) return isSound;
  const many = await openManyGroups(Number(values.groups), values.server, tidy);
  if (wants('streams'))
    await lookupsBesideStreams(many, { rounds: Number(values.rounds), seconds: Number(values.seconds) });
  if (wants('pages'))
    await everyPage(many, { rounds: Number(values.requests), only: values.page, statements: values.statements });
  return isSound;
});
