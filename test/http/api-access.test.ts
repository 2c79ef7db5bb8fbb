import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import request from 'supertest';
import type { Route } from '../../src/platform/http/declare-route.ts';
import { accessTable, CALLERS, type Caller, declaredRoutes, letsIn } from '../support/access-table.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { read, section } from '../support/documents.ts';
import { appOver, tokenFor } from './harness.ts';

const ID = '019ac0de-0f00-7000-8000-000000000001';

describe('the routes of the API', () => {
  let database: TestDatabase;
  let app: ReturnType<typeof appOver>['app'];
  let routes: Route[];
  const tokens = new Map<Caller, string>();
  before(async () => {
    database = await testDatabase();
    ({ app } = appOver(database.knex));
    routes = (await declaredRoutes()).filter(({ path }) => path.startsWith('/api'));
    for (const role of ['viewer', 'coordinator', 'admin'] as const)
      tokens.set(role, (await tokenFor(database.knex, role)).header);
  });
  after(() => database.drop());

  /** Asks for something that does not exist, with an empty body. */
  async function send({ method, path }: Route, token: string | undefined): Promise<number> {
    const address = path.replace(/:\w+/g, ID);
    const asked =
      method === 'GET'
        ? request(app).get(address)
        : (method === 'PATCH' ? request(app).patch(address) : request(app).post(address)).send({});
    if (token !== undefined) asked.set('Authorization', token);
    return (await asked).status;
  }

  it('refuse everybody whose role is too low, before anything else, and nobody else', async () => {
    assert.ok(routes.length > 50, String(routes.length));
    const wrong: string[] = [];
    for (const route of routes)
      for (const caller of CALLERS) {
        const status = await send(route, tokens.get(caller));
        const expected = caller === 'nobody' ? 401 : 403;
        const fits = letsIn(route, caller) ? ![401, 403].includes(status) && status < 500 : status === expected;
        if (!fits) wrong.push(`${route.method} ${route.path} as ${caller}: ${status}`);
      }
    assert.deepEqual(wrong, []);
  });

  it('need a token, all of them; tokens and persons need an administrator', () => {
    assert.deepEqual(
      routes.filter((route) => letsIn(route, 'nobody')).map(({ path }) => path),
      [],
    );
    const forAdmins = routes.filter(({ access }) => access === 'admin').map(({ method, path }) => `${method} ${path}`);
    assert.deepEqual(forAdmins, [
      'GET /api/tokens',
      'POST /api/people/export',
      'POST /api/people/erasures',
      'POST /api/people/erasures/:id/confirm',
      'GET /api/people/erasures/:id',
      'POST /api/people/readmissions',
    ]);
  });

  it('refuse a revoked token and a malformed one as they refuse none', async () => {
    const { id, header } = await tokenFor(database.knex, 'admin', 'gone');
    await database.knex('api_token').where({ id }).update({ revoked_at: new Date() });
    const [route] = routes;
    assert.ok(route);
    for (const token of [header, 'Bearer gr_none', 'Bearer', 'Basic YTpi', header.toLowerCase()])
      assert.equal(await send(route, token), 401, token.slice(0, 10));
  });

  it('and pages of the console are in the table of docs/security.md with their roles; if not, run: npm run access:write', async () => {
    assert.ok(section(await read('docs/security.md'), '## Who may call what').includes(await accessTable()));
  });
});
