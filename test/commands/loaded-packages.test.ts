import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const MAIN = fileURLToPath(new URL('../../src/main.js', import.meta.url));
const SERVE = new URL('../../src/commands/serve.js', import.meta.url).href;
const WORK = new URL('../../src/commands/work.js', import.meta.url).href;

/** Prints the address of every module that is loaded. */
const LOADER = `export async function load(url, context, next) { process._rawDebug(url); return next(url, context); }`;
const PRINTING = `import { register } from 'node:module'; register(${JSON.stringify(moduleOf(LOADER))});`;

function moduleOf(code: string): string {
  return `data:text/javascript,${encodeURIComponent(code)}`;
}

/** The packages that a process loads. */
async function packagesOf(...args: string[]): Promise<string[]> {
  const { stderr } = await promisify(execFile)(process.execPath, ['--import', moduleOf(PRINTING), ...args], {
    env: { PATH: process.env['PATH'] ?? '' },
    maxBuffer: 16 * 1024 * 1024,
  });
  const names = [...stderr.matchAll(/\/node_modules\/((?:@[^/]+\/)?[^/]+)\//g)].map(([, name = '']) => name);
  return [...new Set(names)].sort();
}

describe('only what is needed is loaded:', () => {
  it('help loads no package but the one that reads the command line', async () => {
    assert.deepEqual(await packagesOf(MAIN, '--help'), ['commander']);
  });

  it('a server starts without the packages that draw, sign, seal and pack, and without those that call others', async () => {
    const loaded = await packagesOf('--input-type=module', '--eval', `await import('${SERVE}'); process.exit(0);`);
    assert.ok(loaded.includes('express'), 'the modules of the server are seen');
    const onlyThen = /^(pdfkit|fontkit|pkijs|asn1js|jsonld|zip-stream|exceljs|pino-pretty|undici|@digitalbazaar\/.*)$/;
    assert.deepEqual(
      loaded.filter((name) => onlyThen.test(name)),
      [],
    );
  });

  it('a worker starts without the packages that draw and seal, and without those of the HTTP side', async () => {
    const loaded = await packagesOf('--input-type=module', '--eval', `await import('${WORK}'); process.exit(0);`);
    assert.ok(loaded.includes('pg-boss'), 'the modules of the worker are seen');
    const onlyThen = /^(pdfkit|fontkit|pkijs|asn1js|jsonld|express|body-parser|helmet|zod-openapi|@digitalbazaar\/.*)$/;
    assert.deepEqual(
      loaded.filter((name) => onlyThen.test(name)),
      [],
    );
  });
});
