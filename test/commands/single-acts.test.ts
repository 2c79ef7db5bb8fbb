import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import {
  runCertificateReissue,
  runCertificateResend,
  runCertificateRevoke,
  runCertificateShow,
} from '../../src/commands/certificate.ts';
import { runOverride } from '../../src/commands/student-group-override.ts';
import { InputError } from '../../src/domain/failure.ts';
import { certificateOf, settled } from '../support/coordinator.ts';
import { startWorld, type World } from '../support/world.ts';

describe('single acts from the command line', () => {
  let world: World;
  let dir: string;
  const group = 'sg_0002';
  const said: string[] = [];
  const say = (line: string) => void said.push(line);
  const shown = { language: 'en' as const };
  const saying = async (run: () => Promise<void>): Promise<string> => {
    said.length = 0;
    await run();
    return said.join('\n');
  };
  const refused = async (run: () => Promise<void>): Promise<string> => {
    const error: unknown = await run().then(
      () => null,
      (reason) => reason,
    );
    assert.ok(error instanceof InputError, String(error));
    return error.faults.join('\n');
  };

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'gramota-acts-'));
    world = await startWorld();
    await world.run();
    await settled(world, await world.batch({ ids: [group] }));
    await world.reaches(group, 'sent');
  });
  after(async () => {
    await world.close();
    await rm(dir, { recursive: true, force: true });
  });

  it('correct a name, show the new diploma, and make just that version', async () => {
    const { config } = world;
    const { number } = await certificateOf(world, group);
    const names = { fullName: 'Мария Үлгі', latinName: 'Maria Ulgi' };
    const said = await saying(() => runOverride(config, number, { ...names, ...shown, reason: 'x', wait: true }, say));
    assert.match(said, /needs reissue/);
    const out = join(dir, 'new.pdf');
    const preview = await saying(() => runCertificateReissue(config, number, { dryRun: true, out, ...shown }, say));
    assert.match(preview, /holderName +.+ → Мария Үлгі/);
    assert.equal((await readFile(out)).subarray(0, 5).toString(), '%PDF-');
    const expect = /--expect ([0-9a-f]{64})/.exec(preview)?.[1] ?? assert.fail(preview);
    const made = await saying(() =>
      runCertificateReissue(config, number, { expect, reason: 'fictional', wait: true, ...shown }, say),
    );
    assert.match(made, /version 2\n.*Мария Үлгі/s);
    assert.match(
      await refused(() => runCertificateReissue(config, number, { expect, reason: 'fictional', ...shown }, say)),
      /^(facts-changed|under-way)/,
    );
    const acts = await world.base.db('act').where({ verb: 'certificate.reissue' }).pluck('actor');
    assert.deepEqual(
      acts.map((actor) => actor.startsWith('command line (')),
      [true],
    );
    await world.reaches(group, 'sent');
  });

  it('find a certificate by number, code, e-mail address or id, and name what several fit', async () => {
    const { config, base } = world;
    const { id, number, code, recipient, studentGroupId } = await certificateOf(world, group);
    for (const name of [number.replaceAll('-', ' ').toLowerCase(), code, recipient ?? '', studentGroupId, id]) {
      const json = await saying(() => runCertificateShow(config, name, { json: true, ...shown }, say));
      assert.equal(JSON.parse(json).id, id, name);
    }
    assert.match(
      await refused(() => runCertificateShow(config, 'nobody@example.kz', shown, say)),
      /no certificate fits/,
    );
    const other = 'sg_0003';
    await settled(world, await world.batch({ ids: [other] }));
    await base.db('certificate').where({ student_group_id: other }).update({ recipient });
    assert.match(
      await refused(() => runCertificateShow(config, recipient ?? '', shown, say)),
      /Several certificates match.*sg_000[23]/,
    );
  });

  it('name the option of a fault, and revoke with the address of the page that says so', async () => {
    const { config } = world;
    const { number, code } = await certificateOf(world, group);
    const early = { dryRun: true, issueDate: '2026-01-01', ...shown };
    assert.match(await refused(() => runCertificateReissue(config, number, early, say)), /^--issue-date: the course/);
    assert.match(
      await refused(() => runOverride(config, number, { fullName: 'Анна', reason: 'x', ...shown }, say)),
      /^--full-name: |^--latin-name: /,
    );
    const by = { reason: 'fictional', class: 'fraud' as const, ...shown };
    assert.match(await saying(() => runCertificateRevoke(config, number, by, say)), new RegExp(`/c/${code}`));
    assert.match(await refused(() => runCertificateResend(config, number, by, say)), /^revoked: /);
  });
});
