import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createFileArtefacts } from '../../../src/adapters/artefacts/file-artefacts.ts';
import { createPostgresArtefacts } from '../../../src/adapters/artefacts/postgres-artefacts.ts';
import { createS3Artefacts } from '../../../src/adapters/artefacts/s3-artefacts.ts';
import type { ArtefactsScheme } from '../../../src/config.ts';
import { type Artefact, type Artefacts, ArtefactsDown, ArtefactsFault } from '../../../src/ports/artefacts.ts';
import { type TestDatabase, testDatabase } from '../../support/database.ts';
import { S3_KEY, type S3Server, startS3Server } from '../../support/s3-server.ts';

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

function artefact(size = 50_000): Artefact {
  const bytes = randomBytes(size);
  return { sha256: sha256(bytes), bytes };
}

interface OpenStore {
  store: Artefacts;
  /** The same store, opened as on another host. */
  elsewhere: Artefacts;
  close(): Promise<void>;
}

/** All stores that ARTEFACTS_URL can name. */
const STORES: Record<ArtefactsScheme, () => Promise<OpenStore>> = {
  'postgres:': async () => {
    const database: TestDatabase = await testDatabase();
    const [store, elsewhere] = [createPostgresArtefacts(database.knex), createPostgresArtefacts(database.knex)];
    return { store, elsewhere, close: () => database.drop() };
  },
  'file:': async () => {
    const folder = await mkdtemp(join(tmpdir(), 'gramota-artefacts-'));
    const [store, elsewhere] = [createFileArtefacts(folder), createFileArtefacts(folder)];
    return { store, elsewhere, close: () => rm(folder, { recursive: true }) };
  },
  's3:': async () => {
    const server = await startS3Server();
    const open = () => createS3Artefacts('diplomas/school/2026', s3Access(server.endpoint));
    return { store: open(), elsewhere: open(), close: () => server.stop() };
  },
};

const s3Access = (endpoint: string) => ({ ...S3_KEY, endpoint, region: 'us-east-1' });

for (const [scheme, openStore] of Object.entries(STORES))
  describe(`the store of diplomas at ${scheme}`, () => {
    let open: OpenStore;
    before(async () => {
      open = await openStore();
    });
    after(() => open.close());

    it('reports that it is ready', async () => {
      await open.store.ready();
    });

    it('has nothing any more, on no host, of what was removed; a repeat is no fault, and it can be stored anew', async () => {
      const [gone, kept] = [artefact(), artefact()];
      await open.store.put([gone, kept]);
      for (let time = 0; time < 2; time += 1) await open.store.remove([gone.sha256, 'f'.repeat(64)]);
      assert.deepEqual([await open.elsewhere.get(gone.sha256), await open.elsewhere.has(gone.sha256)], [null, false]);
      assert.deepEqual(await open.elsewhere.get(kept.sha256), kept.bytes);
      await open.store.put([gone]);
      assert.deepEqual(await open.elsewhere.get(gone.sha256), gone.bytes);
    });

    it('returns stored bytes unchanged, on every host', async () => {
      const put = [artefact(), artefact(1), artefact(3_000_000)];
      await open.store.put(put);
      for (const { sha256: name, bytes } of put) {
        assert.deepEqual(await open.elsewhere.get(name), bytes);
        assert.equal(await open.elsewhere.has(name), true);
      }
    });

    it('returns null for bytes that were never stored', async () => {
      const { sha256: name } = artefact();
      assert.equal(await open.store.get(name), null);
      assert.equal(await open.store.has(name), false);
    });

    it('keeps the first bytes when a key is written again, also by concurrent writers and with other bytes', async () => {
      const same = artefact();
      const others = Array.from({ length: 8 }, () => artefact());
      await Promise.all(
        others.map((other, index) => (index % 2 ? open.store : open.elsewhere).put([same, other, same])),
      );
      for (const { sha256: name, bytes } of [same, ...others]) assert.deepEqual(await open.store.get(name), bytes);
    });

    it('stores and returns others of the same moment although one is refused', async () => {
      const [one, other] = [artefact(), artefact()];
      const bad = { sha256: 'no hash', bytes: Buffer.from('bad') };
      const put = await Promise.allSettled([one, bad, other].map((each) => open.store.put([each])));
      assert.deepEqual(
        put.map(({ status }) => status),
        ['fulfilled', 'rejected', 'fulfilled'],
      );
      const got = await Promise.all([one, other].map((each) => open.elsewhere.get(each.sha256)));
      assert.deepEqual(got, [one.bytes, other.bytes]);
    });
  });

it('the database gets the diplomas of one moment in one statement', async () => {
  const database = await testDatabase();
  try {
    const store = createPostgresArtefacts(database.knex);
    await Promise.all([artefact(), artefact(), artefact()].map((each) => store.put([each])));
    const { rows } = await database.knex.raw(
      'select count(*)::int as files, count(distinct xmin::text)::int as statements from artefact',
    );
    assert.deepEqual(rows, [{ files: 3, statements: 1 }]);
  } finally {
    await database.drop();
  }
});

