import { openBase } from '../../../src/compose/open-base.ts';
import { openPipeline } from '../../../src/compose/open-pipeline.ts';
import { NEEDED, readConfig } from '../../../src/config.ts';
import { makeRender } from '../../../src/pipeline/render/render.ts';

/** A worker that draws the certificate of its first argument and is killed when the files are stored but not recorded. */
const [, , id = ''] = process.argv;
const base = await openBase(readConfig(process.env, NEEDED.work), 'killed', 4);
const pipeline = await openPipeline(base);
await base.jobs.start();
const artefacts = {
  ...base.artefacts,
  async put(all: Parameters<typeof base.artefacts.put>[0]) {
    await base.artefacts.put(all);
    process.kill(process.pid, 'SIGKILL');
  },
};
await makeRender({ ...pipeline, artefacts })({ id });
