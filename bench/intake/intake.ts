import { join, resolve } from 'node:path';
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
    beside: { type: 'string', multiple: true, default: [] },
    rounds: { type: 'string', default: '1' },
    statements: { type: 'boolean', default: false },
    profile: { type: 'string' },
  },
});
const whole = (name: 'groups' | 'kills' | 'killed-groups' | 'rounds') => {
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
  const { beside, statements, profile } = values;
  const options = profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`];
  const builds = [
    ...beside.map((folder) => ({ folder, dist: join(resolve(folder), 'dist') })),
    { folder: 'this build' },
  ];
  say(`one worker, ${whole('groups')} student groups and one more`);
  sound = await on(whole('groups'), {}, async (stand) => {
    let all = true;
    for (let round = 1; round <= whole('rounds'); round += 1)
      for (const [index, { folder, ...build }] of builds.entries()) {
        say(`${folder}, round ${round}`);
        const named = { ...build, name: `intake_${round}_${index}`, options, statements };
        all = (await measureRate(stand, whole('groups'), named, say)) && all;
      }
    return all;
  });
}
if (values.only !== 'rate') {
  say(`${whole('kills')} kills during the pull of ${whole('killed-groups')} student groups, four pages a second`);
  const slowly = { LMS_RATE_PER_SECOND: '4' };
  sound = (await on(whole('killed-groups'), slowly, (stand) => compareKilled(stand, whole('kills'), say))) && sound;
}
say(sound ? 'sound' : 'FAILED');
process.exitCode = sound ? 0 : 1;
