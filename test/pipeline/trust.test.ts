import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cp, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { PNG } from 'pngjs';
import { SignedOpenBadge } from '../../src/credential/open-badge.ts';
import { makeEvaluate } from '../../src/pipeline/evaluate/evaluate.ts';
import { makePatch } from '../../src/pipeline/patch/patch.ts';
import { makeRender } from '../../src/pipeline/render/render.ts';
import type { PipelineContext } from '../../src/pipeline/run-stages.ts';
import { KeyMissing } from '../../src/ports/signer.ts';
import { selectCurrentVersion } from '../../src/records/certificates/certificates.ts';
import { hold, releaseHold } from '../../src/records/student-groups/holds.ts';
import { recordPull, recordRelease } from '../../src/records/student-groups/student-groups.ts';
import { rotateKeys } from '../../src/signing-keys/rotate-keys.ts';
import { testKeysDir } from '../support/keys.ts';
import { startWorld, type World } from '../support/world.ts';
import { serveWorld } from '../support/world-app.ts';

/** Text of a PNG's uncompressed iTXt chunk (ISO/IEC 15948, 11.3.4.5). */
function textOf(png: Buffer, keyword: string): Buffer | null {
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at)) {
    const data = png.subarray(at + 8, at + 8 + png.readUInt32BE(at));
    const head = Buffer.from(`${keyword}\0\0\0\0\0`);
    if (png.toString('latin1', at + 4, at + 8) === 'iTXt' && data.subarray(0, head.length).equals(head))
      return data.subarray(head.length);
  }
  return null;
}

