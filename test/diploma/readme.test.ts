import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { z } from 'zod';
import { TemplateDefinition } from '../../src/diploma/template/template-definition.ts';
import { CountryDiploma } from '../../src/domain/certificate/country-diploma.ts';

/** Put in when a template is loaded, and refused where somebody writes them. */
const NOT_WRITTEN = ['pictures', 'countries'];

/** Names of all fields of a schema, at every depth; keys that people choose are none. */
function fieldsOf(schema: z.core.$ZodType, found = new Set<string>()): Set<string> {
  if (schema instanceof z.ZodObject) {
    for (const [name, inner] of Object.entries(schema.shape as Record<string, z.core.$ZodType>)) {
      if (NOT_WRITTEN.includes(name)) continue;
      found.add(name);
      fieldsOf(inner, found);
    }
    return found;
  }
  const {
    innerType,
    element,
    valueType,
    options = [],
  } = schema._zod.def as {
    innerType?: z.core.$ZodType;
    element?: z.core.$ZodType;
    valueType?: z.core.$ZodType;
    options?: readonly z.core.$ZodType[];
  };
  for (const inner of [innerType, element, valueType, ...options]) if (inner !== undefined) fieldsOf(inner, found);
  return found;
}

describe('templates/README.md', () => {
  const sections = async (...titles: string[]): Promise<Set<string>> => {
    const text = await readFile('templates/README.md', 'utf8');
    const parts = text.split(/^## /m).filter((part) => titles.some((title) => part.startsWith(title)));
    assert.equal(parts.length, titles.length);
    const coded = [...parts.join('\n').matchAll(/```[\s\S]*?```|`[^`\n]+`/g)].map(([code]) => code);
    return new Set(coded.join(' ').match(/[A-Za-z]+/g));
  };

  it('names every field of a certificate template', async () => {
    const told = await sections('certificate/', 'words/', 'family/');
    const fields = fieldsOf(TemplateDefinition);
    for (const known of ['balanced', 'flow', 'wrapped', 'fine'])
      assert.ok(fields.has(known), `the walk through the schema misses ${known}`);
    assert.deepEqual([...fields].filter((field) => !told.has(field)).sort(), []);
  });

  it('names every field of what diplomas of a country print', async () => {
    const told = await sections('countries.yaml');
    assert.deepEqual(
      [...fieldsOf(CountryDiploma)].filter((field) => !told.has(field)),
      [],
    );
  });
});
