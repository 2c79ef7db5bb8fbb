import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { CANONICAL_FIELDS } from '../src/adapters/lms/canonical-fields.ts';
import { describeConfig, readConfig } from '../src/config.ts';
import { CERTIFICATE_STATES } from '../src/domain/certificate/certificate-state.ts';
import { PARAMETERS } from '../src/domain/criteria/criterion.ts';
import { HELD_REASONS } from '../src/domain/failure.ts';
import { LETTER_FIELDS } from '../src/domain/letter/letter-text.ts';
import { migrationSource } from '../src/platform/database/schema-migrations.ts';

const read = (path: string) => readFile(new URL(`../../${path}`, import.meta.url), 'utf8');

/** The text under a heading, up to the next heading of its level or above. */
function section(text: string, heading: string): string {
  const start = text.indexOf(`\n${heading}\n`);
  assert.notEqual(start, -1, `no heading "${heading}"`);
  const level = heading.indexOf(' ');
  const rest = text.slice(start + heading.length + 2);
  const end = rest.search(new RegExp(`^#{1,${level}} `, 'm'));
  return end === -1 ? rest : rest.slice(0, end);
}

/** Texts in backticks, in order. */
function coded(text: string): string[] {
  return [...text.matchAll(/`([^`\n]+)`/g)].map((match) => match[1] ?? '');
}

describe('the README', () => {
  it('lists exactly the existing settings', async () => {
    const rows = section(await read('README.md'), '### Settings').matchAll(/^\| ([^|]+)\|/gm);
    const told = [...rows].flatMap((row) => coded(row[1] ?? ''));
    const known = describeConfig(readConfig({}, []), {}).map(({ name }) => name);
    assert.deepEqual(told.sort(), known.sort());
  });

  it('lists every reason for a hold, and every state', async () => {
    const states = coded(section(await read('README.md'), '## States'));
    for (const word of [...HELD_REASONS, ...CERTIFICATE_STATES]) assert.ok(states.includes(word), word);
  });
});

describe('the README of the templates', () => {
  it('lists every source and parameter of criteria', async () => {
    const rows = [...section(await read('templates/README.md'), '## criteria.yaml').matchAll(/^\| `(\w+)` \|(.*)$/gm)];
    for (const [source, parameters] of Object.entries(PARAMETERS)) {
      const row = rows.find((candidate) => candidate[1] === source);
      assert.ok(row, source);
      for (const name of Object.keys(parameters)) assert.ok(coded(row[2] ?? '').includes(name), `${source}.${name}`);
    }
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

describe('the README of the migrations', () => {
  it('lists every migration and every table', async () => {
    const names = coded(await read('migrations/README.md'));
    for (const { name } of await migrationSource.getMigrations([])) {
      assert.ok(names.includes(name), name);
      const text = await read(`migrations/${name}.ts`);
      for (const [, table = ''] of text.matchAll(/create table (\w+)/g)) assert.ok(names.includes(table), table);
    }
  });
});
