import { createHash } from 'node:crypto';
import { Html, html } from '../platform/http/html.ts';
import type { OpenApi } from '../platform/http/openapi.ts';
import { curlOf } from './docs-curl.ts';
import { fieldTable, type Resolve, type Schema, typeOf } from './docs-fields.ts';
import { inline } from './docs-inline.ts';
import { DOCS_STYLE } from './docs-style.ts';

const digest = createHash('sha256').update(DOCS_STYLE).digest('base64');
/** The page may load only its own style: no scripts, fonts or images. */
export const DOCS_POLICY = `default-src 'none'; style-src 'sha256-${digest}'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

interface Parameter {
  in: string;
  name: string;
  required?: boolean;
  description?: string;
  schema?: Schema;
  example?: unknown;
}
interface Content {
  schema?: Schema;
  example?: unknown;
}
interface Answer {
  $ref?: string;
  description: string;
  headers?: Record<string, { $ref?: string; description?: string }>;
  content?: Record<string, Content>;
}
export interface Operation {
  operationId: string;
  tags: string[];
  summary: string;
  description?: string;
  security: Record<string, unknown>[];
  parameters?: Parameter[];
  requestBody?: { required?: boolean; content: Record<string, Content> };
  responses: Record<string, Answer>;
}
export interface Placed extends Operation {
  method: string;
  path: string;
}
interface Document {
  info: { title: string; version: string; description: string };
  tags: { name: string; description: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema>; responses: Record<string, Answer> };
}

/**
 * Renders the whole API description as one HTML page, from the OpenAPI document alone.
 * @param publicUrl address shown in the examples
 */
export function docsPage(openapi: OpenApi, publicUrl: string): string {
  const document = openapi as unknown as Document;
  const operations: Placed[] = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ ...operation, method: method.toUpperCase(), path })),
  );
  const groups = document.tags.map((tag) => ({
    ...tag,
    own: operations.filter(({ tags }) => tags.includes(tag.name)),
  }));
  const nav = groups.map(
    ({ name, own }) =>
      html`<details><summary>${name}</summary><ul>${own.map(
        (one) => html`<li><a href="#${one.operationId}">${one.summary}</a></li>`,
      )}</ul></details>`,
  );
  const { info, components } = document;
  const resolve: Resolve = (name) => components.schemas[name];
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${info.title} API</title>
<link rel="icon" href="data:,">
<style>${new Html(DOCS_STYLE)}</style>
</head>
<body>
<a class="skip" href="#content">To the content</a>
<header><h1>${info.title} API <small>${info.version}</small></h1><p><a href="openapi.json">OpenAPI 3.1 document</a></p></header>
<div class="columns">
<nav aria-label="Contents">${nav}<details><summary>Types</summary><ul>${Object.keys(components.schemas).map(
    (name) => html`<li><a href="#type-${name}">${name}</a></li>`,
  )}</ul></details></nav>
<main id="content">
<section aria-label="About">${prose(info.description)}
<h2 id="authentication">Authentication</h2>
<p>${inline('Send a token with every request to `/api`: `Authorization: Bearer gr_…`. `gramota token create --name NAME --role viewer|coordinator|admin` creates a token. Each role includes the rights of the roles before it.')}</p></section>
${groups.map(
  ({
    name,
    description,
    own,
  }) => html`<section aria-labelledby="${anchor(name)}"><h2 id="${anchor(name)}">${name}</h2><p>${inline(description)}</p>
${own.map((one) => operationPart(one, document, publicUrl))}</section>
`,
)}<section aria-labelledby="types"><h2 id="types">Types</h2>
${Object.entries(components.schemas).map(
  ([
    name,
    schema,
  ]) => html`<article id="type-${name}"><h3><a href="#type-${name}">${name}</a></h3>${schema.description ? html`<p>${inline(schema.description)}</p>` : null}${fieldTable(schema, resolve) ?? html`<p>${typeOf(schema)}</p>`}</article>
