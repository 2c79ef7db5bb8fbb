import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type DnsServer, startDnsServer } from '../support/dns-server.ts';
import { startWorld, type World } from '../support/world.ts';
import { gramota, toldCheck } from './command-line.ts';

describe('gramota check --sender', () => {
  let world: World;
  let dns: DnsServer;
  let env: Record<string, string>;
  before(async () => {
    world = await startWorld();
    dns = await startDnsServer();
    dns.texts.set('_dmarc.school.example', ['v=DMARC1; p=reject']);
    env = {
      ...world.env,
      DNS_SERVERS: dns.address,
      SENDER_DKIM_SELECTORS: 'letters',
      SENDER_SPF_INCLUDE: 'mail.example',
    };
  });
  after(async () => {
    await dns.stop();
    await world.close();
  });

  it('asks DNS for SPF, DKIM and DMARC of the sender, and Sendsay whether it lists the sender', async () => {
    const ran = await gramota(['check', '--sender'], env);
    assert.equal(ran.code, 1);
    assert.deepEqual(
      ran.err.map((line) => line.replace(/;.*/, '')),
      ['fault    SPF: school.example has no record', 'fault    DKIM: letters._domainkey.school.example has no key'],
    );
    const text = ran.out.join('\n');
    assert.match(text, /^ok +DMARC: _dmarc\.school\.example has the policy "reject"$/m);
    assert.match(text, /^ok +sender: Sendsay lists diplomas@school\.example$/m);
  });

  it('reports a sender that Sendsay does not list', async () => {
    const { err } = await toldCheck({ ...env, SENDSAY_FROM_EMAIL: 'other@school.example' }, { sender: true });
    assert.ok(err.includes('sender: Sendsay does not list other@school.example; confirm this sender in the account'));
  });

  it('says that Sendsay refuses senders of the domains of Mail.ru', async () => {
    const { err } = await toldCheck({ ...env, SENDSAY_FROM_EMAIL: 'school@bk.ru' }, { sender: true });
    assert.ok(err.includes("sender: Sendsay refuses senders of bk.ru; use an address of the school's own domain"));
  });

  it('asks nothing about the sender without this option', async () => {
    const { code, out } = await toldCheck(env);
    assert.equal(code, 0);
    assert.ok(!out.some((line) => /^(SPF|DKIM|DMARC|sender):/.test(line)));
  });
});
