import assert from 'node:assert/strict';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { loadIssuer } from '../../src/adapters/templates-dir/load-rulebook.ts';
import { runKeysCreate, runKeysList, runKeysRotate } from '../../src/commands/keys.ts';
import { NEEDED, readConfig } from '../../src/config.ts';
import { prepareDemoTemplates } from '../../src/demo/templates.ts';
import type { KeyPurpose } from '../../src/domain/certificate/credential-facts.ts';
import { KeyMissing } from '../../src/ports/signer.ts';
import { agreeOnKeys, selectKeysInUse } from '../../src/signing-keys/agree-on-keys.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { makeTestKeys, TEST_KEYS_DIR, testKeysDir } from '../support/keys.ts';
import { dropUnnamedTemplates, firstMatch, sandboxSettings } from '../support/world.ts';
import { gramota, type Ran, start, stopped, told, toldCheck } from './command-line.ts';

const TEMPLATES = fileURLToPath(new URL('../../../templates', import.meta.url));

let dir: string;
let database: TestDatabase;
let env: Record<string, string>;

before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'gramota-keys-'));
  database = await testDatabase();
  await prepareDemoTemplates(TEMPLATES, join(dir, 'templates'), new Date());
  await dropUnnamedTemplates(join(dir, 'templates'));
  await cp(await testKeysDir(), join(dir, 'first'), { recursive: true });
  await makeTestKeys(join(dir, 'foreign'));
  env = settings(join(dir, 'first'));
});
after(async () => {
  await database.drop();
  await rm(dir, { recursive: true, force: true });
});

function settings(keys: string, databaseUrl = database.url): Record<string, string> {
  return {
    DATABASE_URL: databaseUrl,
    SIGNING_KEYS_DIR: keys,
    TEMPLATES_DIR: join(dir, 'templates'),
    ...sandboxSettings('http://127.0.0.1:1', 'http://127.0.0.1:1/'),
    PORT: '0',
    LOG_FORMAT: 'json',
  };
}

/** The key check at the start of `serve` and `work`, and the faults that stop the start. */
const starts = (of: Record<string, string>): Promise<Ran> =>
  told(async () => {
    const { SIGNING_KEYS_DIR, TEMPLATES_DIR } = readConfig(of, NEEDED.work);
    await agreeOnKeys(database.knex, SIGNING_KEYS_DIR, await loadIssuer(TEMPLATES_DIR), new Date());
  });
const started = async (of: Record<string, string>): Promise<void> =>
  assert.deepEqual(await starts(of), { code: 0, out: [], err: [] });
const list = (of: Record<string, string>): Promise<Ran> =>
  told((say) => runKeysList(readConfig(of, NEEDED.database), say));
const create = (of: Record<string, string>): Promise<Ran> =>
  told((say) => runKeysCreate(readConfig(of, NEEDED.database), say));
const rotate = (of: Record<string, string>, options: { purpose?: KeyPurpose } = {}): Promise<Ran> =>
  told((say) => runKeysRotate(readConfig(of, NEEDED.database), options, say));

