import { parseArgs } from 'node:util';
import { compareKilled } from './kills.ts';
import { measureRate } from './rate.ts';
import { openStand, type Stand } from './stand.ts';

/** `npm run bench:intake`: the cost of pulling and evaluating a large release, and whether kills change the result. */
const say = (line: string) => process.stdout.write(`${line}\n`);

const { values } = parseArgs({
  options: {
    groups: { type: 'string', default: '100000' },
    kills: { type: 'string', default: '10' },
    'killed-groups': { type: 'string', default: '6000' },
    only: { type: 'string', default: '' },
  },
});
const whole = (name: 'groups' | 'kills' | 'killed-groups') => {
  const value = Number(values[name]);
  if (!Number.isInteger(value) || value < 1) throw new Error(`--${name}: a whole number from 1 is needed`);
  return value;
};

let open: Stand | undefined;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => (open?.close() ?? Promise.resolve()).finally(() => process.exit(130)));
}

async function on(groups: number, settings: Record<string, string>, work: (stand: Stand) => Promise<boolean>) {
  open = await openStand(groups, settings);
  try {
    return await work(open);
  } finally {
    await open.close();
    open = undefined;
  }
}

let sound = true;
if (values.only !== 'kills') {
  say(`one worker, ${whole('groups')} student groups and one more`);
  sound = await on(whole('groups'), {}, (stand) => measureRate(stand, whole('groups'), say));
}
if (values.only !== 'rate') {
  say(`${whole('kills')} kills during the pull of ${whole('killed-groups')} student groups, four pages a second`);
  const slowly = { LMS_RATE_PER_SECOND: '4' };
  sound = (await on(whole('killed-groups'), slowly, (stand) => compareKilled(stand, whole('kills'), say))) && sound;
}
say(sound ? 'sound' : 'FAILED');
process.exitCode = sound ? 0 : 1;
