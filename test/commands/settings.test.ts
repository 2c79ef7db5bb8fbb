import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { describeConfig, NEEDED, readConfig, SECRETS, type SettingName } from '../../src/config.ts';
import { InputError } from '../../src/domain/failure.ts';
import { gramota } from './command-line.ts';

/** Error messages about one setting; empty when the setting is valid. */
function faultsOf(name: string, value: string): string[] {
  try {
    readConfig({ [name]: value }, []);
    return [];
  } catch (error) {
    assert.ok(error instanceof InputError);
    return error.faults;
  }
}

const key = (bytes: number) => Buffer.alloc(bytes, 'gramota').toString('base64');

describe('the setting LMS_WEBHOOK_SECRET', () => {
  const taken = [
    `whsec_${key(24)}`,
    `whsec_${key(8)}`,
    `whsec_${key(64)}`,
    `whsec_${key(32).replace(/=+$/, '')}`,
    `whsec_${key(24)},whsec_${key(32)}`,
    `whsec_${key(24)} , whsec_${key(32)}`,
  ];
  for (const value of taken)
    it(`accepts ${value.length} characters of ${value.split(',').length} secrets`, () =>
      assert.deepEqual(faultsOf('LMS_WEBHOOK_SECRET', value), []));

  it('accepts every secret that the Standard Webhooks library accepts, with or without base64 padding', () => {
    fc.assert(
      fc.property(fc.base64String({ minLength: 12, maxLength: 84 }), (text) => {
        for (const encoded of [text, text.replace(/=+$/, '')]) {
          assert.ok(new Webhook(encoded));
          assert.deepEqual(faultsOf('LMS_WEBHOOK_SECRET', `whsec_${encoded}`), [], encoded);
        }
      }),
    );
    // Letters that a person typed in place of random bytes; the last secret has bits that no valid key has.
    const typed = 'whsec_TheKeyOfAFictionalSchoolThatSomebodyTyped12';
    assert.ok(new Webhook(typed));
    assert.deepEqual(faultsOf('LMS_WEBHOOK_SECRET', typed), []);
    assert.throws(() => new Webhook(`whsec_${'-_'.repeat(16)}`), 'that of URLs it refuses');
  });

  const refused: [string, string][] = [
    ['without its prefix', key(24)],
    ['with another prefix', `whpk_${key(24)}`],
    ['a bare word', 'hunter2'],
    ['nothing after the prefix', 'whsec_'],
    ['too short', `whsec_${key(7)}`],
    ['too long', `whsec_${key(65)}`],
    ['not base64', `whsec_${key(24).slice(0, -1)}!`],
    ['base64 of URLs', `whsec_${Buffer.alloc(24, 255).toString('base64url').replaceAll('_', '-')}`],
    ['bits left over', `whsec_${key(24).slice(0, -3)}`],
    ['quoted', `"whsec_${key(24)}"`],
    ['a line break in it', `whsec_${key(24)}\nwhsec_${key(24)}`],
    ['the second one wrong', `whsec_${key(24)},hunter2`],
    ['a comma at the end', `whsec_${key(24)},`],
  ];
  for (const [what, value] of refused) {
    it(`refuses one ${what} with one line that does not repeat it`, () => {
      const faults = faultsOf('LMS_WEBHOOK_SECRET', value);
      assert.equal(faults.length, 1);
      assert.match(
        faults[0] ?? '',
        /^LMS_WEBHOOK_SECRET: each secret must be whsec_ followed by the base64 of 8 to 64 bytes/,
      );
      assert.doesNotMatch(faults[0] ?? '', /hunter2|Z3JhbW/);
    });
  }
});

describe('the setting TRUST_PROXY', () => {
  const taken = [
    '0',
    '1',
    '12',
    '10.0.0.1',
    '10.0.0.0/8',
    '::1',
    'fd00::/8',
    'loopback',
    'loopback, 10.0.0.0/8',
    '::1,uniquelocal',
  ];
  for (const value of taken) it(`accepts ${value}`, () => assert.deepEqual(faultsOf('TRUST_PROXY', value), []));

  const refused = [
    'true',
    'yes',
    '-1',
    '1.5',
    '1000',
    'proxy.school.example',
    '10.0.0',
    '10.0.0.0/33',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    'fd00::/129',
    'loopback/8',
    '10.0.0.1,',
    '10.0.0.1;10.0.0.2',
    '*',
  ];
  for (const value of refused) {
    it(`refuses ${value} with one line`, () => {
      assert.deepEqual(faultsOf('TRUST_PROXY', value), [
        'TRUST_PROXY: must be the number of reverse proxies, or their addresses, separated by commas',
      ]);
    });
  }
});

