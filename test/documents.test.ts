import assert from 'node:assert/strict';
import { access } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { before, describe, it } from 'node:test';
import { Command } from 'commander';
import { parse as parseEnv } from 'dotenv';
import { CANONICAL_FIELDS } from '../src/adapters/lms/canonical-fields.ts';
import { loadRulebook } from '../src/adapters/templates-dir/load-rulebook.ts';
import { declareVerbs } from '../src/commands/declare/verbs.ts';
import { letterTable } from '../src/commands/letter-table.ts';
import { describeConfig, NEEDED, readConfig, type SettingName } from '../src/config.ts';
import { loadTemplates } from '../src/diploma/template/load-templates.ts';
import { CERTIFICATE_STATES } from '../src/domain/certificate/certificate-state.ts';
import { PARAMETERS } from '../src/domain/criteria/criterion.ts';
import { OPERATORS } from '../src/domain/criteria/operators.ts';
import { LETTER_FIELDS } from '../src/domain/letter/letter-text.ts';
import { HELD_REASONS, OTHER_REASONS } from '../src/domain/reason-codes.ts';
import { DIFFERENCE_KINDS } from '../src/domain/student-group/difference.ts';
import { migrationSource } from '../src/platform/database/schema-migrations.ts';
import { FLAG_KINDS } from '../src/records/student-groups/flags.ts';
import { anchors, coded, firstColumn, links, list, ROOT, read, rows, section } from './support/documents.ts';

const sorted = (words: Iterable<string>) => [...words].sort();

describe('the documents of the repository', () => {
  let documents: Map<string, string>;
  before(async () => {
    const paths = await list('', '.md');
    documents = new Map(await Promise.all(paths.map(async (path) => [path, await read(path)] as const)));
    assert.ok(documents.size > 10);
  });

  it('link only to files and headings that exist', async () => {
    const dead: string[] = [];
    for (const [path, text] of documents) {
      for (const link of links(text)) {
        if (/^[a-z]+:/.test(link)) continue;
        const [file = '', anchor] = link.split('#');
        const target = file === '' ? path : join(dirname(path), file);
        const there = await access(resolve(ROOT, target)).then(
          () => true,
          () => false,
        );
        const heading = anchor === undefined || anchors(documents.get(target) ?? '').has(anchor);
        if (!there || !heading) dead.push(`${path}: ${link}`);
      }
    }
    assert.deepEqual(dead, []);
  });

  it('are short: the README has at most 8 KB, and src/README.md at most 130 lines', () => {
    assert.ok(Buffer.byteLength(documents.get('README.md') ?? '') <= 8192);
    assert.ok((documents.get('src/README.md') ?? '').trimEnd().split('\n').length <= 130);
  });
});

