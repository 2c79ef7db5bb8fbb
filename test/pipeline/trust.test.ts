import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cp, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { SignedOpenBadge } from '../../src/credential/open-badge.ts';
import { makeEvaluate } from '../../src/pipeline/evaluate/evaluate.ts';
import { makePatch } from '../../src/pipeline/patch/patch.ts';
import { makeRender } from '../../src/pipeline/render/render.ts';
import type { PipelineContext } from '../../src/pipeline/stages.ts';
import { KeyMissing } from '../../src/ports/signer.ts';
import { selectCurrentVersion } from '../../src/records/certificates.ts';
import { recordPull, recordRelease } from '../../src/records/student-groups.ts';
import { testKeysDir } from '../support/keys.ts';
import { startWorld, type World } from '../support/world.ts';
import { serveWorld } from '../support/world-app.ts';

/** Stages stepped by hand: what is frozen at award, signed at drawing, kept and served. */
describe('the trust a diploma brings', () => {
  const fresh = ['sg_0002', 'sg_0003', 'sg_0004'];
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

  /** Pulls, evaluates and reports one student group; its certificate's id. */
  async function patched(): Promise<string> {
    const group = fresh.shift() ?? assert.fail('no student group left');
    const pulled = await ctx.lms.pullOne(group);
    const release = await ctx.lms.pullRelease('rel_2026a');
    assert.ok(pulled?.ok && release?.ok);
    await recordRelease(ctx.db, release.release, new Date());
    await recordPull(ctx.db, pulled, new Date(), ctx.normaliseEmail);
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

  it('is frozen at award: identifiers, keys, place in a status list, end of validity; no address of the recipient', async () => {
    const id = await patched();
    const facts = await factsOf(id);
    const { credential } = facts;
    assert.equal(credential.id, `${facts.lookupUrl}/credential.json?version=1`);
    assert.equal(credential.issuer.id, 'did:web:127.0.0.1%3A8080');
    assert.match(credential.subjectId, /^urn:uuid:[0-9a-f-]{36}$/);
    assert.deepEqual(credential.keys, ctx.keys);
    assert.equal(facts.validUntil?.slice(0, 10), facts.issueDate.replace('2026', '2028'));
    const entry = await ctx.db('status_entry').where({ certificate_id: id }).first();
    assert.deepEqual([entry.list, entry.index, entry.version], [credential.status.list, credential.status.index, 1]);
    const { recipient } = await ctx.db('certificate').where({ id }).first('recipient');
    assert.ok(!JSON.stringify(facts).includes(recipient));
    const hash = createHash('sha256').update(`${recipient}${credential.email.salt}`).digest('hex');
    assert.equal(credential.email.hash, `sha256$${hash}`);
  });

  it('is kept with the diploma and served to the byte', async () => {
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
    } finally {
      await app.close();
    }
    // Drawn again from the facts alone it is the same file: nothing but the facts went into it.
    assert.ok((await ctx.printer.draw(facts)).equals(pdf ?? Buffer.alloc(0)));
  });

  it('is never made by other keys: a diploma waits until this host holds those of its certificate', async () => {
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
      /jwt-2 of this host is not the one the certificate was awarded with/,
    );
    assert.equal(await ctx.db('diploma').where({ certificate_id: id }).first(), undefined);
  });
});
