import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { codesThatStop } from '../../src/domain/obstacle/obstacle.ts';
import { makeSend } from '../../src/pipeline/send/send.ts';
import { selectCertificate } from '../../src/records/certificates/certificates.ts';
import { seedRelease } from '../support/award.ts';
import { insertWaitingLetters } from '../support/waiting-letters.ts';
import { startWorld, type World } from '../support/world.ts';
import { SETUPS } from './obstacle-setups.ts';

/** The letter is ready and waits for a rate-limit slot. No job runs by itself. */
describe('a letter that waits for a rate-limit slot', () => {
  let world: World;
  before(async () => {
    world = await startWorld({ size: 1 });
    await seedRelease(world.base.db);
  });
  after(() => world.close());

  /**
   * The event that happens while the letter waits, the state of the letter afterwards, and the number of sent letters.
   */
  async function meanwhile(happens: (certificateId: string) => Promise<unknown>): Promise<[string, number]> {
    const ctx = world.pipeline;
    const [id = ''] = await insertWaitingLetters(ctx, 1, new Date());
    const { certificate_id: certificateId } = await ctx.db('personal_issue').where({ id }).first('certificate_id');
    let composed: () => void = () => undefined;
    const waits = new Promise<void>((resolve) => {
      composed = resolve;
    });
    let open: () => void = () => undefined;
    const opened = new Promise<void>((resolve) => {
      open = resolve;
    });
    const send: typeof ctx.mail.send = async (letter, begin) => {
      composed();
      await opened;
      return ctx.mail.send(letter, begin);
    };
    const mail = { ...ctx.mail, pausedUntil: () => ctx.mail.pausedUntil(), send };
    const sending = makeSend({ ...ctx, mail })({ id });
    await waits;
    await happens(certificateId);
    open();
    await sending;
    const { state } = await ctx.db('personal_issue').where({ id }).first('state');
    const left = (await world.letters()).filter((letter) => letter.customerId === certificateId);
    return [state, left.length];
  }

  it('is sent when nothing happens meanwhile', async () => {
    assert.deepEqual(await meanwhile(async () => undefined), ['accepted', 1]);
  });

  for (const code of codesThatStop('send'))
    it(`is not sent when this obstacle arises meanwhile: ${code}`, async () => {
      const { db } = world.base;
      const stayed = await meanwhile(async (id) => {
        const certificate = await selectCertificate(db, id);
        assert.ok(certificate);
        await SETUPS[code](db, certificate);
      });
      assert.deepEqual(stayed, ['waiting', 0]);
    });
});