describe('the signing keys of an installation', () => {
  it('are created by the first host that starts; "gramota keys list" shows their public part', async () => {
    assert.match((await list(env)).out.join('\n'), /no keys yet/);
    const child = start(['serve'], env);
    await firstMatch(child, /listening on/);
    await stopped(child);
    const listed = await gramota(['keys', 'list'], env);
    assert.equal(listed.code, 0, listed.err.join('\n'));
    assert.deepEqual(
      listed.out.map((line) => line.split(/ {2,}/).filter((_, index) => index !== 3)),
      [
        ['credential-1', 'credential', 'Ed25519', 'in use', 'held'],
        ['jwt-1', 'jwt', 'RS256', 'in use', 'held'],
        ['seal-1', 'seal', 'RS256', 'in use', 'held'],
      ],
    );
    assert.doesNotMatch(listed.out.join('\n'), /PRIVATE|MII/);
  });

  it('must exist on every later host: a host without them prints one line, stops and creates none', async () => {
    const none = join(dir, 'none');
    for (const ran of [await gramota(['work'], settings(none)), await starts(settings(none))]) {
      assert.deepEqual([ran.code, ran.err.length], [1, 1], ran.err.join('\n'));
      assert.match(ran.err[0] ?? '', /^SIGNING_KEYS_DIR: .*credential-1.* is missing; copy the key folder/);
    }
    await assert.rejects(readdir(none), /ENOENT/);
  });

  it('must be equal on all hosts: a host with other keys under the same ids prints one line per key and stops', async () => {
    const foreign = settings(join(dir, 'foreign'));
    for (const ran of [await gramota(['serve'], foreign), await starts(foreign), await toldCheck(foreign)]) {
      const lines = ran.err.filter((line) => line.startsWith('SIGNING_KEYS_DIR'));
      assert.deepEqual([ran.code, lines.length], [1, 3], ran.err.join('\n'));
      for (const line of lines) assert.match(line, /is not the one the database knows; copy the key folder/);
    }
    assert.match((await list(foreign)).out[0] ?? '', /this host has a different key with this name$/);
  });

  it('must be registered in the database: a host with an unregistered key does not start', async () => {
    const more = join(dir, 'more');
    await cp(join(dir, 'first'), more, { recursive: true });
    await cp(join(dir, 'foreign', 'jwt-1.pem'), join(more, 'jwt-2.pem'));
    const ran = await starts(settings(more));
    assert.deepEqual([ran.code, ran.err.length], [1, 1], ran.err.join('\n'));
    assert.match(ran.err[0] ?? '', /key jwt-2 is not in the database; run "gramota keys create" to add it/);
    const created = await gramota(['keys', 'create'], settings(more));
    assert.match(created.out.join('\n'), /^jwt-2 +from the folder$/m);
    await started(settings(more));
    const { jwt } = await selectKeysInUse(database.knex, await loadIssuer(join(dir, 'templates')), new Date());
    assert.equal(jwt.id, 'jwt-2', 'the newest key signs');
    assert.match((await starts(env)).err.join('\n'), /key jwt-2, which the database knows, is missing/);
    await cp(join(more, 'jwt-2.pem'), join(dir, 'first', 'jwt-2.pem'));
    await started(env);
  });

  it('that issuer.yaml names are created by "gramota keys create"; without them the start fails', async () => {
    const file = join(dir, 'templates', 'issuer.yaml');
    const before = await readFile(file, 'utf8');
    try {
      await writeFile(file, `${before}\nkeys: { credential: credential-autumn }\n`);
      const ran = await starts(env);
      assert.match(ran.err[0] ?? '', /^issuer\.yaml: keys\.credential: the key credential-autumn is not in use/);
      const created = await create(env);
      assert.match(created.out.join('\n'), /^credential-autumn +made, self-issued$/m);
      await started(env);
      assert.match((await create(env)).out.join('\n'), /nothing to do/);
    } finally {
      await writeFile(file, before);
    }
  });

  it('are checked by "gramota check", which creates none', async () => {
    const ran = await toldCheck(env);
    const text = ran.out.join('\n');
    assert.match(text, /^signing keys: 5 in use, all held in /m);
    assert.match(text, /^warning +the seal certificate was created by Gramota/m);
    const fresh = await testDatabase();
    try {
      const nothing = join(dir, 'nothing');
      const first = await toldCheck(settings(nothing, fresh.url));
      assert.match(first.out.join('\n'), /^signing keys: none yet; the first start creates them in /m);
      await assert.rejects(readdir(nothing), /ENOENT/);
    } finally {
      await fresh.drop();
    }
  });

  it('are created once when two hosts start at the same time with an empty folder; the log names the creator', async () => {
    const fresh = await testDatabase();
    try {
      const shared = settings(join(dir, 'shared'), fresh.url);
      const children = [start(['serve'], shared), start(['serve'], shared)];
      const said = ['', ''];
      children.forEach((child, index) => {
        child.stderr?.on('data', (chunk: Buffer) => {
          said[index] += chunk.toString();
        });
      });
      await Promise.all(children.map((child) => firstMatch(child, /listening on/)));
      await Promise.all(children.map(stopped));
      assert.equal(said.filter((text) => text.includes('signing-keys-made')).length, 1, said.join('\n'));
      const listed = await list(shared);
      assert.deepEqual([listed.out.length, listed.out.every((line) => line.endsWith('held'))], [3, true]);
    } finally {
      await fresh.drop();
    }
  });
});

