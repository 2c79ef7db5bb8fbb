import fc from 'fast-check';
import type { Schema } from '../../src/api-docs/docs-fields.ts';
import type { ApiDescription, Operation, Parameter } from '../support/api-description.ts';

/** Ids of existing objects, so that random requests get further than 404. */
export interface Known {
  /** Values by the name of a path parameter or field. */
  values: Record<string, readonly string[]>;
  cursors: readonly string[];
}

export interface FuzzedRequest {
  target: string;
  headers: Record<string, string>;
  body: Buffer | null;
  /** The JSON body of a request, if the body is JSON of the described media type and has no other fault. */
  json?: unknown;
}

/**
 * Texts that often break programs: control characters, lone surrogates, right-to-left, wide and long texts, and names
 * of object properties.
 */
const nasty = fc.oneof(
  fc.constantFrom(
    ...[
      '',
      ' ',
      '\u0000',
      'a\u0000b',
      '\ud800',
      '\ufeff',
      '\u202e',
      '\n',
      '%',
      '%00',
      '..',
      '../..',
      '__proto__',
      'null',
    ],
    ...[
      "'; drop table batch; --",
      '0',
      '-1',
      '1e999',
      '9'.repeat(400),
      'x'.repeat(5000),
      '😀'.repeat(300),
      'ß'.repeat(260),
    ],
    ...['[% param("x") %]', '\ufffd', '２０', '<script>', '=1+1', '{}', '[]', 'true', '2026-13-45', 'İ', 'ﬃ'],
  ),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
);
const anything = fc.oneof(nasty, fc.jsonValue(), fc.constantFrom(null, true, 1.5, -1, 2 ** 53, [], {}, [[[[]]]]));

function text({ format, minLength = 0, maxLength = 60 }: Schema): fc.Arbitrary<unknown> {
  if (format === 'uuid') return fc.uuid();
  if (format === 'date-time') return fc.date({ noInvalidDate: true }).map((date) => date.toISOString());
  return fc.string({ unit: 'grapheme', minLength, maxLength: Math.min(Math.max(minLength, 60), maxLength) });
}

/** Generates values that a schema accepts. */
function valid(api: ApiDescription, schema: Schema, name: string, known: Known): fc.Arbitrary<unknown> {
  const inner = (one: Schema, called = name) => valid(api, one, called, known);
  if (schema.$ref !== undefined) {
    const referred = api.document.components.schemas[schema.$ref.split('/').at(-1) ?? ''];
    return inner((referred ?? {}) as Schema);
  }
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return fc.oneof(...choices.map((one) => inner(one)));
  if (Array.isArray(schema.type)) return fc.oneof(...schema.type.map((type) => inner({ ...schema, type })));
  switch (schema.type) {
    case 'string': {
      const values = known.values[name];
      return values ? fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...values) }, text(schema)) : text(schema);
    }
    case 'integer':
    case 'number':
      return fc.integer({ min: schema.minimum ?? -5, max: schema.maximum ?? 1000 });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(inner(schema.items ?? {}), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.min(schema.maxItems ?? 4, 4),
      });
    case 'object': {
      const fields = Object.entries(schema.properties ?? {}).map(([key, one]) => [key, inner(one, key)] as const);
      return fc.record(Object.fromEntries(fields), { requiredKeys: schema.required ?? [] });
    }
    default:
      return fc.jsonValue();
  }
}

/** Generates a valid value, or a value with one fault. */
function nearly(value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const spoilt = fc
    .tuple(value, anything, fc.nat(), fc.constantFrom('replace', 'add', 'drop', 'swap'))
    .map(([good, bad, at, how]) => {
      if (how === 'swap' || typeof good !== 'object' || good === null || Array.isArray(good)) return bad;
      const keys = Object.keys(good);
      const key = keys[at % Math.max(keys.length, 1)] ?? 'reason';
      const { [key]: _, ...rest } = good as Record<string, unknown>;
      if (how === 'drop') return rest;
      return how === 'add' ? { ...good, [typeof bad === 'string' ? bad : 'extra']: bad } : { ...rest, [key]: bad };
    });
  return fc.oneof({ weight: 3, arbitrary: value }, { weight: 2, arbitrary: spoilt });
}

function parameter(api: ApiDescription, { name, schema }: Parameter, known: Known): fc.Arbitrary<string[]> {
  const good =
    name === 'cursor' && known.cursors.length > 0 ? fc.constantFrom(...known.cursors) : valid(api, schema, name, known);
  const some = fc.oneof({ weight: 3, arbitrary: good.map(String) }, { weight: 1, arbitrary: nasty });
  return fc.oneof(
    { weight: 4, arbitrary: some.map((one) => [one]) },
    { weight: 1, arbitrary: fc.array(some, { minLength: 2, maxLength: 3 }) },
  );
}

const encode = (part: string): string => encodeURIComponent(part.replace(/\p{Cs}/gu, '\ufffd'));