describe('the example file .env.example', () => {
  let text: string;
  before(async () => {
    text = await read('.env.example');
  });

  it('contains every setting once, below one comment, with its default or marked as required', () => {
    const defaults = readConfig({}, []);
    const described = [...text.matchAll(/^# (.*)\n(# )?([A-Z_][A-Z_\d]*)=(.*)$/gm)].map(
      ([, comment = '', commented, name = '', value = '']) => ({ name, comment, set: commented === undefined, value }),
    );
    const known = describeConfig(defaults, {}).map(({ name }) => name);
    assert.deepEqual(sorted(described.map(({ name }) => name)), sorted(known));
    for (const { name, comment, set, value } of described) {
      const required = NEEDED.serve.includes(name as SettingName) || name === 'SENDSAY_API_KEY';
      assert.equal(set, required, name);
      assert.equal(comment.startsWith('required'), required, name);
      if (required) continue;
      const fallback = defaults[name as SettingName];
      if (value === '') assert.match(comment, /default: |instead of|session|sublogin/, name);
      else if (name.endsWith('_DIR')) assert.equal(resolve(value), fallback, name);
      else assert.equal(value, String(fallback), name);
    }
  });

  it('can be loaded without an error after the secrets are filled in', () => {
    const secrets = { LMS_TOKEN: 'x', LMS_WEBHOOK_SECRET: 'whsec_MDEyMzQ1Njc4OWFiY2RlZg', SENDSAY_ACCOUNT: 'x' };
    readConfig({ ...parseEnv(text), ...secrets, SENDSAY_API_KEY: 'x' }, NEEDED.serve);
  });
});

describe('docs/operate.md', () => {
  let text: string;
  before(async () => {
    text = await read('docs/operate.md');
  });

  it('lists every command', () => {
    const program = new Command('gramota');
    const unused = async () => undefined;
    declareVerbs({ program, say: unused, verb: () => unused, withEnvironment: unused }, () => 'en', unused);
    const commandsOf = (command: Command, path: string[]): string[] => {
      const own = command.commands.filter((inner) => inner.name() !== 'help');
      return own.length === 0 ? [path.join(' ')] : own.flatMap((inner) => commandsOf(inner, [...path, inner.name()]));
    };
    assert.deepEqual(sorted(firstColumn(section(text, '## Commands'))), sorted(commandsOf(program, [])));
  });

  it('names no option that takes a secret: no option of the command line takes one', () => {
    const program = new Command('gramota');
    const unused = async () => undefined;
    declareVerbs({ program, say: unused, verb: () => unused, withEnvironment: unused }, () => 'en', unused);
    const flagsOf = (command: Command): string[] => [
      ...command.options.map(({ flags }) => flags),
      ...command.registeredArguments.map((argument) => argument.name()),
      ...command.commands.flatMap(flagsOf),
    ];
    const flags = flagsOf(program);
    assert.ok(flags.length > 50);
    const secret = /secret|password|api-?key|\btoken=|database-url|--token/i;
    assert.deepEqual(
      flags.filter((flag) => secret.test(flag)),
      [],
    );
  });

  it('lists every metric and every log event', async () => {
    const sources = (await list('src', '.ts')).filter((path) => !/^src\/(sandbox|demo)\//.test(path));
    const source = (await Promise.all(sources.map(read))).join('\n');
    const named = (pattern: RegExp) => sorted(new Set([...source.matchAll(pattern)].map(([, name = '']) => name)));
    const told = firstColumn(section(text, '## Logs, metrics, health'));
    const metrics = told.filter((name) => name.startsWith('gramota_'));
    assert.deepEqual(sorted(metrics), named(/name: '(gramota_\w+)'/g));
    assert.deepEqual(sorted(told.filter((name) => !metrics.includes(name))), named(/event: '([\w-]+)'/g));
  });
});

describe('the routes of /api in the documents', () => {
  it('exist in openapi.json, and docs/integrate.md has a link to openapi.json', async () => {
    const { paths } = JSON.parse(await read('openapi.json'));
    const pattern = (path: string) => new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`);
    const described = Object.keys(paths).map(pattern);
    const unknown: string[] = [];
    let named = 0;
    for (const name of (await list('docs', '.md')).concat('README.md')) {
      for (const [path] of (await read(name)).matchAll(/(?<![\w.])\/api\/[\w/{}.…-]+/g)) {
        named += 1;
        if (!described.some((one) => one.test(path))) unknown.push(`${name}: ${path}`);
      }
    }
    assert.ok(named > 10);
    assert.deepEqual(unknown, []);
    assert.ok(links(await read('docs/integrate.md')).includes('../openapi.json'));
  });
});

describe('docs/coordinate.md', () => {
  let text: string;
  before(async () => {
    text = await read('docs/coordinate.md');
  });

  it('lists exactly the states of a certificate that exist', () => {
    assert.deepEqual(sorted(firstColumn(section(text, '### States'))), sorted(CERTIFICATE_STATES));
  });
  it('lists exactly the reasons for which a student group is put on hold', () => {
    assert.deepEqual(sorted(firstColumn(section(text, '## Reasons of `held`'))), sorted(HELD_REASONS));
  });
  it('lists every reason code of a state other than held, with the states that show it', () => {
    const told = rows(section(text, '## Other reasons')).map(([code = '', states = '']) => [
      coded(code)[0],
      coded(states),
    ]);
    assert.deepEqual(Object.fromEntries(told), OTHER_REASONS);
  });
  it('lists exactly the flags that exist', () => {
    assert.deepEqual(sorted(firstColumn(section(text, '## Flags'))), sorted(FLAG_KINDS));
  });
  it('contains the table of letters that "gramota check" prints for the shipped rules', async () => {
    const templates = join(ROOT, 'templates');
    const shipped = letterTable(await loadRulebook(templates, await loadTemplates(templates)));
    const told = rows(section(text, '## Which letter goes to whom')).map((row) => row.map((cell) => cell.trim()));
    assert.deepEqual(
      told,
      shipped.map(({ trigger, template, texts, audience }) => [
        trigger,
        `\`${template}\``,
        Object.entries(texts)
          .map(([language, version]) => `${language} \`${version}\``)
          .join(', '),
        audience,
      ]),
    );
  });
  it('lists exactly the kinds of differences between LMS, Gramota and Sendsay', () => {
    const told = firstColumn(section(text, '## Differences between LMS, Gramota and Sendsay'));
    assert.deepEqual(sorted(told), sorted(DIFFERENCE_KINDS));
  });
});

