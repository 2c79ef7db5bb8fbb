import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Ajv2020, type AnySchemaObject, type ValidateFunction } from 'ajv/dist/2020.js';

const require = createRequire(import.meta.url);
const addFormats = require('ajv-formats') as (ajv: Ajv2020) => void;

/** One HTTP response as a client sees it. */
export interface SeenAnswer {
  method: string;
  /** Path and query of the request. */
  target: string;
  status: number;
  headers: Record<string, number | string | string[] | undefined>;
  body: Buffer;
  /** False if the response was cut off, so that its body says nothing. */
  whole: boolean;
}

interface Content {
  schema?: object;
  example?: unknown;
}
interface Response {
  $ref?: string;
  headers?: Record<string, { $ref?: string; required?: boolean }>;
  content?: Record<string, Content>;
}
export interface Parameter {
  in: 'path' | 'query' | 'header';
  name: string;
  required?: boolean;
  schema: object;
}
export interface Operation {
  operationId: string;
  security?: object[];
  parameters?: Parameter[];
  requestBody?: { required?: boolean; content: Record<string, { schema: object; example?: unknown }> };
  responses: Record<string, Response>;
}
export interface Document {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, object>; responses: Record<string, Response> };
}

const METHODS = ['get', 'post', 'patch'];

/** Compares responses with an OpenAPI document; everything that the document does not describe is a fault. */
export class ApiDescription {
  readonly document: Document;
  readonly #ajv = new Ajv2020({ strict: false, allErrors: true });
  readonly #paths: { pattern: RegExp; path: string; operations: Record<string, Operation> }[];
  readonly #validators = new Map<string, ValidateFunction>();

  constructor(text: string) {
    this.document = JSON.parse(text) as Document;
    addFormats(this.#ajv);
    this.#ajv.addSchema(this.document as AnySchemaObject, 'api');
    this.#paths = Object.entries(this.document.paths)
      // A path with a fixed part matches before a path with a parameter.
      .sort(([a], [b]) => a.split('{').length - b.split('{').length)
      .map(([path, operations]) => ({ pattern: patternOf(path), path, operations }));
  }

  /** The part of a response that is not described; null if everything is described. */
  faultOf(answer: SeenAnswer): string | null {
    const fault = this.#find(answer);
    return fault && `${answer.method} ${pathOf(answer.target)} → ${answer.status}: ${fault}`;
  }

  /** Checks a value against a schema of the document, given by JSON pointer; returns the error, or null. */
  objection(pointer: string, value: unknown): string | null {
    const known = this.#validators.get(pointer);
    const validate = known ?? this.#ajv.compile({ $ref: `api#${pointer}` });
    this.#validators.set(pointer, validate);
    return validate(value) ? null : this.#ajv.errorsText(validate.errors);
  }

  /** The description of a request; null if there is none. */
  operation(method: string, target: string): { path: string; operation: Operation } | null {
    const found = this.#paths.find(({ pattern }) => pattern.test(pathOf(target)));
    const operation = found?.operations[method.toLowerCase()];
    return found && operation ? { path: found.path, operation } : null;
  }

  #find(answer: SeenAnswer): string | null {
    const { target, status, headers } = answer;
    const method = answer.method === 'HEAD' ? 'get' : answer.method.toLowerCase();
    if (headers['x-request-id'] === undefined) return 'it has no X-Request-Id';
    const found = this.#paths.find(({ pattern }) => pattern.test(pathOf(target)));
    if (method === 'options' && status === 204) return null;
    const operation = found?.operations[method];
    if (found && operation) {
      const pointer = `/paths/${asPointer(found.path)}/${method}/responses/${status}`;
      return this.#compare(answer, operation.responses[status], pointer);
    }
    // For other addresses and methods the description promises only that they are refused.
    const refusals = found ? [401, 404, 405, 503] : [401, 404, 503];
    if (!refusals.includes(status)) return found ? 'this method is not described' : 'this route is not described';
    const name = { 401: 'Unauthorized', 404: 'BadRequest', 405: 'MethodNotAllowed', 503: 'Unavailable' }[status] ?? '';
    return this.#compare(answer, this.document.components.responses[name], `/components/responses/${name}`);
  }

  #compare(answer: SeenAnswer, described: Response | undefined, pointer: string): string | null {
    if (described === undefined) return 'this status is not described';
    if (described.$ref !== undefined) {
      const name = described.$ref.split('/').at(-1) ?? '';
      return this.#compare(answer, this.document.components.responses[name], `/components/responses/${name}`);
    }
    const missing = Object.keys(described.headers ?? {}).find(
      (name) => answer.headers[name.toLowerCase()] === undefined,
    );
    if (missing !== undefined) return `it has no ${missing}`;
    if (answer.method === 'HEAD' || !answer.whole) return null;
    const { content = {} } = described;
    if (Object.keys(content).length === 0) return answer.body.length > 0 ? 'no body is described' : null;
    const type = String(answer.headers['content-type'] ?? '').split(';')[0] ?? '';
    if (!(type in content)) return `the media type ${JSON.stringify(type)} is not described`;
    if (!/[/+]json$/.test(type)) return null;
    return this.objection(`${pointer}/content/${asPointer(type)}/schema`, JSON.parse(answer.body.toString('utf8')));
  }
}

/** The committed openapi.json; a test in `test/api-docs` proves that it matches the routes. */
export function committedDescription(): ApiDescription {
  return new ApiDescription(readFileSync(new URL('../../../openapi.json', import.meta.url), 'utf8'));
}

const asPointer = (part: string): string => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'));
const pathOf = (target: string): string => target.split(/[?#]/)[0] ?? '';

/** Matches like express: in upper or lower case, with or without a slash at the end. */
function patternOf(path: string): RegExp {
  const parts = path.split(/\{\w+\}/).map((part) => part.replace(/[.*+?^$()[\]\\|]/g, '\\$&'));
  return new RegExp(`^${parts.join('[^/]+')}/?$`, 'i');
}

/** Methods that the document describes. */
export function operationsOf({ document }: ApiDescription): { method: string; path: string; operation: Operation }[] {
  return Object.entries(document.paths).flatMap(([path, operations]) =>
    METHODS.flatMap((method) => {
      const operation = operations[method];
      return operation ? [{ method: method.toUpperCase(), path, operation }] : [];
    }),
  );
}