/** What a store that keeps a file for each artefact must do; `place` is the path of the file with this name. */
function itGuardsFiles(of: () => { store: Artefacts; place: (name: string) => string; absent: () => Artefacts }): void {
  it('never returns damaged bytes, and replaces them when the same diploma is stored again', async () => {
    const { store, place } = of();
    const { sha256: name, bytes } = artefact();
    await store.put([{ sha256: name, bytes }]);
    assert.deepEqual(await readFile(place(name)), bytes);
    for (const damaged of [bytes.subarray(0, 1000), Buffer.alloc(bytes.length)]) {
      await writeFile(place(name), damaged);
      await assert.rejects(
        store.get(name),
        (error) => error instanceof ArtefactsFault && /is damaged/.test(error.message),
      );
      await store.put([{ sha256: name, bytes }]);
      assert.deepEqual(await store.get(name), bytes);
    }
  });

  it('tells one file that cannot be read from a store that is down, because only an outage ends by itself', async () => {
    const { store, place, absent } = of();
    const { sha256: name } = artefact();
    await mkdir(place(name), { recursive: true });
    await assert.rejects(store.get(name), (error) => {
      assert.ok(error instanceof ArtefactsFault && !(error instanceof ArtefactsDown), String(error));
      return error.message.includes(name);
    });
    await assert.rejects(absent().get(name), ArtefactsDown);
  });

  it('refuses bytes whose hash is not their name, and stores nothing', async () => {
    const { store } = of();
    const { sha256: name } = artefact();
    await assert.rejects(store.put([{ sha256: name, bytes: Buffer.from('other') }]), ArtefactsFault);
    assert.equal(await store.has(name), false);
  });
}

describe('the store of diplomas in a folder', () => {
  let folder: string;
  let store: Artefacts;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gramota-artefacts-'));
    store = createFileArtefacts(folder);
  });
  after(() => rm(folder, { recursive: true, force: true }));

  itGuardsFiles(() => ({
    store,
    place: (name) => join(folder, name.slice(0, 2), name),
    absent: () => createFileArtefacts(join(folder, 'absent')),
  }));

  it('keeps no draft of bytes that it refuses', async () => {
    await assert.rejects(store.put([{ sha256: artefact().sha256, bytes: Buffer.from('other') }]), ArtefactsFault);
    assert.deepEqual(await readdir(join(folder, 'drafts')), []);
  });

  it('contains only complete files after a kill -9 during a write', async () => {
    const own = await mkdtemp(join(folder, 'killed-'));
    const writer = fork(fileURLToPath(new URL('./processes/writing.js', import.meta.url)), [own]);
    await once(writer, 'message');
    writer.kill('SIGKILL');
    await once(writer, 'exit');
    const folders = (await readdir(own)).filter((name) => name !== 'drafts');
    const names = (await Promise.all(folders.map((name) => readdir(join(own, name))))).flat();
    assert.ok(names.length > 0);
    for (const name of names) assert.equal(sha256(await readFile(join(own, name.slice(0, 2), name))), name);
  });

  it('removes unfinished files of killed processes, but not those that another process is writing', async () => {
    const drafts = join(folder, 'drafts');
    await mkdir(drafts, { recursive: true });
    await writeFile(join(drafts, 'left'), 'of a killed process');
    await writeFile(join(drafts, 'fresh'), 'of one that runs');
    const longAgo = new Date(Date.now() - 2 * 3_600_000);
    await utimes(join(drafts, 'left'), longAgo, longAgo);
    await store.ready();
    assert.deepEqual(await readdir(drafts), ['fresh']);
  });

  it('reports an error when the folder is missing, and does not create it, because the disk may not be mounted', async () => {
    const absent = createFileArtefacts(join(folder, 'absent'));
    const some = artefact();
    await assert.rejects(
      absent.ready(),
      /^InputError: ARTEFACTS_URL: the folder .*absent cannot be used \(ENOENT\): create or mount it/,
    );
    await assert.rejects(absent.put([some]), ArtefactsFault);
    await assert.rejects(absent.get(some.sha256), ArtefactsFault);
    await assert.rejects(absent.has(some.sha256), ArtefactsFault);
  });
});

describe('the store of diplomas in a bucket', () => {
  let server: S3Server;
  let store: Artefacts;
  before(async () => {
    server = await startS3Server();
    store = createS3Artefacts('diplomas', s3Access(server.endpoint));
  });
  after(() => server.stop());

  itGuardsFiles(() => ({
    store,
    place: (name) => join(server.folder, 'diplomas', name.slice(0, 2), name),
    absent: () => createS3Artefacts('absent', s3Access(server.endpoint)),
  }));

  it('says what to mend: bucket, key, address', async () => {
    const access = s3Access(server.endpoint);
    await assert.rejects(
      createS3Artefacts('absent', access).ready(),
      /^InputError: ARTEFACTS_URL: the bucket absent cannot be used \(status 404 NoSuchBucket\): create the bucket$/,
    );
    await assert.rejects(
      createS3Artefacts('absent', access).get('0'.repeat(64)),
      /does not exist: status 404 NoSuchBucket/,
    );
    const wrong = createS3Artefacts('diplomas', { ...access, secretAccessKey: 'wrong' });
    await assert.rejects(
      wrong.ready(),
      /\(status 403 SignatureDoesNotMatch\): check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY/,
    );
    await assert.rejects(wrong.put([artefact()]), ArtefactsFault);
    await assert.rejects(wrong.has('0'.repeat(64)), ArtefactsFault);
    const gone = await startS3Server();
    await gone.stop();
    const nobody = createS3Artefacts('diplomas', s3Access(gone.endpoint));
    await assert.rejects(
      nobody.ready(),
      /^InputError: .*cannot be reached: ECONNREFUSED: check ARTEFACTS_URL, AWS_ENDPOINT_URL_S3 and AWS_REGION$/,
    );
    await assert.rejects(nobody.get('0'.repeat(64)), ArtefactsFault);
  });
});
