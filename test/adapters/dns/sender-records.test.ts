import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { after, before, beforeEach, describe, it } from 'node:test';
import { readSenderRecords, type SenderQuestion } from '../../../src/adapters/dns/sender-records.ts';
import { type DnsServer, startDnsServer } from '../../support/dns-server.ts';

const rsaKey = (bits: number, type: 'spki' | 'pkcs1' = 'spki'): string =>
  generateKeyPairSync('rsa', { modulusLength: bits }).publicKey.export({ format: 'der', type }).toString('base64');
const KEY = rsaKey(2048);
const DOMAIN = 'school.example';

describe('SPF, DKIM and DMARC of the sender', () => {
  let dns: DnsServer;
  before(async () => {
    dns = await startDnsServer();
  });
  after(() => dns.stop());
  beforeEach(() => {
    dns.texts.clear();
    dns.texts.set(DOMAIN, ['site-verification=1', 'v=spf1 include:mail.example ~all']);
    dns.texts.set('mail.example', ['v=spf1 ip4:192.0.2.0/24 -all']);
    dns.texts.set(`letters._domainkey.${DOMAIN}`, [`v=DKIM1; k=rsa; p=${KEY}`]);
    dns.texts.set(`_dmarc.${DOMAIN}`, ['v=DMARC1; p=quarantine']);
  });

  const ask = (more: Partial<SenderQuestion> = {}) =>
    readSenderRecords({
      domain: DOMAIN,
      dkimSelectors: ['letters'],
      spfInclude: 'mail.example',
      servers: [dns.address],
      ...more,
    });

  it('finds nothing to change where all three are published', async () => {
    const found = await ask();
    assert.deepEqual([found.faults, found.warnings], [[], []]);
    assert.deepEqual(found.ok, [
      'SPF: v=spf1 include:mail.example ~all',
      `DKIM: letters._domainkey.${DOMAIN} has an RSA key of 2048 bits`,
      `DMARC: _dmarc.${DOMAIN} has the policy "quarantine"`,
    ]);
  });

  it('says what to publish where nothing is published', async () => {
    dns.texts.clear();
    assert.deepEqual((await ask()).faults, [
      `SPF: ${DOMAIN} has no record; publish TXT ${DOMAIN} "v=spf1 include:mail.example ~all"`,
      `DKIM: letters._domainkey.${DOMAIN} has no key; publish the TXT record that the mail provider shows for this key`,
      `DMARC: ${DOMAIN} has no record; publish TXT _dmarc.${DOMAIN} "v=DMARC1; p=none; rua=mailto:ADDRESS_FOR_REPORTS"`,
    ]);
  });

  it('warns only, where the provider asks for no SPF and its selector is not known', async () => {
    dns.texts.delete(DOMAIN);
    const found = await ask({ spfInclude: undefined, dkimSelectors: [] });
    assert.deepEqual(found.faults, []);
    assert.deepEqual(
      found.warnings.map((line) => line.split(':')[0]),
      ['SPF', 'DKIM'],
    );
  });

  const spf: [string, string[], RegExp][] = [
    ['two records', ['v=spf1 include:mail.example ~all', 'v=spf1 -all'], /has 2 records, so receivers use none/],
    ['a record without the provider', ['v=spf1 mx -all'], /add "include:mail\.example"/],
    [
      'the provider after "all", where receivers no longer read',
      ['v=spf1 mx ~all include:mail.example'],
      /move "include:mail\.example" before "all"/,
    ],
    [
      'a redirect beside "all", which receivers ignore',
      ['v=spf1 redirect=mail.example ~all'],
      /add "include:mail\.example"/,
    ],
    ['a record that lets anybody send', ['v=spf1 include:mail.example +all'], /anybody may send/],
    ['eleven lookups', [`v=spf1 include:mail.example ${'a '.repeat(10)}~all`], /more than 10 DNS lookups/],
  ];
  for (const [title, records, wanted] of spf) {
    it(`SPF: reports ${title}`, async () => {
      dns.texts.set(DOMAIN, records);
      const { faults } = await ask();
      assert.equal(faults.length, 1);
      assert.match(faults[0] ?? '', wanted);
    });
  }

  it('SPF: finds the provider by a redirect, and does not count lookups after "all"', async () => {
    dns.texts.set(DOMAIN, ['v=spf1 redirect=mail.example']);
    assert.deepEqual((await ask()).faults, []);
    dns.texts.set(DOMAIN, [`v=spf1 include:mail.example ~all ${'a '.repeat(10)}`]);
    assert.deepEqual((await ask()).faults, []);
  });

  it('SPF: finds the provider behind other includes, and ends where records include each other', async () => {
    dns.texts.set(DOMAIN, ['v=spf1 include:a.example ~all']);
    dns.texts.set('a.example', [`v=spf1 include:${DOMAIN} include:MAIL.example -all`]);
    assert.deepEqual((await ask()).faults, []);
  });

  const keys: [string, string, 'faults' | 'warnings' | 'ok', RegExp][] = [
    ['a revoked key', 'v=DKIM1; p=', 'faults', /is revoked/],
    ['a cut key', `p=${KEY.slice(0, 100)}`, 'faults', /cannot be read/],
    ['a key of 512 bits', `p=${rsaKey(512)}`, 'faults', /512 bits, receivers ignore it/],
    ['a key of 1024 bits', `p=${rsaKey(1024)}`, 'warnings', /2048 bits are advised/],
    ['a key in test mode', `t=s:y; p=${KEY}`, 'warnings', /test mode/],
    ['a key as bare PKCS #1', `p=${rsaKey(2048, 'pkcs1')}`, 'ok', /RSA key of 2048 bits/],
    ['an Ed25519 key', 'k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=', 'ok', /an Ed25519 key/],
  ];
  for (const [title, record, kind, wanted] of keys) {
    it(`DKIM: reports ${title}`, async () => {
      dns.texts.set(`letters._domainkey.${DOMAIN}`, [record]);
      assert.ok((await ask())[kind].some((line) => line.startsWith('DKIM') && wanted.test(line)));
    });
  }

  it('DMARC: uses the record of a parent domain, and its policy for subdomains', async () => {
    dns.texts.set(`_dmarc.${DOMAIN}`, ['v=DMARC1; p=reject; sp=none']);
    const found = await ask({ domain: `mail.${DOMAIN}`, dkimSelectors: [] });
    assert.ok(found.warnings.some((line) => line.startsWith(`DMARC: the policy of _dmarc.${DOMAIN} is "none"`)));
  });

  it('names the server setting when DNS does not answer', async () => {
    const gone = await startDnsServer();
    await gone.stop();
    await assert.rejects(
      ask({ servers: [gone.address] }),
      /^Error: DNS did not answer for school\.example \(E\w+\); is DNS_SERVERS right\?$/,
    );
  });
});
