import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { runVerify, type VerifyOptions, verdictOf } from '../../src/commands/verify.ts';
import { guardedCheck } from '../../src/verify/guarded-check.ts';
import { NO_KEYS } from '../../src/verify/trusted-keys.ts';
import { type SampleCredential, sampleCredential } from '../verify/sample-diploma.ts';
import { gramota, type Ran, told } from './command-line.ts';

let dir: string;
let sample: SampleCredential;
let did: string;

before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'gramota-verify-'));
  sample = await sampleCredential();
  for (const [kind, bytes] of Object.entries(sample.files)) await writeFile(join(dir, `diploma.${kind}`), bytes);
  did = await put('did.json', sample.didText);
});
after(() => rm(dir, { recursive: true, force: true }));

async function put(name: string, content: string | Uint8Array): Promise<string> {
  await writeFile(join(dir, name), content);
  return join(dir, name);
}

const verify = (file: string, options: VerifyOptions = {}): Promise<Ran> =>
  told((say) => runVerify(join(dir, file), options, say));

describe('gramota verify', () => {
  it('checks a file without any setting, and explains what is valid', async () => {
    const clean = await put('status.json', (await sample.documents.statusList([])).json);
    const jwk = await put('jwk.json', JSON.stringify(sample.documents.jwk('jwt')));
    const args = ['verify', join(dir, 'diploma.png'), '--keys', jwk, '--keys', did, '--status', clean];
    const ran = await gramota(args, { GRAMOTA_NO_SUCH: 'x' });
    assert.deepEqual([ran.code, ran.err], [0, []], ran.out.join('\n'));
    const text = ran.out.join('\n');
    assert.match(text, /^ {2}issued by +Үлгі мектебі \(did:web:gramota\.example\)$/m);
    assert.match(text, /^ {2}to +Әсел Нұрмұхамедова$/m);
    assert.match(text, /^ {2}code +EG5N8-PYDQB-WY8S1-JN29G-5Q0WW$/m);
    const checked = [...text.matchAll(/^ {2}holds +(\w+)/gm)].map(([, subject]) => subject);
    assert.deepEqual(checked, ['proof', 'period', 'status']);
    assert.equal(ran.out.at(-1), 'the file is valid');
  });

  it('exits with code 1 and prints one reason for an invalid file', async () => {
    const revoked = await put('revoked.jwt', (await sample.documents.statusList([sample.index])).jwt);
    const ran = await verify('diploma.json', { keys: [did], status: revoked, json: true });
    assert.deepEqual([ran.code, ran.err.length], [1, 1]);
    assert.match(ran.err[0] ?? '', /^diploma\.json is not valid: revoked, or replaced by a newer version: /);
    const { holds, says, findings } = JSON.parse(ran.out.join('\n'));
    assert.deepEqual([holds, says.number], [false, 'INT-26-000042']);
    assert.equal(findings.at(-1).outcome, 'fails');
    const unproven = await verify('diploma.jwt');
    assert.deepEqual([unproven.code, unproven.out.at(-1)], [1, 'the file is not proven; do not rely on it']);
    assert.match(unproven.err[0] ?? '', /signature unverified: give --keys/);
  });

  it('refuses a file of another type in one line', async () => {
    await mkdir(join(dir, 'folder.pdf'));
    await put('large.json', Buffer.alloc((1 << 20) + 1));
    const cases: [string, VerifyOptions, RegExp][] = [
      ['nothing.pdf', {}, /nothing\.pdf: the file does not exist$/],
      ['folder.pdf', {}, /is not a file$/],
      ['large.json', {}, /has 1048577 bytes; a file to check may have at most 1048576$/],
      ['diploma.json', { keys: [join(dir, 'nothing.json')] }, /the file does not exist$/],
      ['diploma.json', { keys: [join(dir, 'diploma.png')] }, /contains something that is not a readable key; give/],
    ];
    for (const [file, options, expected] of cases) {
      const ran = await verify(file, options);
      assert.deepEqual([ran.code, ran.out, ran.err.length], [1, [], 1], file);
      assert.match(ran.err[0] ?? '', expected);
    }
    assert.equal((await gramota(['verify'])).code, 2);
  });

  it('recognises a file by its contents, also when Windows tools, editors or mail programs have changed it', async () => {
    const { json, jwt, png } = sample.files;
    const utf16 = (text: Buffer) => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text.toString(), 'utf16le')]);
    const mark = Buffer.from('\ufeff');
    const forms: Record<string, Uint8Array | string> = {
      'marked.json': Buffer.concat([mark, json]),
      'marked.jwt': Buffer.concat([mark, jwt]),
      'credential.jsonld': json,
      'credential.txt': json,
      credential: jwt,
      'swapped.jwt': json,
      'badge.png.txt': png,
      badge: png,
      'wide.json': utf16(json),
      'wide-big-endian.json': utf16(json).swap16(),
      'quoted.json': JSON.stringify(jwt.toString()),
      'folded.txt': `${jwt
        .toString()
        .match(/.{1,76}/g)
        ?.join('\r\n')}\r\n`,
    };
    const keys = [await put('marked-did.json', Buffer.concat([mark, Buffer.from(sample.didText)]))];
    keys.push(await put('wide-jwk.json', utf16(Buffer.from(JSON.stringify(sample.documents.jwk('jwt'))))));
    const list = (await sample.documents.statusList([])).jwt;
    const status = await put('quoted-status', Buffer.concat([mark, Buffer.from(JSON.stringify(list))]));
    for (const [name, content] of Object.entries(forms)) {
      await put(name, content);
      const ran = await verify(name, { keys, status });
      assert.deepEqual([ran.code, ran.err, ran.out.at(-1)], [0, [], 'the file is valid'], name);
    }
    await put('other.json', Buffer.from([0x63, 0xe9]));
    const ran = await verify('other.json', { keys });
    assert.match(ran.err[0] ?? '', /this is not a text in UTF-8, nor in UTF-16 with a byte order mark$/);
  });

  it('prints text from an untrusted file without control characters for the terminal', async () => {
    const name = 'Eve\u001b[2J\u202eyadot\nthe file is valid';
    const forged = JSON.parse(sample.credential.json);
    forged.credentialSubject.identifier.at(-1).identityHash = name;
    await put('forged.json', JSON.stringify(forged));
    const ran = await verify('forged.json', { keys: [did] });
    assert.equal(ran.code, 1);
    assert.ok(ran.out.includes('  to          Eve\ufffd[2J\ufffdyadot\ufffdthe file is valid'), ran.out.join('\n'));
  });

  it("says why the issuer is trusted, and accepts the issuer's domain as an argument", async () => {
    const holds = { says: null, findings: [] };
    assert.equal(
      verdictOf({ ...holds, byWordOf: 'https://school.example' }),
      'valid according to school.example; make sure that this host belongs to the issuer, or name the issuer with --issuer',
    );
    const files = { keys: [did], json: true };
    const named = await verify('diploma.json', { ...files, issuer: 'gramota.example' });
    assert.equal(named.code, 0);
    const other = await verify('diploma.json', { ...files, issuer: 'https://school.example/' });
    assert.match(
      other.err[0] ?? '',
      /is not valid: the credential names did:web:gramota\.example .* not did:web:school\.example$/,
    );
    assert.match(
      (await verify('diploma.json', { issuer: 'no domain' })).err[0] ?? '',
      /--issuer no domain: expected a domain/,
    );
  });

  it('stops when the check of a file takes too long', async () => {
    const request = { kind: 'json', keys: NO_KEYS, statusList: null, now: new Date(), online: false } as const;
    const report = await guardedCheck({ ...request, bytes: sample.files.json }, 1);
    assert.match(report.findings[0]?.detail ?? '', /could not be read within 0\.001 seconds/);
  });
});