describe('a setting that is a number or a word', () => {
  const refused: [SettingName, string[], string][] = [
    ['PORT', ['abc', ' ', '-1', '65536', '80.5', '0x50', '1e3', 'Infinity'], 'must be a whole number from 0 to 65535'],
    ['METRICS_PORT', ['http', '65536'], 'must be a whole number from 0 to 65535'],
    ['SENDSAY_CONCURRENCY', ['-1', '0', '1.5', '1001', ' '], 'must be a whole number from 1 to 1000'],
    ['LMS_RATE_PER_SECOND', ['0', '-5', 'fast', '5/s', ' '], 'must be a number greater than 0'],
    ['DRAIN_SECONDS', ['-1', '3601', '5s', ' '], 'must be a number from 0 to 3600'],
    ['RETENTION_EVENTS_DAYS', ['29', '30.5', 'never'], 'must be a whole number from 30 to 36500'],
    ['RETENTION_DRY_RUNS_DAYS', ['29', 'never'], 'must be 0 (never), or a whole number from 30 to 36500'],
    ['LOG_LEVEL', ['verbose', 'INFO'], 'must be one of fatal, error, warn, info, debug, trace, silent'],
    ['LOG_FORMAT', ['xml'], 'must be one of pretty, json'],
  ];
  for (const [name, values, rule] of refused) {
    it(`is refused with the rule of ${name}`, () => {
      for (const value of values) assert.deepEqual(faultsOf(name, value), [`${name}: ${rule}`], value);
    });
  }

  it('may have spaces around it, and decimals where the rule says "number"', () => {
    assert.equal(readConfig({ PORT: ' 8081 ' }, []).PORT, 8081);
    assert.equal(readConfig({ SENDSAY_POLL_SECONDS: '0.25' }, []).SENDSAY_POLL_SECONDS, 0.25);
    assert.equal(readConfig({ RETENTION_DRY_RUNS_DAYS: '0' }, []).RETENTION_DRY_RUNS_DAYS, 0);
  });
});

describe('a secret in a file (NAME_FILE)', () => {
  let dir: string;
  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'gramota-secrets-'));
  });
  after(() => rm(dir, { recursive: true }));
  const file = async (name: string, contents: string): Promise<string> => {
    await writeFile(join(dir, name), contents);
    return join(dir, name);
  };

  it('works for every secret, and check names the file instead of the secret', async () => {
    const values: Partial<Record<SettingName, string>> = {
      DATABASE_URL: 'postgres://gramota:hunter2@127.0.0.1:1/none',
      LMS_WEBHOOK_SECRET: `whsec_${key(24)},whsec_${key(32)}`,
      EVENTS_SECRET: `whsec_${key(24)}`,
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20hunter2',
    };
    const secrets = describeConfig(
      readConfig(Object.fromEntries(SECRETS.map((name) => [name, values[name] ?? 'hunter2hunter2hunter2'])), []),
      {},
    ).filter(({ value }) => value === '••••');
    assert.deepEqual(secrets.map(({ name }) => name).sort(), [...SECRETS].sort());
    for (const name of SECRETS) {
      const value = values[name] ?? 'hunter2hunter2hunter2';
      const env = { [`${name}_FILE`]: await file(name, `\uFEFF${value}\r\n`) };
      const config = readConfig(env, [name]);
      assert.equal([config[name]].flat().join(','), value, name);
      const [shown] = describeConfig(config, env).filter((one) => one.name === name);
      assert.deepEqual(shown, { name, value: '••••', source: `file ${join(dir, name)}` });
    }
  });

  it('counts where a command requires the setting', async () => {
    const given = { LMS_TOKEN_FILE: await file('token', 'x'), SENDSAY_API_KEY_FILE: await file('key', 'x') };
    const faults = (() => {
      try {
        readConfig(given, NEEDED.work);
        return [];
      } catch (error) {
        return (error as InputError).faults.map((line) => line.split(':')[0]);
      }
    })();
    assert.ok(faults.includes('DATABASE_URL'));
    assert.deepEqual(
      faults.filter((name) => name === 'LMS_TOKEN' || name === 'SENDSAY_API_KEY'),
      [],
    );
  });

  it('is refused with one line that shows no secret: missing, empty, malformed, or set twice', async () => {
    const faults = (env: Record<string, string>) => {
      try {
        readConfig(env, ['LMS_TOKEN']);
        return [];
      } catch (error) {
        return (error as InputError).faults;
      }
    };
    const missing = join(dir, 'missing');
    assert.deepEqual(faults({ LMS_TOKEN_FILE: missing }), [`LMS_TOKEN_FILE: ${missing} cannot be read (ENOENT)`]);
    assert.deepEqual(faults({ LMS_TOKEN_FILE: dir }), [`LMS_TOKEN_FILE: ${dir} cannot be read (EISDIR)`]);
    const empty = await file('empty', ' \n');
    assert.deepEqual(faults({ LMS_TOKEN_FILE: empty }), [`LMS_TOKEN_FILE: ${empty} is empty`]);
    const bare = await file('bare', 'hunter2');
    const [malformed = '', ...more] = faults({ LMS_TOKEN: 'x', LMS_WEBHOOK_SECRET_FILE: bare });
    assert.match(malformed, /^LMS_WEBHOOK_SECRET: each secret must be whsec_/);
    assert.doesNotMatch(malformed, /hunter2/);
    assert.deepEqual(more, []);
    assert.deepEqual(faults({ LMS_TOKEN: 'hunter2', LMS_TOKEN_FILE: bare }), [
      'LMS_TOKEN_FILE: LMS_TOKEN is set too; remove one of the two',
    ]);
  });
});

it('settings with an invalid format stop a command before it does anything: exit code 1 and one line per setting', async () => {
  const ran = await gramota(['token', 'list'], {
    DATABASE_URL: 'postgres://127.0.0.1:1/none',
    LMS_WEBHOOK_SECRET: `whsec_${key(24)},hunter2`,
    TRUST_PROXY: 'true',
  });
  assert.deepEqual([ran.code, ran.out], [1, []]);
  assert.deepEqual(ran.err.map((line) => line.split(':')[0]).sort(), ['LMS_WEBHOOK_SECRET', 'TRUST_PROXY']);
});
