import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { runCheck } from '../../src/commands/check.ts';
import { STAGES } from '../../src/pipeline/stages.ts';
import { startWorld, until, type World } from '../support/world.ts';
import { serveWorld } from '../support/world-app.ts';

describe('diplomas that are stored in a folder', () => {
  let root: string;
  let folder: string;
  let world: World;
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'gramota-folder-'));
    folder = join(root, 'diplomas');
    await mkdir(folder);
    world = await startWorld({ settings: { ARTEFACTS_URL: pathToFileURL(folder).href } });
    await world.run();
  });
  after(async () => {
    await world.close();
    await rm(root, { recursive: true });
  });

  it('are mailed and shown from the folder, and the database has none of their bytes', async () => {
    await world.batch({ ids: ['sg_0002'] });
    const { certificateId } = await world.reaches('sg_0002', 'sent');
    const { db, artefacts } = world.base;
    const { sha256 } = await db('diploma').where({ certificate_id: certificateId }).first('sha256');
    const { json_sha256, jwt_sha256 } = await db('diploma_credential').where({ certificate_id: certificateId }).first();
    for (const name of [sha256, json_sha256, jwt_sha256]) assert.equal(await artefacts.has(name), true);
    assert.equal(await db('artefact').first(), undefined);
    const letter = (await world.letters()).find((one) => one.customerId === certificateId);
    assert.deepEqual(
      letter?.attachments.map((part) => part.sha256),
      [sha256],
    );
    const { code } = await db('certificate').where({ id: certificateId }).first('code');
    const app = await serveWorld(world);
    try {
      const answer = await fetch(`${app.url}/c/${code}/diploma.pdf`);
      assert.deepEqual(Buffer.from(await answer.arrayBuffer()), await artefacts.get(sha256));
    } finally {
      await app.close();
    }
  });

  it('are not recorded when the folder cannot be written, and are drawn again when it is available again', async () => {
    const { db } = world.base;
    await rename(folder, `${folder}-away`);
    await world.batch({ ids: ['sg_0003'] });
    const failed = () => db('pgboss.job').where({ name: 'render', state: 'retry' }).first();
    const job = await until('the failed drawing', failed);
    assert.equal(job.retry_limit - job.retry_count, STAGES.render.retries + 1, 'the failed try uses up no retry');
    const { certificateId } = await world.standing('sg_0003');
    assert.equal(await db('diploma').where({ certificate_id: certificateId }).first(), undefined);
    assert.equal(await db('personal_issue').where({ certificate_id: certificateId }).first(), undefined);
    await rename(`${folder}-away`, folder);
    await world.reaches('sg_0003', 'sent');
  });

  it('require the same folder on every host: "gramota check" reports a host that uses another store', async () => {
    const other = join(root, 'other');
    await mkdir(other);
    const check = async (path: string) => {
      const lines: string[] = [];
      const say = (line: string) => lines.push(line);
      await runCheck({ ...world.env, ARTEFACTS_URL: pathToFileURL(path).href }, say, say);
      return lines.join('\n');
    };
    assert.match(await check(folder), /^ok +artefacts: ready; the store has the newest diploma$/m);
    assert.match(await check(other), /^fault +ARTEFACTS_URL: .*does not hold the newest diploma/m);
    assert.match(await check(join(root, 'absent')), /^fault +ARTEFACTS_URL: the folder .*absent cannot be used/m);
  });
});
