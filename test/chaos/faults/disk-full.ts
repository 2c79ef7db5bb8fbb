import { readdir } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { RELEASE, until } from '../../support/world.ts';
import { mountSmallDisk, type SmallDisk } from './small-disk.ts';
import { asRoot, duringBatch, type Seen, sample, type Trial } from './trial.ts';

const FULL_SECONDS = 40;

async function onSmallDisk(megabytes: number, act: (disk: SmallDisk) => Promise<Seen>): Promise<Seen> {
  const disk = await mountSmallDisk(megabytes);
  try {
    return await act(disk);
  } finally {
    await disk.remove();
  }
}

export const databaseDiskFull: Trial = {
  name: 'disk of PostgreSQL full for 40 s',
  lacks: asRoot,
  run: () =>
    onSmallDisk(1000, (disk) =>
      duringBatch('database-disk-full', { clusterFolder: disk.folder }, async (product, notes, faults) => {
        await disk.fill();
        const statuses = await sample(FULL_SECONDS, async () => {
          const [lookup, webhook] = [await product.ask('/c/none'), await product.webhook('sg_0002')];
          if (lookup.status >= 500 && lookup.status !== 503) faults.push(`lookup ${lookup.status}`);
          if (webhook !== 202 && webhook !== 503) faults.push(`webhook ${webhook}`);
          return `lookup ${lookup.status}, webhook ${webhook}, ${await product.readiness()}`;
        });
        notes.push(`while full: ${statuses}`);
        await disk.empty();
        const alive = await product.db.raw('select 1').then(
          () => true,
          () => false,
        );
        notes.push(alive ? 'PostgreSQL went on by itself' : 'PostgreSQL had ended and was started again');
        if (!alive) await product.database.resume();
      }),
    ),
};

export const artefactsDiskFull: Trial = {
  name: 'folder of diplomas full for 40 s',
  lacks: asRoot,
  run: () =>
    onSmallDisk(8, (disk) =>
      duringBatch(
        'artefacts-disk-full',
        { settings: { ARTEFACTS_URL: pathToFileURL(disk.folder).href }, size: 60 },
        async (product, notes, faults) => {
          await disk.fill();
          await wait(FULL_SECONDS * 1000);
          const jobs = await product
            .db('pgboss.job')
            .where({ name: 'render' })
            .whereIn('state', ['retry', 'active'])
            .select('retry_count', 'retry_limit');
          const used = jobs.map(({ retry_count, retry_limit }) => 10 - (retry_limit - retry_count));
          notes.push(`drawings that wait: ${jobs.length}; retries used up: ${Math.max(0, ...used)} of 10`);
          if (jobs.length === 0) faults.push('the fault met no drawing');
          if (Math.max(...used) > 1) faults.push(`a full disk uses up retries: ${Math.max(...used)}`);
          await disk.empty();
          notes.push(
            `drafts left: ${(await readdir(disk.folder)).includes('drafts') ? (await readdir(`${disk.folder}/drafts`)).length : 0}`,
          );
        },
      ),
    ),
};

export const temporaryDiskFull: Trial = {
  name: 'temporary folder full',
  lacks: asRoot,
  run: () =>
    onSmallDisk(8, async (disk) => {
      await disk.fill();
      return duringBatch(
        'temporary-disk-full',
        { processEnv: { TMPDIR: disk.folder } },
        async (product, notes, faults) => {
          await until('a sent letter', async () =>
            product.db('standing').where({ state: 'sent' }).first('student_group_id'),
          );
          for (const [verb, file] of Object.entries({ register: 'register.xlsx', zip: 'diplomas.zip' })) {
            const { code, output } = await product.runVerb(
              'release',
              verb,
              RELEASE,
              '--out',
              `${product.folder}/${file}`,
            );
            notes.push(`release ${verb}: exit ${code}`);
            if (code !== 0) faults.push(output);
          }
        },
      );
    }),
};
