import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import request from 'supertest';
import { openDatabase } from '../../src/platform/database/database.ts';
import { appOver } from '../http/harness.ts';
import { ApiDescription, operationsOf } from '../support/api-description.ts';
import { servedDocument } from './document.ts';

const nowhere = openDatabase({ url: 'postgres://nobody@127.0.0.1:1/none', poolMax: 1, applicationName: 'test' });
after(() => nowhere.destroy());

describe('/openapi.json', () => {
  let text: string;
  let api: ApiDescription;
  before(async () => {
    text = await servedDocument();
    api = new ApiDescription(text);
  });

  it('is equal to the committed openapi.json; if not, run: npm run openapi:write', async () => {
    assert.equal(text, await readFile(new URL('../../../openapi.json', import.meta.url), 'utf8'));
  });

  it('has examples that its own schemas accept', () => {
    const faults: string[] = [];
    for (const { method, path, operation } of operationsOf(api)) {
      const base = `/paths/${encodeURIComponent(path.replaceAll('/', '~1'))}/${method.toLowerCase()}`;
      for (const [type, { example }] of Object.entries(operation.requestBody?.content ?? {})) {
        const pointer = `${base}/requestBody/content/${type.replaceAll('/', '~1')}/schema`;
        const objection = api.objection(pointer, example);
        if (objection) faults.push(`${pointer}: ${objection}`);
      }
      for (const [status, answer] of Object.entries(operation.responses))
        for (const [type, { example }] of Object.entries(answer.content ?? {})) {
          if (!/[/+]json$/.test(type) || example === undefined) continue;
          const pointer = `${base}/responses/${status}/content/${type.replaceAll('/', '~1')}/schema`;
          const objection = api.objection(pointer, example);
          if (objection) faults.push(`${pointer}: ${objection}`);
        }
    }
    assert.deepEqual(faults, []);
  });

  it('describes every field and every parameter', () => {
    const faults: string[] = [];
    const look = (place: string, node: unknown): void => {
      if (typeof node !== 'object' || node === null) return;
      const { properties = {}, parameters = [] } = node as {
        properties?: Record<string, object>;
        parameters?: { name: string; description?: string }[];
      };
      for (const [name, field] of Object.entries(properties))
        if (!('description' in field) && !('$ref' in field) && !('const' in field)) faults.push(`${place}.${name}`);
      for (const { name, description } of parameters) if (!description) faults.push(`${place}?${name}`);
      for (const [key, inner] of Object.entries(node)) if (key !== 'example') look(`${place}/${key}`, inner);
    };
    look('', { paths: api.document.paths, schemas: api.document.components.schemas });
    assert.deepEqual(faults, []);
  });

  it('is readable without a token, and gives 304 for a known ETag while nothing has changed', async () => {
    const { app } = appOver(nowhere);
    const first = await request(app).get('/openapi.json').expect(200);
    const again = await request(app)
      .get('/openapi.json')
      .set('If-None-Match', first.headers['etag'] ?? '');
    assert.equal(again.status, 304);
  });

  it('contains the path prefix of an installation that is not at the root of its host', async () => {
    const { app } = appOver(nowhere, { publicUrl: 'https://school.example/diplomas' });
    const { body } = await request(app).get('/openapi.json').expect(200);
    assert.deepEqual(body.servers, [{ url: '/diplomas' }]);
    assert.ok('/did.json' in body.paths && !('/.well-known/did.json' in body.paths));
  });
});

describe('/docs', () => {
  it('shows every operation and every type, each with its own anchor, and needs no JavaScript', async () => {
    const { app } = appOver(nowhere);
    const page = await request(app).get('/docs').expect(200);
    const api = new ApiDescription(await servedDocument());
    for (const { operation, path } of operationsOf(api)) {
      assert.equal(page.text.split(`id="${operation.operationId}"`).length, 2, operation.operationId);
      assert.ok(page.text.includes(`<code>${path}</code>`), path);
    }
    for (const name of Object.keys(api.document.components.schemas))
      assert.equal(page.text.split(`id="type-${name}"`).length, 2, name);
    const targets = [...page.text.matchAll(/href="#([^"]+)"/g)].map((match) => match[1] ?? '');
    assert.deepEqual(
      targets.filter((target) => !page.text.includes(`id="${target}"`)),
      [],
    );
    assert.doesNotMatch(page.text, /<script|<link rel="stylesheet"|\son\w+=|style="/);
    assert.match(page.headers['content-security-policy'] ?? '', /^default-src 'none'; style-src 'sha256-[^']+'/);
  });

  it('shows a curl command for each operation, with the address of this installation', async () => {
    const { app } = appOver(nowhere, { publicUrl: 'https://diplomas.example' });
    const { text } = await request(app).get('/docs').expect(200);
    assert.match(text, /curl -X POST &#39;https:\/\/diplomas\.example\/api\/batches&#39; \\\n/);
    assert.equal(
      text.split('<pre tabindex="0">curl').length - 1,
      operationsOf(new ApiDescription(await servedDocument())).length,
    );
  });
});