/** Stages run step by step: keys are stored at the award, used at the drawing, and then stored and served. */
describe('the credential and the seal of a diploma', () => {
  const fresh = ['sg_0002', 'sg_0003', 'sg_0004', 'sg_0007', 'sg_0008'];
  let world: World;
  let ctx: PipelineContext;
  let dir: string;
  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'gramota-trust-'));
    await cp(await testKeysDir(), join(dir, 'keys'), { recursive: true });
    world = await startWorld({
      settings: { SIGNING_KEYS_DIR: join(dir, 'keys') },
      templates: { 'criteria.yaml': (text) => text.replace('validFor: null', 'validFor: P2Y') },
    });
    ctx = world.pipeline;
  });
  after(async () => {
    await world.close();
    await rm(dir, { recursive: true, force: true });
  });

  /** Pulls one student group; returns its id. */
  async function pulled(): Promise<string> {
    const group = fresh.shift() ?? assert.fail('no student group left');
    const snapshot = await ctx.lms.pullOne(group);
    const release = await ctx.lms.pullRelease('rel_2026a');
    assert.ok(snapshot?.ok && release?.ok);
    await recordRelease(ctx.db, release.release, new Date());
    await recordPull(ctx.db, snapshot, new Date(), ctx.normaliseEmail);
    return group;
  }
  /** Pulls, evaluates and reports one student group; returns its certificate's id. */
  async function patched(): Promise<string> {
    const group = await pulled();
    await makeEvaluate(ctx)({ id: group, batchId: null });
    const row = await ctx.db('certificate').where({ student_group_id: group }).first('id');
    assert.ok(row, `${group} was not awarded`);
    await makePatch(ctx)({ id: row.id });
    return row.id;
  }
  async function factsOf(id: string) {
    const facts = (await selectCurrentVersion(ctx.db, id))?.facts;
    assert.ok(facts?.credential);
    return { ...facts, credential: facts.credential };
  }

  it("have identifiers, keys, status list position and expiry date stored at the award, but not the recipient's address", async () => {
    const id = await patched();
    const facts = await factsOf(id);
    const { credential } = facts;
    assert.equal(credential.id, `${facts.lookupUrl}/credential.json?version=1`);
    assert.equal(credential.issuer.id, 'did:web:127.0.0.1%3A8080');
    assert.match(credential.subjectId, /^urn:uuid:[0-9a-f-]{36}$/);
    assert.deepEqual(credential.keys, await ctx.keysInUse(ctx.db));
    assert.equal(facts.validUntil?.slice(0, 10), facts.issueDate.replace('2026', '2028'));
    const entry = await ctx.db('status_entry').where({ certificate_id: id }).first();
    assert.deepEqual([entry.list, entry.index, entry.version], [credential.status.list, credential.status.index, 1]);
    const { recipient } = await ctx.db('certificate').where({ id }).first('recipient');
    assert.ok(!JSON.stringify(facts).includes(recipient));
    const hash = createHash('sha256').update(`${recipient}${credential.email.salt}`).digest('hex');
    assert.equal(credential.email.hash, `sha256$${hash}`);
  });

  it('are stored with the diploma and served byte for byte', async () => {
    const id = await patched();
    await makeRender(ctx)({ id });
    const facts = await factsOf(id);
    const row = await ctx.db('diploma_credential').where({ certificate_id: id, version: 1 }).first();
    const json = await ctx.artefacts.get(row.json_sha256);
    const jwt = await ctx.artefacts.get(row.jwt_sha256);
    assert.ok(json && jwt);
    assert.equal(SignedOpenBadge.parse(JSON.parse(json.toString())).id, facts.credential.id);
    const { sha256 } = await ctx.db('diploma').where({ certificate_id: id }).first('sha256');
    const pdf = await ctx.artefacts.get(sha256);
    assert.match(pdf?.toString('latin1') ?? '', /\/ByteRange \[0 \d+ \d+ \d+\]/);
    const app = await serveWorld(world);
    try {
      const answer = await fetch(`${app.url}/c/${facts.code}/credential.json?version=1`);
      assert.deepEqual(Buffer.from(await answer.arrayBuffer()), json);
      const token = await fetch(`${app.url}/c/${facts.code}/credential.json`, {
        headers: { accept: 'application/vc+jwt' },
      });
      assert.deepEqual(Buffer.from(await token.arrayBuffer()), jwt);
      const { list } = facts.credential.status;
      for (const path of ['/.well-known/did.json', `/status/${list}`, `/keys/${facts.credential.keys.jwt.id}`])
        assert.equal((await fetch(`${app.url}${path}`)).status, 200, path);
      const { pathname } = new URL(JSON.parse(json.toString()).credentialSubject.achievement.id);
      assert.equal((await fetch(`${app.url}${pathname}`)).status, 200);
      const badge = await fetch(`${app.url}/c/${facts.code}/badge.png`);
      assert.equal(badge.headers.get('content-type'), 'image/png');
      const picture = Buffer.from(await badge.arrayBuffer());
      const { width, height } = PNG.sync.read(picture, { checkCRC: true });
      assert.deepEqual([width, height], [800, 800]);
      assert.deepEqual(textOf(picture, 'openbadgecredential'), json);
    } finally {
      await app.close();
    }
    // Drawing again from the stored facts gives the same file, so the drawing used nothing else.
    assert.ok((await ctx.printer.draw(facts)).equals(pdf ?? Buffer.alloc(0)));
  });

  it('wait visibly for a key that only another host has, and continue automatically when this host gets the key', async () => {
    const elsewhere = join(dir, 'elsewhere');
    await cp(join(dir, 'keys'), elsewhere, { recursive: true });
    const [rotated] = await rotateKeys(ctx.db, elsewhere, ctx.rulebook.issuer, ['credential'], new Date());
    const id = await patched();
    assert.equal((await factsOf(id)).credential.keys.credential.id, rotated?.id);
    const [again, said]: [unknown[], unknown[]] = [[], []];
    const watched: PipelineContext = {
      ...ctx,
      enqueue: async (_trx, queue, jobs) => again.push({ queue, jobs }),
      log: { ...ctx.log, error: (line: unknown) => void said.push(line) },
    };
    const { student_group_id: group } = await ctx.db('certificate').where({ id }).first();
    const other = { id: ctx.newId(), studentGroupId: group, certificateId: id, stage: 'patch', detail: 'fictional' };
    await hold(ctx.db, { ...other, code: 'lms-conflict' }, new Date());
    await makeRender(watched)({ id });
    assert.deepEqual(again, [], 'what is held for another reason waits for that');
    await releaseHold(ctx.db, { studentGroupId: group, id }, 'test', new Date());
    await makeRender(watched)({ id });
    assert.deepEqual(again, [{ queue: 'render', jobs: [{ id, keyTries: 1 }] }]);
    assert.match(
      JSON.stringify(said),
      /signing-key-missing.*credential-2 is not in SIGNING_KEYS_DIR of this host: copy/,
    );
    assert.equal((await world.standing(group)).state, 'patched');
    await makeRender(watched)({ id, keyTries: 3 });
    const held = await world.standing(group);
    assert.deepEqual([held.state, held.reason?.code], ['held', 'signing-key-missing']);
    assert.match(held.reason?.detail ?? '', /^signing key credential-2 is not in SIGNING_KEYS_DIR/);
    await cp(elsewhere, join(dir, 'keys'), { recursive: true });
    await makeRender(ctx)({ id, keyTries: 4 });
    assert.notEqual((await world.standing(group)).state, 'held');
    assert.ok(await ctx.db('diploma').where({ certificate_id: id }).first());
  });

  it('require a signing key before the award: teachers who meet the criteria are held until there is a key', async () => {
    const group = await pulled();
    const keysInUse = async () => {
      throw new KeyMissing('the certificate of seal-1 has ended');
    };
    await makeEvaluate({ ...ctx, keysInUse })({ id: group, batchId: null });
    assert.deepEqual((await world.standing(group)).reason, {
      code: 'signing-key-missing',
      detail: 'the certificate of seal-1 has ended',
    });
    assert.equal(await ctx.db('certificate').where({ student_group_id: group }).first(), undefined);
    await makeEvaluate(ctx)({ id: group, batchId: null });
    assert.equal((await world.standing(group)).state, 'awarded');
  });

  it('use only the keys stored at the award: a diploma waits until this host has these keys', async () => {
    const id = await patched();
    const facts = await factsOf(id);
    const keys = { ...facts.credential.keys, jwt: { id: 'jwt-2', fingerprint: 'f'.repeat(64) } };
    const other = { ...facts, credential: { ...facts.credential, keys } };
    await assert.rejects(ctx.printer.issue(other), (error: Error) => {
      assert.ok(error instanceof KeyMissing);
      assert.match(error.message, /^signing key jwt-2 is not in SIGNING_KEYS_DIR of this host: copy it/);
      return true;
    });
    await rename(join(dir, 'keys', 'jwt-1.pem'), join(dir, 'keys', 'jwt-2.pem'));
    await assert.rejects(
      ctx.printer.issue(other),
      /jwt-2 of this host differs from the key that the certificate was awarded with/,
    );
    assert.equal(await ctx.db('diploma').where({ certificate_id: id }).first(), undefined);
  });
});
