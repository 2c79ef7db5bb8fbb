import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gramota } from './command-line.ts';

describe('wrong command-line arguments give exit code 2 and exactly one line:', () => {
  const misuses: [string[], RegExp][] = [
    [[], /a command is missing/],
    [['token'], /a command is missing/],
    [['frobnicate'], /unknown command 'frobnicate'/],
    [['servee'], /unknown command 'servee'.*serve/],
    [['token', 'creat'], /unknown command 'creat'.*create/],
    [['--frobnicate'], /unknown option '--frobnicate'/],
    [['migrate', '--frobnicate'], /unknown option '--frobnicate'/],
    [['migrate', 'now'], /too many arguments/],
    [['token', 'create', '--name', 'x'], /--role/],
    [['token', 'create', '--name', 'x', '--role', 'king'], /viewer, coordinator, admin/],
    [['batch', 'create'], /--release/],
    [['batch', 'create', '--release', 'r', '--country', 'KZ,Narnia'], /ISO 3166-1/],
    [['batch', 'show'], /'id'/],
    [['preview'], /missing required argument 'template'/],
    [['preview', 'teacher-ru'], /missing required option '--out <file.pdf\|.png>'/],
    [['token', 'create'], /'--name <name>' and '--role <role>'/],
    [['decision', 'replay'], /--release or --last/],
    [['decision', 'replay', 'sg_1', '--last', '1'], /--release or --last/],
    [['check', '--lang', 'kk'], /en, ru/],
    [['batch', 'pause'], /'id'/],
    [['bulk', 'start', 'erase', '--id', 'a', '--reason', 'r'], /override, exclude/],
    [['bulk', 'start', 'revoke', '--id', 'a'], /--reason/],
    [['bulk', 'start', 'revoke', '--filter', 'held', '--reason', 'r'], /name=value/],
    [['batch', 'stop', 'id'], /unknown command 'stop'/],
    [['report', '--release', 'r', '--out', 'report.txt'], /\.csv or \.xlsx/],
    [['release', 'register', 'r'], /'--out <file\.xlsx\|\.csv\|\.jsonl>'/],
    [['release', 'zip', 'r', '--out', 'diplomas.rar'], /\.zip/],
    [['template', 'export', 'teacher-ru'], /'--out <file\.zip>'/],
    [['reconcile', '--repair'], /--reason/],
    [['reconcile', '--repair', '--reason', ' '], /--reason/],
    [['sandbox', 'moodle'], /lms, sendsay/],
    [['sandbox', 'lms', '--port', '70000'], /whole number from 0 to 65535/],
    [['demo', '--size', '0'], /whole number from 1/],
    [['no\nsuch\nverb'], /no such verb/],
  ];
  for (const [args, expected] of misuses) {
    it(`gramota ${args.join(' ').replaceAll('\n', '⏎')}`, async () => {
      const ran = await gramota(args);
      assert.deepEqual([ran.code, ran.out, ran.err.length], [2, [], 1], ran.err.join('\n'));
      assert.match(ran.err[0] ?? '', expected);
    });
  }
});

describe('gramota help', () => {
  it('exits with code 0, lists every command, and needs no settings', async () => {
    const ran = await gramota(['--help']);
    assert.equal(ran.code, 0);
    const verbs = ran.out.map((line) => /^ {2}([a-z][a-z-]*)/.exec(line)?.[1]).filter((verb) => verb !== undefined);
    const expected = [
      'serve',
      'work',
      'migrate',
      'check',
      'token',
      'keys',
      'batch',
      'bulk',
      'decision',
      'release',
      'report',
      'reconcile',
      'certificate',
      'student-group',
      'import',
      'find',
      'acts',
      'preview',
      'fields',
      'template',
      'letter',
      'verify',
      'approval',
      'event',
      'person',
      'sandbox',
      'demo',
      'help',
    ];
    assert.deepEqual(verbs, expected);
    for (const verb of verbs.filter((one) => one !== 'help')) {
      const help = await gramota([verb, '--help']);
      assert.equal(help.code, 0);
      assert.match(help.out.join('\n'), new RegExp(`^Examples?:\\n {2}gramota ${verb}`, 'm'), verb);
    }
    const batch = (await gramota(['batch', '--help'])).out.join('\n');
    for (const described of [
      'create \\[options\\] +start',
      'list +list',
      'show \\[options\\] <id> +show',
      'cancel <id> +end',
    ])
      assert.match(batch, new RegExp(`^ +${described}`, 'm'));
  });

  it('and gramota --version: the version is printed in one line', async () => {
    const ran = await gramota(['--version']);
    assert.deepEqual([ran.code, ran.out.length, ran.err], [0, 1, []]);
    assert.match(ran.out[0] ?? '', /^\d+\.\d+\.\d+$/);
  });
});

