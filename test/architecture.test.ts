import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { circles, directionFaults, importsOf, type Sources } from './support/architecture.ts';
import { nameFaults } from './support/one-name.ts';
import { bareCode, lengthFaults, ruleFaults } from './support/source-rules.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

async function readSources(): Promise<Sources> {
  const sources = new Map<string, string>();
  for (const folder of ['src', 'test', 'bench', 'migrations']) {
    for (const name of (await readdir(join(ROOT, folder), { recursive: true })).sort()) {
      const path = `${folder}/${name}`.replaceAll('\\', '/');
      // A benchmark folder has its own packages.
      if (path.includes('/node_modules/')) continue;
      // The samples in this file break the rules on purpose.
      if (path.endsWith('.ts') && path !== 'test/architecture.test.ts')
        sources.set(path, await readFile(join(ROOT, path), 'utf8'));
    }
  }
  return sources;
}

describe('the source code of the repository', () => {
  let sources: Sources;
  let product: Sources;
  before(async () => {
    sources = await readSources();
    product = new Map([...sources].filter(([path]) => !/^(test|bench)\//.test(path)));
    assert.ok(product.size > 100);
  });

  it('imports only in the declared directions between folders', () => assert.deepEqual(directionFaults(sources), []));
  it('imports only files that exist', () => {
    const missing = [...sources].flatMap(([path, source]) =>
      importsOf(path, source)
        .filter(({ target, ours }) => ours && !sources.has(target))
        .map(({ target }) => `${path}: ${target}`),
    );
    assert.deepEqual(missing, []);
  });
  it('has no compiled file in dist without a source, so that a deleted test or migration does not run', async () => {
    const compiled = await Promise.all(
      ['src', 'test', 'bench', 'migrations'].map(async (folder) =>
        (await readdir(join(ROOT, 'dist', folder), { recursive: true })).map((name) => `${folder}/${name}`),
      ),
    );
    const stale = compiled.flat().filter((name) => name.endsWith('.js') && !sources.has(name.replace(/js$/, 'ts')));
    assert.deepEqual(
      stale.map((name) => name.replaceAll('\\', '/')).filter((name) => name !== 'test/architecture.test.js'),
      [],
    );
  });
  it('loads no schemas in drawing threads, which would need their memory and a tenth of a second in each thread', () => {
    const loaded = new Set(['src/diploma/draw-worker.ts']);
    // A set also gives what is added while it is read.
    for (const path of loaded) {
      for (const { target, typeOnly } of importsOf(path, sources.get(path) ?? '')) if (!typeOnly) loaded.add(target);
    }
    assert.ok(loaded.has('pdfkit'));
    assert.ok(!loaded.has('zod'));
  });
  it('has no import cycle', () => assert.deepEqual(circles(product), []));
  it('follows the rules for every file', () => assert.deepEqual(ruleFaults(sources), []));
  it('has no two files and no two exports with the same name', () => {
    const own = new Map([...product].filter(([path]) => path.startsWith('src/')));
    assert.deepEqual(nameFaults(own, new Map()), []);
  });
  it('has no file of more than 350 lines', () => assert.deepEqual(lengthFaults(sources, new Map()), []));
});

/** The faults of one file with this text. */
function faultsOf(path: string, text: string): string[] {
  const sources = new Map([[path, text]]);
  return [...directionFaults(sources), ...ruleFaults(sources)];
}

describe('the architecture check refuses', () => {
  const imports: [string, string, RegExp][] = [
    ['src/domain/name.ts', "import { z } from '../platform/validate.ts';", /domain may not import src\/platform/],
    ['src/domain/name.ts', "import { readFile } from 'node:fs/promises';", /domain may not import node:fs/],
    ['src/domain/name.ts', "import type { Knex } from 'knex';", /domain may not import knex/],
    ['src/ports/lms.ts', "import { Pool } from 'undici';", /ports may not import undici/],
    ['src/platform/jobs.ts', "import { x } from '../domain/name.ts';", /platform may not import src\/domain\/name/],
    ['src/records/holds.ts', "import { LmsUnavailable } from '../ports/lms.ts';", /only types of src\/ports/],
    ['src/records/holds.ts', "import { x } from '../pipeline/context.ts';", /records may not import src\/pipeline/],
    [
      'src/pipeline/send/send.ts',
      "import { x } from '../render/render.ts';",
      /a stage may not import src\/pipeline\/render/,
    ],
    [
      'src/pipeline/send/send.ts',
      "import { x } from '../run-stages.ts';",
      /a stage may not import src\/pipeline\/run-stages/,
    ],
    ['src/pipeline/send/send.ts', "import type { x } from '../../adapters/lms/client.ts';", /a stage may not import/],
    [
      'src/pipeline/send/send.ts',
      "import { x } from '../../diploma/printer.ts';",
      /a stage may not import src\/diploma/,
    ],
    [
      'src/pipeline/send/send.ts',
      "import { x } from '../../platform/http.ts';",
      /a stage may not import src\/platform/,
    ],
    ['src/adapters/lms/client.ts', "import { x } from '../sendsay/wire.ts';", /an adapter may not import/],
    ['src/adapters/lms/client.ts', "import { x } from '../../records/rows.ts';", /an adapter may not import/],
    ['src/diploma/type/fit.ts', "import { x } from '../../platform/log.ts';", /diploma may not import/],
    ['src/lookup/find.ts', "import { x } from '../coordinate/batches.ts';", /lookup may not import/],
    ['src/coordinate/batches.ts', "import { enqueue } from '../pipeline/context.ts';", /only types of src\/pipeline/],
    ['src/sandbox/meter.ts', "import { x } from '../domain/name.ts';", /sandboxes may not import src\/domain/],
    [
      'src/compose/open-base.ts',
      "import { x } from '../sandbox/lms-server.ts';",
      /composition root may not import src\/sandbox/,
    ],
    ['src/main.ts', "import { x } from '../test/support/world.ts';", /may not import test/],
    ['src/main.ts', "const x = await import('../test/run.ts');", /may not import test/],
    ['migrations/1.ts', "import { x } from '../src/domain/name.ts';", /a migration may not import/],
    ['src/helpers/x.ts', '', /belongs to no layer/],
    ['src/domain/name.ts', "import {\n  a,\n  b,\n} from\n  '../config.ts';", /domain may not import src\/config/],
    ['src/domain/name.ts', "export { a } from '../config.ts';", /domain may not import src\/config/],
    ['src/domain/name.ts', "import '../config.ts';", /domain may not import src\/config/],
  ];
  const texts: [string, string, RegExp][] = [
    ['src/compose/open-base.ts', "const url = process.env['DATABASE_URL'];", /:1: reads the environment/],
    ['src/compose/open-base.ts', "\nconst { env } = process['env'];", /:2: reads the environment/],
    ['src/compose/open-base.ts', 'export default 1;', /default export/],
    ['src/compose/open-base.ts', 'const x = 1;\nexport { x as default };', /default export/],
    ['src/compose/open-base.ts', "export { need } from './config.ts';", /passes on/],
    ['src/compose/open-base.ts', "export * from './config.ts';", /passes on/],
    ['src/domain/index.ts', '', /barrel/],
    ['src/compose/open-base.ts', 'function f(x: any) {}', /uses any/],
    ['src/compose/open-base.ts', 'const x = y as any;', /uses any/],
    ['src/compose/open-base.ts', 'const x: Map<string, any> = y;', /uses any/],
    ['src/compose/open-base.ts', '// @ts-ignore', /silences the compiler/],
    ['src/compose/open-base.ts', '// biome-ignore lint: x', /silences the linter/],
    ['src/compose/open-base.ts', "console.log('x');", /console/],
    ['src/a.ts', "const format = new Intl.DateTimeFormat('ru', { timeZone: zone });", /:1: may tell time by the host/],
    ['src/a.ts', "date.toLocaleString('ru', { timeZone });", /by the host/],
    ['src/a.ts', "import { DateTime, Duration } from 'luxon';", /:1: may tell time by the host/],
    ['src/a.ts', "const local = at.setZone('Asia/Tashkent');", /tells time by the host/],
    ['src/a.ts', 'const hour = now.getHours();', /tells time by the host/],
    ['src/a.ts', "const { tz } = require('moment-timezone');", /reads zone data/],
    ['test/a.test.ts', "it.only('x', () => {});", /leaves tests out/],
    ['test/a.test.ts', "describe.skip('x', () => {});", /leaves tests out/],
    ['test/a.test.ts', "test.todo('x');", /leaves tests out/],
    ['test/a.test.ts', "it('x', { only: true }, () => {});", /leaves tests out/],
    ['test/a.test.ts', "it('x', { skip: true }, () => {});", /leaves tests out/],
  ];
  for (const [path, text, expected] of [...imports, ...texts]) {
    it(`${path}: ${text.replaceAll('\n', ' ')}`, () => {
      const faults = faultsOf(path, text);
      assert.ok(
        faults.some((fault) => expected.test(fault)),
        `found ${JSON.stringify(faults)}`,
      );
    });
  }

  it('a cycle: of values anywhere, of types across folders', () => {
    const circle = (b: string) =>
      circles(
        new Map([
          ['src/x/a.ts', "import { b } from './b.ts';"],
          ['src/x/b.ts', b],
        ]),
      );
    assert.deepEqual(circle("import { a } from './a.ts';"), ['src/x/a.ts → src/x/b.ts → src/x/a.ts']);
    assert.deepEqual(circle("import type { a } from './a.ts';"), []);
    const across = new Map([
      ['src/x/a.ts', "import type { c } from '../y/c.ts';"],
      ['src/y/c.ts', "import { a } from '../x/a.ts';"],
    ]);
    assert.equal(circles(across).length, 1);
  });

  it('two exports with one name, two files with one name, and an unnecessary exception', () => {
    const sources = new Map([
      ['src/a/keys.ts', 'export const Key = z.object({});\nexport type Key = z.infer<typeof Key>;'],
      ['src/b/keys.ts', 'function fold() {}\nexport async function seal() {}'],
      ['src/b/seal.ts', 'export function* seal() {}\nfunction fold() {}'],
    ]);
    assert.deepEqual(nameFaults(sources, new Map()), [
      'keys.ts: stands in src/a/keys.ts and src/b/keys.ts; give one of them another name',
      'seal: stands in src/b/keys.ts and src/b/seal.ts; give one of them another name',
    ]);
    const excused = new Map(['keys.ts', 'seal', 'gone'].map((name) => [name, 'a reason'] as const));
    assert.deepEqual(nameFaults(sources, excused), ['gone: does not stand twice any more; take its excuse away']);
  });

  it('a file that is too long, one beyond its exception, and an unnecessary exception', () => {
    const sources = (lines: number) => new Map([['src/a.ts', '\n'.repeat(lines)]]);
    assert.match(lengthFaults(sources(351), new Map())[0] ?? '', /351 lines, at most 350/);
    assert.deepEqual(lengthFaults(sources(350), new Map()), []);
    assert.deepEqual(lengthFaults(sources(360), new Map([['src/a.ts', 360]])), []);
    assert.equal(lengthFaults(sources(361), new Map([['src/a.ts', 360]])).length, 1);
    assert.match(lengthFaults(sources(9), new Map([['src/a.ts', 360]]))[0] ?? '', /no longer/);
    assert.match(lengthFaults(new Map(), new Map([['src/a.ts', 360]]))[0] ?? '', /is gone/);
  });
});

describe('the architecture check accepts', () => {
  const harmless: [string, string][] = [
    ['src/pipeline/send/send.ts', "import { x } from './refresh.ts';\nimport { y } from '../../records/holds.ts';"],
    ['src/pipeline/run-stages.ts', "import { makeSend } from './send/send.ts';"],
    ['src/records/diplomas.ts', "import type { Artefacts } from '../ports/artefacts.ts';"],
    ['src/commands/demo.ts', "import { x } from '../sandbox/lms-server.ts';"],
    ['src/config.ts', 'const all = process.env;'],
    ['src/compose/open-base.ts', "// process.env is read in config\nconst text = 'any of export default console.log';"],
    ['src/compose/open-base.ts', "const pattern = /['\"`]/; const x = 'it.only(';"],
    ['src/compose/open-base.ts', "import { Duration } from 'luxon';\nimport type { DateTime } from 'luxon';"],
    [
      'src/compose/open-base.ts',
      "new Intl.DateTimeFormat('ru', { dateStyle: 'long', timeZone: 'UTC' }).format(at.getTime());",
    ],
    ['src/domain/criteria.ts', "const branch = key === 'any'; type T = { any: readonly T[] };"],
    ['test/a.test.ts', "it('x', { skip: root ? false : 'needs root' }, () => {});\nlist({ skip: 4 });"],
  ];
  for (const [path, text] of harmless) {
    it(`${path}: ${text.replaceAll('\n', ' ')}`, () => assert.deepEqual(faultsOf(path, text), []));
  }

  it('the architecture check finds code that follows a string literal', () => {
    assert.equal(bareCode("a('x//y', /[/'\"]/, b) // c"), "a('', '', b) ''");
    assert.match(bareCode("const a = 1 / 2; b = 'x' / c; process.env"), /process\.env/);
  });
});
