import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, beforeEach, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { upsertPerson } from '../../src/records/console-people.ts';
import { appOver, seedBatch, tokenFor } from '../http/harness.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { ended, firstMatch } from '../support/world.ts';

const PROVIDER = fileURLToPath(new URL('./processes/identity-provider.js', import.meta.url));

/** A browser as far as cookies and redirects go; it follows a page's `Refresh` too. */
function createVisitor() {
  const jar = new Map<string, Map<string, string>>();
  return async function visit(
    address: string,
    form?: Record<string, string>,
  ): Promise<{ status: number; url: string; text: string }> {
    let url = address;
    let body = form;
    for (let steps = 0; steps < 20; steps += 1) {
      const { origin } = new URL(url);
      const cookies = jar.get(origin) ?? new Map<string, string>();
      jar.set(origin, cookies);
      const response = await fetch(url, {
        method: body === undefined ? 'GET' : 'POST',
        redirect: 'manual',
        headers: { Cookie: [...cookies].map((pair) => pair.join('=')).join('; '), Origin: origin },
        ...(body === undefined ? {} : { body: new URLSearchParams(body) }),
      });
      for (const line of response.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
        if (value === '' || /expires=Thu, 01 Jan 1970/i.test(line)) cookies.delete(name);
        else cookies.set(name, value);
      }
      const text = await response.text();
      const next = response.headers.get('location') ?? /^0; url=(.*)$/.exec(response.headers.get('refresh') ?? '')?.[1];
      if (next == null) return { status: response.status, url, text };
      url = new URL(next, url).href;
      body = undefined;
    }
    throw new Error('too many redirects');
  };
}