/** Values of secrets, recognisable anywhere in an output. */
const SECRETS = {
  DATABASE_URL: 'postgres://gramota:hunter2-db@127.0.0.1:1/none',
  LMS_TOKEN: 'hunter2-lms',
  LMS_WEBHOOK_SECRET: 'whsec_aHVudGVyMg==hunter2',
  SENDSAY_API_KEY: 'hunter2-key',
  SENDSAY_PASSWORD: 'hunter2-password',
  SENDSAY_CALLBACK_SECRET: 'hunter2-callback',
};
const REST = {
  PUBLIC_URL: 'https://school.example',
  LMS_BASE_URL: 'http://127.0.0.1:1',
  SENDSAY_URL: 'http://127.0.0.1:1/',
  SENDSAY_ACCOUNT: 'a',
  SENDSAY_FROM_EMAIL: 'diplomas@school.example',
  SENDSAY_FROM_NAME: 'School',
};

describe('settings on the command line', () => {
  it('when all are missing, "gramota work" exits with code 1 and prints one line for each', async () => {
    const ran = await gramota(['work']);
    assert.equal(ran.code, 1);
    assert.deepEqual(
      ran.err.map((line) => line.split(':')[0]),
      [
        'DATABASE_URL',
        'PUBLIC_URL',
        'LMS_BASE_URL',
        'LMS_TOKEN',
        'SENDSAY_ACCOUNT',
        'SENDSAY_FROM_EMAIL',
        'SENDSAY_FROM_NAME',
        'SENDSAY_API_KEY',
      ],
    );
  });

  it('when the webhook secret is missing, "gramota serve" does not start', async () => {
    const ran = await gramota(['serve'], { ...REST, ...SECRETS, LMS_WEBHOOK_SECRET: '' });
    assert.deepEqual([ran.code, ran.err.length], [1, 1]);
    assert.match(ran.err[0] ?? '', /^LMS_WEBHOOK_SECRET: required/);
  });

  it('are missing when their value is empty; a Sendsay login requires a password', async () => {
    const ran = await gramota(['work'], { ...REST, DATABASE_URL: '', LMS_TOKEN: 'x', SENDSAY_LOGIN: 'l' });
    assert.deepEqual(
      ran.err.map((line) => line.split(':')[0]),
      ['DATABASE_URL', 'SENDSAY_API_KEY'],
    );
  });

  it('that are malformed, unknown or missing are reported together, one line each, without their values', async () => {
    const ran = await gramota(['work'], {
      ...REST,
      DATABASE_URL: 'mysql://gramota:hunter2@localhost/x',
      LMS_WEBHOOK_SECRET: 'hunter2',
      SENDSAY_CALLBACK_SECRET: 'hunter2',
      PORT: 'http',
      SENDSAY_CONCURRENCY: '0',
      LOG_LEVEL: 'loud',
      GRAMOTA_DATADIR: '/tmp',
    });
    assert.equal(ran.code, 1);
    assert.deepEqual(ran.err.map((line) => line.split(':')[0]).sort(), [
      'DATABASE_URL',
      'GRAMOTA_DATADIR',
      'LMS_TOKEN',
      'LMS_WEBHOOK_SECRET',
      'LOG_LEVEL',
      'PORT',
      'SENDSAY_API_KEY',
      'SENDSAY_CALLBACK_SECRET',
      'SENDSAY_CONCURRENCY',
    ]);
    assert.doesNotMatch(ran.err.join('\n'), /hunter2/);
  });

  it('for the database are required: no command starts a database by itself', async () => {
    for (const args of [['migrate'], ['token', 'list'], ['batch', 'list'], ['report', '--release', 'r']]) {
      const ran = await gramota(args);
      assert.deepEqual([ran.code, ran.err.length], [1, 1]);
      assert.match(ran.err[0] ?? '', /^DATABASE_URL: required/);
    }
  });
});

describe('failures of a command', () => {
  it('when the database cannot be reached are one line; --verbose adds the stack trace', async () => {
    const settings = { DATABASE_URL: SECRETS.DATABASE_URL };
    for (const args of [['migrate'], ['token', 'list']]) {
      const ran = await gramota(args, settings);
      assert.deepEqual([ran.code, ran.err], [1, ['error: database: connect ECONNREFUSED 127.0.0.1:1']]);
    }
    const verbose = await gramota(['migrate', '--verbose'], settings);
    assert.equal(verbose.code, 1);
    assert.equal(verbose.err[0], 'error: database: connect ECONNREFUSED 127.0.0.1:1');
    assert.match(verbose.err.join('\n'), /\n {4}at /);
  });

  it('never print a secret', async () => {
    for (const args of [['check'], ['work'], ['serve'], ['migrate'], ['token', 'list'], ['check', '--verbose']]) {
      const ran = await gramota(args, { ...REST, ...SECRETS });
      assert.equal(ran.code, 1, args.join(' '));
      assert.doesNotMatch([...ran.out, ...ran.err].join('\n'), /hunter2/, args.join(' '));
    }
  });
});