`,
)}</section>
</main>
</div>
</body>
</html>
`.text;
}

const anchor = (name: string): string => name.toLowerCase().replaceAll(' ', '-');

function operationPart(one: Placed, document: Document, publicUrl: string): Html {
  const { operationId: id, method, path, summary, description, parameters = [], requestBody, responses } = one;
  const resolve: Resolve = (name) => document.components.schemas[name];
  const body = Object.entries(requestBody?.content ?? {});
  return html`<article id="${id}"><h3><a href="#${id}">${summary}</a></h3>
<p class="address"><b class="${method}">${method}</b> <code>${path}</code></p>
${description ? prose(description) : null}
${parameters.length > 0 ? parameterTable(parameters) : null}
${body.map(
  ([
    type,
    { schema, example },
  ]) => html`<h4>Body <code>${type}</code>${requestBody?.required ? null : ' (optional)'}</h4>
${schema ? schemaPart(schema, resolve) : null}${exampleOf('Example of the request body', example)}`,
)}
<h4>Example request</h4><pre tabindex="0">${curlOf(one, publicUrl)}</pre>
<h4>Answers</h4><dl>${Object.entries(responses).map(([status, answer]) => answerPart(status, answer, document))}</dl>
</article>
`;
}

function parameterTable(parameters: Parameter[]): Html {
  const places: Record<string, string> = { path: 'path', query: 'query', header: 'header' };
  const rows = parameters.map(
    ({ in: place, name, required, description, schema = {} }) =>
      html`<tr><th scope="row"><code>${name}</code></th><td>${places[place] ?? place}${required ? ', required' : null}</td><td>${typeOf(schema)}</td><td>${inline(description ?? '')}</td></tr>`,
  );
  return html`<h4>Parameters</h4><div class="table" tabindex="0"><table><thead><tr><th scope="col">Name</th><th scope="col">Place</th><th scope="col">Type</th><th scope="col">Meaning</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}

/** Each named type is described once, in its own section. */
function schemaPart(schema: Schema, resolve: Resolve): Html {
  return fieldTable(schema, resolve) ?? html`<p>${typeOf(schema)}</p>`;
}

function answerPart(status: string, described: Answer, document: Document): Html {
  const shared = described.$ref?.split('/').at(-1);
  const answer = (shared === undefined ? described : document.components.responses[shared]) ?? described;
  const resolve: Resolve = (name) => document.components.schemas[name];
  const contents = Object.entries(answer.content ?? {});
  const headers = Object.entries(answer.headers ?? {}).filter(([name]) => name !== 'X-Request-Id');
  return html`<dt class="s${status.slice(0, 1)}">${status}</dt><dd><p>${inline(answer.description)}</p>
${headers.map(([name, { description = '' }]) => html`<p><code>${name}</code>: ${inline(description)}</p>`)}
${contents.map(
  ([type, { schema = {}, example }]) =>
    html`<details><summary><code>${type}</code> ${schema.$ref || schema.properties || schema.anyOf || schema.oneOf ? typeOf(schema) : null}</summary>${schema.properties ? schemaPart(schema, resolve) : null}${exampleOf('Example', example)}</details>`,
)}</dd>`;
}

function exampleOf(title: string, example: unknown): Html | null {
  if (example === undefined) return null;
  const text = typeof example === 'string' ? example : JSON.stringify(example, null, 2);
  return html`<h5>${title}</h5><pre tabindex="0">${text}</pre>`;
}

/** Renders paragraphs and lists of the small subset of Markdown that descriptions use. */
function prose(text: string): Html {
  return html`${text.split('\n\n').map((block) => {
    const lines = block.split('\n');
    if (lines.every((line) => line.startsWith('- ')))
      return html`<ul>${lines.map((line) => html`<li>${inline(line.slice(2))}</li>`)}</ul>`;
    return html`<p>${inline(block)}</p>`;
  })}`;
}