describe('the sign-in by OpenID Connect', () => {
  let database: TestDatabase;
  let server: Server;
  let provider: ChildProcess;
  let issuer: string;
  let base: string;
  before(async () => {
    database = await testDatabase();
    server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    provider = spawn(process.execPath, [PROVIDER, `${base}/console/session/callback`], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    issuer = await firstMatch(provider, /on (http\S+)/);
    const openId = {
      issuer,
      clientId: 'gramota',
      clientSecret: 'fictional-client-secret-of-gramota',
      roleClaim: 'roles',
      roleMap: null,
    };
    server.on('request', appOver(database.knex, { publicUrl: base, openId }).app);
  });
  after(async () => {
    await ended(provider, 'SIGKILL');
    server.closeAllConnections();
    server.close();
    await database.drop();
  });
  beforeEach(async () => {
    await database.knex('console_session').del();
    await database.knex('console_person').del();
  });

  const come = (person: string) => fetch(`${issuer}/next/${person}`, { method: 'POST' });

  it('opens a session for a person whose claim names a role, and leads to the page that was wanted', async () => {
    await come('olga');
    const visit = createVisitor();
    const page = await visit(`${base}/console/session/openid`, { next: '/console/batches' });
    assert.equal(page.url, `${base}/console/batches`);
    assert.equal(page.status, 200);
    assert.match(page.text, /Olga Sample/);
  });

  it('keeps the language that was chosen before the sign-in', async () => {
    for (const lang of ['en', 'ru']) {
      await come('olga');
      const page = await createVisitor()(`${base}/console/session/openid`, { next: '/console', lang });
      assert.match(page.text, new RegExp(`<html lang="${lang}">`));
    }
  });

  it('refuses a person without a role, and accepts her after an invitation of her verified address', async () => {
    await come('ivan');
    const refused = await createVisitor()(`${base}/console/session/openid`, { next: '/console' });
    assert.equal(refused.status, 403);
    const invitation = {
      id: '019ac0de-0f00-7000-8000-000000000077',
      email: 'ivan@school.example',
      role: 'coordinator',
      invitedBy: 'test',
    } as const;
    await upsertPerson(database.knex, invitation, new Date());
    assert.equal((await createVisitor()(`${base}/console/session/openid`, { next: '/console' })).status, 200);
  });

  it('an admin invites by the access page, and ends an invitation together with the sessions of that person', async () => {
    const admin = await tokenFor(database.knex, 'admin');
    const desk = createVisitor();
    await desk(`${base}/console/session`, { token: admin.header.replace('Bearer ', '') });
    const fault = await desk(`${base}/console/access/people`, { email: 'nobody', role: 'coordinator' });
    assert.equal(fault.status, 400);
    assert.match(fault.text, /value="nobody"/, 'what was typed stays');
    const page = await desk(`${base}/console/access/people`, { email: 'Ivan@school.example', role: 'coordinator' });
    assert.equal(page.status, 200, page.text);
    await come('ivan');
    const ivan = createVisitor();
    assert.equal((await ivan(`${base}/console/session/openid`, { next: '/console' })).status, 200);
    assert.equal((await ivan(`${base}/console/access/people`, { email: 'a@b.example', role: 'admin' })).status, 403);
    const { id } = await database.knex('console_person').first('id');
    assert.equal((await desk(`${base}/console/access/people/${id}/end`, {})).status, 200);
    assert.match((await ivan(`${base}/console/batches`)).url, /\/console\/sign-in/);
    assert.equal((await desk(`${base}/console/access/people/${id}/end`, {})).status, 409);
    assert.equal((await desk(`${base}/console/access/people/none/end`, {})).status, 409);
    const acts = await database
      .knex('act')
      .whereLike('verb', 'person.%')
      .orderBy('acted_at')
      .select('verb', 'subject', 'detail');
    assert.deepEqual(
      acts.map(({ verb }) => verb),
      ['person.invite', 'person.end'],
    );
    assert.doesNotMatch(JSON.stringify(acts), /school\.example/, 'the audit list holds no address');
  });

  it('a person has the role that the access page says now, in sessions and streams that are open already', async () => {
    const admin = await tokenFor(database.knex, 'admin', 'roles');
    const desk = createVisitor();
    await desk(`${base}/console/session`, { token: admin.token });
    const invite = (role: string) => desk(`${base}/console/access/people`, { email: 'ivan@school.example', role });
    await invite('admin');
    await come('ivan');
    const ivan = createVisitor();
    await ivan(`${base}/console/session/openid`, { next: '/console' });
    const batch = await seedBatch(database.knex);
    const live = ivan(`${base}/console/batches/${batch}/live`);
    const taken = () => ivan(`${base}/console/access/tokens`, { name: 'Program', role: 'viewer' });
    assert.equal((await taken()).status, 200);
    assert.equal((await invite('coordinator')).status, 200);
    assert.equal((await taken()).status, 403, 'lowered: no longer an admin');
    assert.equal((await ivan(`${base}/console/batches`)).url, `${base}/console/batches`);
    assert.equal((await invite('viewer')).status, 200);
    const begun = performance.now();
    assert.match((await live).text, /event: news/);
    assert.ok(performance.now() - begun < 1000, 'the stream ends within a second');
    assert.match((await ivan(`${base}/console/batches`)).url, /\/console\/sign-in/);
    const acts = await database.knex('act').where({ verb: 'person.invite' }).orderBy('acted_at', 'desc').limit(3);
    const { id } = await database.knex('console_person').first('id');
    assert.deepEqual(
      acts.map(({ subject, detail }) => [subject, detail.role]),
      [
        [id, 'viewer'],
        [id, 'coordinator'],
        [id, 'admin'],
      ],
      'the audit list names the same person each time',
    );
  });

  it('refuses an invited address that the provider has not verified', async () => {
    await come('nina');
    const invitation = {
      id: '019ac0de-0f00-7000-8000-000000000078',
      email: 'nina@school.example',
      role: 'admin',
      invitedBy: 'test',
    } as const;
    await upsertPerson(database.knex, invitation, new Date());
    assert.equal((await createVisitor()(`${base}/console/session/openid`, { next: '/console' })).status, 403);
  });

  it('refuses a callback that this browser did not begin', async () => {
    const response = await createVisitor()(`${base}/console/session/callback?code=stolen&state=${'a'.repeat(43)}`);
    assert.equal(response.status, 400);
    assert.equal(
      await database.knex('console_session').whereNull('ended_at').where({ subject: 'stolen' }).first(),
      undefined,
    );
  });
});