describe('the rotation of signing keys', () => {
  let fresh: TestDatabase;
  let place: string;
  let own: Record<string, string>;
  before(async () => {
    fresh = await testDatabase();
    place = join(dir, 'rotating');
    own = settings(place, fresh.url);
    await cp(TEST_KEYS_DIR, place, { recursive: true });
  });
  after(() => fresh.drop());

  const inUse = async (): Promise<string[]> => {
    const issuer = await loadIssuer(join(dir, 'templates'));
    return Object.values(await selectKeysInUse(fresh.knex, issuer, new Date())).map(({ id }) => id);
  };

  it('is refused before the first start of the installation', async () => {
    assert.match((await rotate(own)).err.join('\n'), /^there are no keys yet/);
    await agreeOnKeys(fresh.knex, place, await loadIssuer(join(dir, 'templates')), new Date());
  });

  it('creates a new key for one purpose, which signs at once; the old key is retired, and its file is kept', async () => {
    const ran = await gramota(['keys', 'rotate', '--purpose', 'credential'], own);
    assert.deepEqual([ran.code, ran.err], [0, []]);
    assert.match(
      ran.out.join('\n'),
      /^credential-2 +created; signs .*\ncredential-1 +retired.*\nnow copy .*credential-2\.pem/,
    );
    assert.deepEqual(await inUse(), ['credential-2', 'jwt-1', 'seal-1']);
    assert.ok((await readdir(place)).includes('credential-1.pem'));
    const listed = (await list(own)).out.map((line) => /^(\S+) .*(in use|retired)/.exec(line)?.slice(1).join(' '));
    assert.deepEqual(listed, ['credential-1 retired', 'jwt-1 in use', 'seal-1 in use', 'credential-2 in use']);
  });

  it('makes a host without the new key stop at its start with one line that names the key', async () => {
    const issuer = await loadIssuer(join(dir, 'templates'));
    await assert.rejects(agreeOnKeys(fresh.knex, TEST_KEYS_DIR, issuer, new Date()), (error: Error) => {
      assert.match(
        error.message,
        /^[^\n]+key credential-2, which the database knows, is missing; copy the key folder[^\n]+$/,
      );
      return true;
    });
  });

  it('can use a key that is already in the folder; a missing retired key then gives a warning, not an error', async () => {
    await cp(join(dir, 'foreign', 'jwt-1.pem'), join(place, 'jwt-bought.pem'));
    assert.match((await rotate(own, { purpose: 'jwt' })).out[0] ?? '', /^jwt-bought +taken from the folder/);
    assert.deepEqual(await inUse(), ['credential-2', 'jwt-bought', 'seal-1']);
    await rm(join(place, 'jwt-1.pem'));
    const ran = await toldCheck(own);
    assert.match(ran.out.join('\n'), /^warning +the retired key jwt-1 is not in /m);
    assert.match(ran.out.join('\n'), /^signing keys: 3 in use, all held/m);
  });

  it('creates three keys when all purposes are rotated, and never uses an id twice', async () => {
    const ran = await rotate(own);
    assert.deepEqual(
      ran.out.filter((line) => line.includes('created')).map((line) => line.split(' ')[0]),
      ['credential-3', 'jwt-2', 'seal-2'],
    );
    assert.deepEqual(await inUse(), ['credential-3', 'jwt-2', 'seal-2']);
  });

  it('changes nothing when issuer.yaml names the key, when there are two new keys, or when one key has two ids', async () => {
    const issuer = join(dir, 'templates', 'issuer.yaml');
    const text = await readFile(issuer, 'utf8');
    await writeFile(issuer, `${text}\nkeys: { jwt: jwt-2 }\n`);
    assert.match(
      (await rotate(own)).err.join('\n'),
      /^issuer\.yaml: keys\.jwt: contains the name jwt-2; remove this name/,
    );
    await writeFile(issuer, text);
    for (const name of ['jwt-a', 'jwt-b']) await cp(join(place, 'jwt-2.pem'), join(place, `${name}.pem`));
    assert.match((await rotate(own)).err.join('\n'), /jwt-a, jwt-b are not in the database; keep only the one/);
    await rm(join(place, 'jwt-b.pem'));
    const same = await rotate(own, { purpose: 'jwt' });
    assert.deepEqual([same.code, same.err.length], [1, 1], same.err.join('\n'));
    assert.match(same.err[0] ?? '', /jwt-2 and jwt-a are the same key; put a different key into jwt-a\.pem/);
    await rm(join(place, 'jwt-a.pem'));
    assert.deepEqual(await inUse(), ['credential-3', 'jwt-2', 'seal-2']);
    const shared = await testDatabase();
    try {
      await cp(TEST_KEYS_DIR, join(dir, 'same'), { recursive: true });
      await cp(join(dir, 'same', 'seal-1.pem'), join(dir, 'same', 'jwt-1.pem'));
      const agreed = agreeOnKeys(shared.knex, join(dir, 'same'), await loadIssuer(join(dir, 'templates')), new Date());
      await assert.rejects(
        agreed,
        /^InputError: SIGNING_KEYS_DIR: .*jwt-1 and seal-1 are the same key; put a different/,
      );
    } finally {
      await shared.drop();
    }
  });

  it('is needed when the seal certificate has expired: then no award is signed, even while a worker runs', async () => {
    const issuer = await loadIssuer(join(dir, 'templates'));
    const later = new Date(Date.now() + 11 * 365.25 * 86_400_000);
    await assert.rejects(selectKeysInUse(fresh.knex, issuer, later), (error: Error) => {
      assert.ok(error instanceof KeyMissing);
      assert.match(error.message, /the certificate of seal-2 has ended; run "gramota keys rotate --purpose seal"/);
      return true;
    });
  });
});

describe('the signing keys of the test suite', () => {
  it('never change between runs, because every test uses them for its awards', async () => {
    assert.ok(
      (await readdir(TEST_KEYS_DIR)).every((name) => /^(authority|credential-1|jwt-1|seal-1)\.pem$/.test(name)),
    );
  });
});
