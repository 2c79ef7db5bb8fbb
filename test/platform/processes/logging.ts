import { setTimeout as wait } from 'node:timers/promises';
import { createLog } from '../../../src/platform/log.ts';

/** Logs as a server does, and exits: at once after the last line, or by an error that nobody handles. */
const log = createLog({ level: 'info', format: 'json', role: 'serve' });
log.info('early');
await wait(100);
process.stderr.write('{"msg":"from elsewhere"}\n');
for (let line = 1; line <= 200; line += 1) log.info(String(line));
if (process.argv[2] === 'error') throw new Error('fictional');
process.exit(0);
