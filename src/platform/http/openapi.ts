import {
  createDocument,
  type ZodOpenApiOperationObject,
  type ZodOpenApiPathsObject,
  type ZodOpenApiResponseObject,
} from 'zod-openapi';
import type { AnswerDescription } from './answers.ts';
import type { Access, Route } from './declare-route.ts';

/** An OpenAPI 3.1 document, as JSON. */
export type OpenApi = ReturnType<typeof createDocument>;

/** Everything in the API's description except its routes. */
export interface ApiAbout {
  title: string;
  version: string;
  description: string;
  license: { name: string; identifier: string };
  /** Path of the installation, `/` or `/prefix`. */
  server: string;
  tags: { name: string; description: string }[];
  /** Descriptions, by name, of fields that have none in their schema. */
  meanings: Record<string, string>;
}

const SECURITY: Record<Access, Record<string, string[]>[]> = {
  anyone: [],
  viewer: [{ token: [] }],
  coordinator: [{ token: [] }],
  admin: [{ token: [] }],
  'local-or-token': [{}, { token: [] }],
  'lms-signature': [{ webhookSignature: [] }],
};

const SCHEMES = {
  token: {
    type: 'http',
    scheme: 'bearer',
    description:
      'An API token, `gr_…`, created with `gramota token create`. Its role is viewer, coordinator or admin; each role includes the rights of the roles before it.',
  },
  webhookSignature: {
    type: 'apiKey',
    in: 'header',
    name: 'webhook-signature',
    description:
      'Standard Webhooks: `v1,` and the Base64 HMAC-SHA256 of `id.timestamp.body`, made with a secret of `LMS_WEBHOOK_SECRET`.',
  },
} as const;

const REQUEST_ID = {
  description: 'The `X-Request-Id` of the request if it is well-formed, else a new id. The log contains this id.',
  required: true,
  schema: { type: 'string' as const },
};

/** Creates the description from the schemas that the routes use to validate requests and to type answers. */
export function describeApi(routes: readonly Route[], about: ApiAbout): OpenApi {
  const { title, version, description, license, server, tags, meanings } = about;
  const shared = new Map<string, ZodOpenApiResponseObject>();
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  for (const route of routes) {
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(route, shared) };
  }
  return createDocument(
    {
      openapi: '3.1.1',
      info: { title, version, description, license },
      servers: [{ url: server }],
      tags,
      paths: paths as ZodOpenApiPathsObject,
      components: { securitySchemes: SCHEMES, headers: { RequestId: REQUEST_ID } },
    },
    {
      reused: 'inline',
      override: ({ zodSchema, jsonSchema }) => {
        // JSON.stringify writes a Date in RFC 3339.
        if (zodSchema._zod.def.type === 'date') Object.assign(jsonSchema, { type: 'string', format: 'date-time' });
        // Not needed by readers: `format` implies the pattern, and JSON itself limits whole numbers.
        if (jsonSchema.format !== undefined) delete jsonSchema.pattern;
        if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
        if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
        for (const [name, field] of Object.entries(jsonSchema.properties ?? {})) describeField(name, field, meanings);
        if (JSON.stringify(jsonSchema.propertyNames) === '{"type":"string"}') delete jsonSchema.propertyNames;
      },
      allowEmptySchema: { unknown: true, any: true },
    },
  );
}

/** Adds the description of a field, unless its named type already has one. */
function describeField(name: string, field: unknown, meanings: Record<string, string>): void {
  const meaning = meanings[name];
  if (meaning === undefined || typeof field !== 'object' || field === null) return;
  if (!('description' in field) && !('$ref' in field)) Object.assign(field, { description: meaning });
}

function operationOf(route: Route, shared: Map<string, ZodOpenApiResponseObject>): ZodOpenApiOperationObject {
  const { name, tag, summary, description, access, params, query, headers, body, answers } = route;
  const requestParams = {
    ...(params && { path: params }),
    ...(query && { query: query as never }),
    ...(headers && { header: headers }),
  };
  const who = ['viewer', 'coordinator', 'admin'].includes(access) ? `Role: ${access}.` : null;
  return {
    operationId: name,
    tags: [tag],
    summary,
    ...(description || who ? { description: [description, who].filter(Boolean).join('\n\n') } : {}),
    security: SECURITY[access],
    ...(Object.keys(requestParams).length > 0 && { requestParams }),
    ...(body && {
      requestBody: {
        required: body.required,
        ...(body.description && { description: body.description }),
        content: { [body.mediaType]: { schema: body.schema, example: asJson(body.example) } },
      },
    }),
    responses: Object.fromEntries(
      Object.entries(answers).map(([status, answer]) => [status, responseOf(answer, shared)]),
    ),
  };
}

function responseOf(
  answer: AnswerDescription,
  shared: Map<string, ZodOpenApiResponseObject>,
): ZodOpenApiResponseObject {
  const known = answer.shared === undefined ? undefined : shared.get(answer.shared);
  if (known) return known;
  const { description, content, headers = {} } = answer;
  const entries = Object.entries(headers).map(([name, meaning]) => [
    name,
    { description: meaning, required: true, schema: { type: 'string' as const } },
  ]);
  const response: ZodOpenApiResponseObject = {
    ...(answer.shared !== undefined && { id: answer.shared }),
    description,
    headers: { ...Object.fromEntries(entries), 'X-Request-Id': { $ref: '#/components/headers/RequestId' } },
    content: Object.fromEntries(
      Object.entries(content).map(([type, { schema, example }]) => [
        type,
        { schema, ...(example !== undefined && { example: asJson(example) }) },
      ]),
    ),
  };
  if (answer.shared !== undefined) shared.set(answer.shared, response);
  return response;
}

/** The value as JSON sends it: dates become text, undefined fields are omitted. */
const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