describe('docs/coordinate.ru.md', () => {
  it('has the same sections as the English document, and the same codes in each table', async () => {
    const parts = async (path: string) => (await read(path)).split(/^(?=##+ )/m).slice(1);
    const [english, russian] = [await parts('docs/coordinate.md'), await parts('docs/coordinate.ru.md')];
    assert.equal(russian.length, english.length);
    for (const [index, part] of english.entries())
      assert.deepEqual(firstColumn(russian[index] ?? ''), firstColumn(part), part.slice(0, 40));
  });
});

describe('the README files about the source code', () => {
  it('contain only names of files, folders and identifiers that exist', async () => {
    const sources = new Map<string, string>();
    for (const folder of ['src', 'test', 'migrations', 'templates', 'docs'])
      for (const path of await list(folder, '')) sources.set(path, /\.(ts|sql)$/.test(path) ? await read(path) : '');
    const paths = [...sources.keys()];
    const code = [...sources].flatMap(([path, text]) => (path.startsWith('test/') ? [] : [text])).join('\n');
    const unknown: string[] = [];
    for (const guide of ['src/README.md', 'src/pipeline/README.md', 'src/domain/README.md']) {
      for (const name of coded((await read(guide)).replace(/^```[\s\S]*?^```/gm, ''))) {
        const path = name.replace(/^(\.\.\/)+/, '');
        const there = /^[\w./-]+(\.(ts|md|yaml)|\/)$/.test(path)
          ? paths.some((known) => `/${known}`.endsWith(`/${path}`) || `/${known}`.includes(`/${path}`))
          : !/^[A-Za-z_]\w+$/.test(name) || new RegExp(`\\b${name}\\b`).test(code);
        if (!there) unknown.push(`${guide}: ${name}`);
      }
    }
    // sendsay.yaml is optional, so the shipped templates do not contain it.
    assert.deepEqual(
      unknown.filter((line) => !line.endsWith(' sendsay.yaml')),
      [],
    );
  });
});

describe('the table "to change … open …" in src/README.md', () => {
  it('gives every file and folder by its whole path, from src/ or from the root', async () => {
    const table = rows(section(await read('src/README.md'), '## To change something'));
    const named = table
      .flatMap(([, open = '']) => coded(open))
      .filter((name) => /\/|^[\w.-]+\.(ts|md|yaml)$/.test(name));
    assert.ok(named.length > 40, String(named.length));
    const missing: string[] = [];
    for (const name of named) {
      const there = await Promise.any(
        [resolve(ROOT, 'src', name), resolve(ROOT, name)].map((path) => access(path)),
      ).then(
        () => true,
        () => false,
      );
      if (!there) missing.push(name);
    }
    assert.deepEqual(missing, []);
  });
});

/** Tables that quote tests: document, heading, and at least so many titles. */
const QUOTING = [
  ['test/README.md', '## Invariants, and the test that shows each', 30],
  ['docs/security.md', '## Threats', 25],
] as const;
for (const [document, heading, least] of QUOTING)
  describe(document, () => {
    it('quotes only test titles that exist in the named file', async () => {
      const table = section(await read(document), heading);
      const missing: string[] = [];
      let quoted = 0;
      for (const shownBy of rows(table).map((cells) => cells.at(-1) ?? ''))
        for (const [, path = '', titles = ''] of shownBy.matchAll(/`([a-z/-]+)`((?:,? "[^"]+")*)/g)) {
          const source = (await read(`test/${path}.test.ts`)).replaceAll(/\(\s+/g, '(');
          for (const [, quote = ''] of titles.matchAll(/"([^"]+)"/g)) {
            quoted += 1;
            const start = quote.replace(/…$/, '');
            const ends = quote.endsWith('…') ? [''] : ["'", '"', '`'];
            const starts = ends.flatMap((end) => ["'", '"', '`'].map((mark) => `(${mark}${start}${end}`));
            if (!starts.some((title) => source.includes(title))) missing.push(`${path}: ${quote}`);
          }
        }
      assert.ok(quoted > least, `only ${quoted} titles`);
      assert.deepEqual(missing, []);
    });
  });

describe('templates/README.md', () => {
  it('lists every source and parameter of criteria', async () => {
    const table = [...section(await read('templates/README.md'), '## criteria.yaml').matchAll(/^\| `(\w+)` \|(.*)$/gm)];
    for (const [source, parameters] of Object.entries(PARAMETERS)) {
      const row = table.find((candidate) => candidate[1] === source);
      assert.ok(row, source);
      for (const name of Object.keys(parameters)) assert.ok(coded(row[2] ?? '').includes(name), `${source}.${name}`);
    }
  });

  it('lists every operator of criteria', async () => {
    const table = section(await read('templates/README.md'), '## criteria.yaml').split('| operator |')[1] ?? '';
    const told = [...table.matchAll(/^\| (`.*?) \|/gm)].flatMap(([, cell = '']) => coded(cell));
    const names = told.map((text) => text.split(':')[0] ?? '').filter((name) => name !== 'false');
    assert.deepEqual(sorted(names), sorted(Object.keys(OPERATORS)));
  });

  it('lists every placeholder of letters and every field of lms.yaml', async () => {
    const text = await read('templates/README.md');
    const letter = coded(section(text, '## letter/\\<id>/\\<language>/'));
    for (const name of LETTER_FIELDS) assert.ok(letter.includes(`{{${name}}}`), name);
    const fields = coded(section(text, '## lms.yaml'));
    for (const field of [...CANONICAL_FIELDS.studentGroup, ...CANONICAL_FIELDS.release]) {
      const [first = '', last] = field.split('.');
      assert.ok(fields.includes(last === undefined ? first : `.${last}`), field);
    }
  });
});

describe('migrations/README.md', () => {
  it('lists every migration and every table', async () => {
    const names = coded(await read('migrations/README.md'));
    for (const { name } of await migrationSource.getMigrations([])) {
      assert.ok(names.includes(name), name);
      const text = await read(`migrations/${name}.ts`);
      for (const [, table = ''] of text.matchAll(/create table (\w+)/g)) assert.ok(names.includes(table), table);
    }
  });
});
