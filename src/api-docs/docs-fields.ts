import { type Html, html } from '../platform/http/html.ts';
import { inline } from './docs-inline.ts';

/** The part of JSON Schema that the document uses. */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  format?: string;
  description?: string;
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: Schema | boolean;
  anyOf?: Schema[];
  oneOf?: Schema[];
  contentEncoding?: string;
}

export type Resolve = (name: string) => Schema | undefined;

const nameOf = ($ref: string): string => $ref.split('/').at(-1) ?? '';
const list = (parts: Html[], between: Html): Html =>
  html`${parts.map((part, index) => (index === 0 ? part : html`${between}${part}`))}`;

/** Describes a type in a few words, with links to named types. */
export function typeOf(schema: Schema): Html {
  if (schema.$ref !== undefined) return html`<a href="#type-${nameOf(schema.$ref)}">${nameOf(schema.$ref)}</a>`;
  if (schema.const !== undefined) return html`<code>${JSON.stringify(schema.const)}</code>`;
  if (schema.enum !== undefined)
    return list(
      schema.enum.map((value) => html`<code>${JSON.stringify(value)}</code>`),
      html` or `,
    );
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return list(choices.map(typeOf), html` or `);
  if (schema.contentEncoding !== undefined) return html`bytes`;
  if (schema.type === undefined) return html`anything`;
  return list(
    [schema.type].flat().map((type) => simpleType(type, schema)),
    html` or `,
  );
}

function simpleType(type: string, schema: Schema): Html {
  if (type === 'array')
    return html`list${limits(schema.minItems, schema.maxItems, 'items')} of ${schema.items ? typeOf(schema.items) : 'anything'}`;
  if (type === 'object' && typeof schema.additionalProperties === 'object' && schema.properties === undefined)
    return html`map of ${typeOf(schema.additionalProperties)}`;
  if (type === 'string')
    return html`${schema.format ?? 'string'}${limits(schema.minLength, schema.maxLength, 'characters')}`;
  if (type === 'integer' || type === 'number') return html`${type}${limits(schema.minimum, schema.maximum, '')}`;
  return html`${type}`;
}

function limits(from: number | undefined, to: number | undefined, what: string): string {
  if (from === undefined && to === undefined) return '';
  const range =
    to === undefined ? `at least ${from}` : from === undefined || from === 0 ? `up to ${to}` : `${from} to ${to}`;
  return ` (${range}${what && ` ${what}`})`;
}

interface Row {
  name: string;
  schema: Schema;
  required: boolean;
}

/** All fields of an object, including the fields of nested objects and lists; null if the type has no fields. */
export function fieldTable(schema: Schema, resolve: Resolve): Html | null {
  if (schema.$ref !== undefined)
    return html`<p>${typeOf(schema)}: ${inline(resolve(nameOf(schema.$ref))?.description ?? '')}</p>`;
  const rows = fieldsOf(schema, '');
  if (rows.length === 0) return null;
  const lines = rows.map(
    (row) =>
      html`<tr><th scope="row"><code>${row.name}</code>${row.required ? null : html` <small>optional</small>`}</th><td>${typeOf(row.schema)}</td><td>${inline(row.schema.description ?? '')}</td></tr>`,
  );
  return html`<div class="table" tabindex="0"><table><thead><tr><th scope="col">Field</th><th scope="col">Type</th><th scope="col">Meaning</th></tr></thead><tbody>${lines}</tbody></table></div>`;
}

function fieldsOf(schema: Schema, prefix: string): Row[] {
  const own = Object.entries(schema.properties ?? {}).flatMap(([name, field]) => [
    { name: `${prefix}${name}`, schema: field, required: schema.required?.includes(name) ?? false },
    ...fieldsOf(field, `${prefix}${name}.`),
  ]);
  const within = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].flatMap((one) => fieldsOf(one, prefix));
  const items = schema.items ? fieldsOf(schema.items, `${prefix.replace(/\.$/, '')}[].`) : [];
  const rest =
    schema.properties &&
    typeof schema.additionalProperties === 'object' &&
    Object.keys(schema.additionalProperties).length > 0
      ? [{ name: `${prefix}…`, schema: schema.additionalProperties, required: false }]
      : [];
  return [...own, ...within, ...items, ...rest];
}