/** Generates requests for one route; most of them are valid or almost valid. */
export function requestsOf(
  api: ApiDescription,
  { method, path, operation }: { method: string; path: string; operation: Operation },
  known: Known,
  tokens: readonly string[],
): fc.Arbitrary<FuzzedRequest> {
  const parameters = operation.parameters ?? [];
  const inPath = parameters.filter((one) => one.in === 'path');
  const inQuery = parameters.filter((one) => one.in === 'query');
  const inHeader = parameters.filter((one) => one.in === 'header');
  const parts = fc.tuple(
    ...inPath.map(({ name, schema }) =>
      fc.oneof(
        {
          weight: 5,
          arbitrary: valid(api, schema, `${path} ${name}` in known.values ? `${path} ${name}` : name, known).map(
            (one) => encode(String(one)) || '-',
          ),
        },
        { weight: 1, arbitrary: nasty.map((one) => encode(one) || '-') },
        { weight: 1, arbitrary: fc.constantFrom('%', '%00', '%C3%28', '%2F', '*') },
      ),
    ),
  );
  const query = fc.tuple(
    ...inQuery.map((one) => fc.option(parameter(api, one, known), { nil: [], freq: 1 })),
    fc.oneof({ weight: 9, arbitrary: fc.constant<string[]>([]) }, { weight: 1, arbitrary: fc.constant(['x']) }),
  );
  const headers = fc.record(
    {
      authorization: fc.oneof(
        { weight: 9, arbitrary: fc.constant(tokens[0] ?? '') },
        {
          weight: 2,
          arbitrary: fc.constantFrom(...tokens, 'Bearer', 'Bearer gr_x', `Bearer gr_${'A'.repeat(43)}`, 'Basic eDp5'),
        },
      ),
      accept: fc.constantFrom(
        '*/*',
        'application/json',
        'text/html',
        'text/html;q=0.1, */*',
        ';;',
        'image/png',
        'application/vc+jwt',
      ),
      'accept-language': fc.constantFrom('kk', 'ru-RU, en;q=0.3', '*', ';;', 'x'.repeat(300)),
      'if-none-match': fc.constantFrom('"x"', 'W/"x"', ''),
      'x-request-id': fc.constantFrom('fuzz', 'a b', 'é', 'x'.repeat(200)),
      ...Object.fromEntries(
        inHeader.map(({ name }) => [
          name.toLowerCase(),
          fc.oneof(fc.constantFrom('k1', 'k2', 'a b', 'é', '', 'x'.repeat(256)), fc.uuid()),
        ]),
      ),
    },
    { requiredKeys: ['authorization'] },
  );
  const [[mediaType, content] = []] = Object.entries(operation.requestBody?.content ?? {});
  const value = mediaType === undefined ? null : nearly(valid(api, (content?.schema ?? {}) as Schema, '', known));
  const sound = value?.map((json) => ({
    bytes: Buffer.from(JSON.stringify(json) ?? 'null'),
    json,
    type: mediaType,
    coding: undefined,
  }));
  const raw = fc.record({
    bytes: fc.oneof(
      fc.string({ unit: 'binary' }).map((one) => Buffer.from(one)),
      fc.uint8Array({ maxLength: 60 }).map((one) => Buffer.from(one)),
      fc
        .constantFrom(
          '',
          '{',
          'null',
          '[]',
          '{"reason":"x"}{',
          '['.repeat(5000),
          '{"a":'.repeat(3000),
          `"${'x'.repeat(70_000)}"`,
        )
        .map((one) => Buffer.from(one)),
    ),
    type: fc.constantFrom(
      mediaType,
      'text/plain',
      'application/json; charset=utf-16',
      'multipart/form-data',
      'application/merge-patch+json',
      '',
    ),
    coding: fc.constantFrom(undefined, undefined, 'gzip', 'br'),
  });
  const bodies = sound ? fc.oneof({ weight: 5, arbitrary: sound }, { weight: 1, arbitrary: raw }) : fc.constant(null);
  return fc.tuple(parts, query, headers, bodies).map(([named, asked, told, body]) => {
    const filled = inPath.reduce((address, { name }, index) => address.replace(`{${name}}`, named[index] ?? '-'), path);
    const pairs = asked.flatMap((values, index) =>
      values.map((one) => `${inQuery[index]?.name ?? 'unknown'}=${encode(one)}`),
    );
    const sent = Object.fromEntries(
      Object.entries(told).flatMap(([name, one]) =>
        one === undefined ? [] : [[name, Buffer.from(String(one)).toString('latin1')]],
      ),
    ) as Record<string, string>;
    const target = pairs.length > 0 ? `${filled}?${pairs.join('&')}` : filled;
    if (body === null) return { target, headers: sent, body: null };
    const typed: Record<string, string> = {
      ...sent,
      ...(body.type ? { 'content-type': body.type } : {}),
      ...(body.coding ? { 'content-encoding': body.coding } : {}),
    };
    const request = { target, headers: typed, body: method === 'GET' ? null : body.bytes };
    return 'json' in body ? { ...request, json: body.json } : request;
  });
}
