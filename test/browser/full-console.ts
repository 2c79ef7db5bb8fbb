import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import type { Express } from 'express';
import { invitePerson } from '../../src/coordinate/people-verbs.ts';
import { createToken } from '../../src/coordinate/token-verbs.ts';
import { hold } from '../../src/records/student-groups/holds.ts';
import { jobsDone, RELEASE, until } from '../support/world.ts';
import { type ConsoleWorld, oneName, openConsoleWorld } from './console-world.ts';

/** More new certificates than this need a second person. */
const ABOVE = 3;
const NOWHERE = { registration: null, student: { country: null, phone: null, timezone: null } };
/** Nothing is asked of it: the button for its sign-in shows without it. */
const PROVIDER = {
  OIDC_ISSUER: 'https://accounts.school.example',
  OIDC_CLIENT_ID: 'gramota',
  OIDC_CLIENT_SECRET: 'fictional-client-secret-of-gramota',
};

/** A page of the console: the route as it is declared, and an address that shows it with something on it. */
export interface ConsolePage {
  route: string;
  path: string;
}

export interface FullConsole extends ConsoleWorld {
  /** Token of an administrator. */
  admin: string;
  /** Every page of the console, derived from the declared routes. */
  pages: ConsolePage[];
  /** Addresses of all forms, derived in the same way; those that end the session are left out. */
  acts: string[];
}

/** Ids of what the pages are about, by the first part of the path after `/console/`. */
type Examples = Record<string, readonly string[]>;

/** Queries and further addresses that show another state of a page. */
const VARIANTS: Record<string, readonly string[]> = {
  '/console/people': ['?q=', '?state=held', '?q=nobody+at+all', '?cursor=none'],
  '/console/reports': [`?release=${RELEASE}`, '?release=none'],
  '/console/batches/:id': ['?done=1'],
  '/console/imports/:id': ['?verdict=fault&done=1'],
  '/console/certificates/:id': ['?done=1'],
};

/** A console with something on each of its pages: people in many states, batches, acts on many, imports, approvals. */
export async function openFullConsole(): Promise<FullConsole> {
  const criteria = (text: string) =>
    text.replace(/^( *)issue: automatic.*$/m, `$&\n$1confirm: { above: ${ABOVE}, by: second-person }`);
  const desk = await openConsoleWorld({ 'criteria.yaml': criteria }, PROVIDER);
  const { base } = desk.world;
  const tokens = { ...base, random: randomBytes, actor: 'test' };
  const { token: admin } = await createToken(tokens, { name: 'Olga', role: 'admin' });
  await createToken(tokens, { name: 'reports', role: 'viewer' });
  await invitePerson({ ...base, actor: 'Olga' }, { email: 'new.colleague@school.example', role: 'coordinator' });
  const examples = await fill(desk, caller(desk.url, admin));
  const pages = await pagesAmong(desk.url, admin, addressesOf(desk.app, 'get', examples));
  const acts = new Map(addressesOf(desk.app, 'post', examples).map(({ route, path }) => [route, path]));
  for (const route of acts.keys()) if (route.startsWith('/console/session')) acts.delete(route);
  return { ...desk, admin, pages: [...pages, { route: '(none)', path: '/console/none' }], acts: [...acts.values()] };
}

type Call = (method: string, path: string, body?: object | FormData) => Promise<Record<string, string>>;

function caller(url: string, token: string): Call {
  return async (method, path, body) => {
    const isForm = body instanceof FormData;
    const answer = await fetch(`${url}/api/${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(isForm ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${text}`);
    return text === '' ? {} : JSON.parse(text);
  };
}

async function fill(desk: ConsoleWorld, call: Call): Promise<Examples> {
  const { world } = desk;
  const teachers = (given: string, count: number, changes: Record<string, unknown> = {}) =>
    Promise.all(Array.from({ length: count }, () => desk.teacher(oneName(given), changes)));
  const [good = '', corrected = '', revoked = ''] = await teachers('Айгуль', 3);
  const nowhere = await teachers('Бахыт', 3, NOWHERE);
  const doubtful = await desk.teacher('РђР№РіСѓР»СЊ РЎР°РїР°СЂРѕРІР°');
  const mailless = await desk.teacher(oneName('Гульнара'), { student: { email: 'gulnara at kz.example' } });
  const lazy = await desk.teacher(oneName('Данияр'), {
    progress: { lessonsCompleted: 1, lessonsTotal: 10, score: 40 },
  });
  await desk.judged([good, corrected, revoked], 'sent');
  await desk.judged(nowhere, 'held');
  await desk.judged([doubtful, mailless], 'held');
  await desk.judged([lazy], 'not-met');
  const certificateOf = async (id: string) => (await world.standing(id)).certificateId ?? '';

  await call('PATCH', `student-groups/${nowhere[0]}`, { email: 'second@kz.example', reason: 'Said on the telephone' });
  await call('PATCH', `student-groups/${corrected}`, {
    fullName: oneName('Айжан'),
    keepLatinName: true,
    reason: 'By her passport',
  });
  await call('POST', `certificates/${await certificateOf(corrected)}/reissue`, { reason: 'By her passport' });
  await call('PATCH', `student-groups/${good}`, {
    fullName: oneName('Айсулу'),
    keepLatinName: true,
    reason: 'Misspelt',
  });
  await call('POST', `certificates/${await certificateOf(revoked)}/revoke`, {
    class: 'name-wrong',
    reason: 'Typed by mistake',
  });
  const stuck = await desk.teacher(oneName('Ерлан'));
  await desk.judged([stuck], 'sent');
  const text = 'nobody can tell whether the letter was sent';
  const at = new Date();
  const subject = { studentGroupId: stuck, certificateId: await certificateOf(stuck) };
  await hold(world.base.db, { id: randomUUID(), ...subject, stage: 'send', code: 'outcome-unknown', detail: text }, at);
  await world.lms.control(`student-groups/${stuck}`, { status: 'completed' }, 'PATCH').catch(() => null);
  const drift = [0, 1, 2].map((days) => ({
    day: new Date(at.getTime() - days * 86_400_000),
    kind: 'not-reported',
    count: days + 1,
  }));
  await world.base.db('drift').insert(drift).onConflict().ignore();

  const { id: retried = '' } = await call('POST', 'acts/bulk', {
    verb: 'retry',
    reason: 'Once more',
    selection: { ids: [doubtful, mailless, 'sg_nobody'] },
  });
  const { id: waiting = '' } = await call('POST', 'acts/bulk', {
    verb: 'exclude',
    reason: 'Left the school',
    selection: { filter: { state: 'held', reason: 'country-unknown' } },
    dryRun: true,
  });
  const file = (rows: string) => {
    const form = new FormData();
    form.set('form', 'cis-registration');
    form.set('file', new Blob([`Email,Country,Colour\n${rows}`], { type: 'text/csv' }), 'registrations.csv');
    return form;
  };
  const { id: reviewed = '' } = await call(
    'POST',
    'imports',
    file('second@kz.example,Kazakhstan,red\nbroken.example,KZ,blue\nnobody@kz.example,Atlantis,'),
  );
  const { id: applied = '' } = await call('POST', 'imports', file(`${await emailOf(desk, nowhere[1])},Kazakhstan,`));
  await call('POST', `imports/${applied}/apply`, { reason: 'Registration form of 20 November' });
  const approvals = (await call('GET', 'approvals')) as unknown as { items: { subject: string; hash: string }[] };
  const approved = approvals.items.filter(({ subject: one }) => /^certificate|\/ru$/.test(one)).slice(0, 3);
  for (const one of approved) await call('POST', 'approvals', { subject: one.subject, hash: one.hash });

  const dry = await world.batch({ dryRun: true });
  await finished(desk, dry);
  await teachers('Жанна', ABOVE + 1);
  const { id: unconfirmed = '' } = await call('POST', 'batches', { releaseId: RELEASE, note: 'Autumn' });
  await until('the batch to wait for a second person', () =>
    world.base.db('batch').where({ id: unconfirmed }).whereNotNull('second_person_at').first('id'),
  );
  const foretold = await world.batch({ dryRun: true });
  await finished(desk, foretold);
  const paused = await world.batch({ ids: [lazy] });
  await call('POST', `batches/${paused}/pause`, { reason: 'Wait for the director' }).catch(() => null);
  await jobsDone(world, [good, corrected, revoked, ...nowhere, retried, applied]);
  const certificates = await Promise.all([good, corrected, revoked, stuck].map(certificateOf));
  const templates = approvals.items.map(({ subject: one }) => one.split('/'));
  const idsOf = (kind: string) => [...new Set(templates.filter(([first]) => first === kind).map(([, id = '']) => id))];
  return {
    'student-groups': [good, nowhere[2] ?? '', doubtful, mailless, lazy, revoked],
    certificates,
    batches: [foretold, unconfirmed, paused],
    bulk: [retried, waiting],
    held: ['country-unknown', 'name-doubtful', 'outcome-unknown', 'volume'],
    releases: [RELEASE],
    imports: [reviewed, applied],
    templates: idsOf('certificate').slice(0, 1),
    letters: idsOf('letter'),
    access: [randomUUID()],
  };
}

async function emailOf({ world }: ConsoleWorld, id: string | undefined): Promise<string> {
  const row = await world.base.db('student_group').where({ id }).first('email');
  return row?.email ?? '';
}

async function finished({ world }: ConsoleWorld, id: string): Promise<void> {
  await until('a dry run to finish', async () => {
    if (await world.base.db('batch').where({ id }).whereNull('pulled_at').first('id')) return null;
    return (
      (await world.base.db('batch_item').where({ batch_id: id }).whereNull('would_be').first('batch_id')) === undefined
    );
  });
}

/** Addresses of all declared routes: a route without an example fails, so that none is forgotten. */
function addressesOf(app: Express, method: 'get' | 'post', examples: Examples): ConsolePage[] {
  const stack = app.router.stack as unknown as { route?: { path: string; methods: Record<string, boolean> } }[];
  const declared = stack.flatMap(({ route }) => (route?.methods[method] === true ? [route.path] : []));
  const routes = declared.filter((path) => /^\/console(\/|$)/.test(path));
  assert.ok(routes.length > 20, 'the routes of the console are found');
  return routes.flatMap((route) => {
    const [, , section = ''] = route.split('/');
    const ids = /:(id|reason)/.test(route) ? examples[section] : [''];
    assert.ok(ids, `${route}: give an example of its id in test/browser/full-console.ts`);
    const paths = ids.map((id) => route.replace(/:(id|reason)/, encodeURIComponent(id)).replace(':language', 'ru'));
    const [first = ''] = paths;
    return [...paths, ...(VARIANTS[route] ?? []).map((query) => `${first}${query}`)].map((path) => ({ route, path }));
  });
}

/** Only the addresses that answer with a page; a route that leads on, streams or sends a file is asked once. */
async function pagesAmong(url: string, token: string, addresses: readonly ConsolePage[]): Promise<ConsolePage[]> {
  const signIn = { method: 'POST', redirect: 'manual', body: new URLSearchParams({ token }) } as const;
  const [cookie = ''] = ((await fetch(`${url}/console/session`, signIn)).headers.get('set-cookie') ?? '').split(';');
  const others = new Set<string>();
  const pages: ConsolePage[] = [];
  for (const address of addresses) {
    if (others.has(address.route)) continue;
    const { status, headers, body } = await fetch(`${url}${address.path}`, { headers: { cookie }, redirect: 'manual' });
    await body?.cancel();
    const isPage =
      /html/.test(headers.get('content-type') ?? '') && !/sandbox/.test(headers.get('content-security-policy') ?? '');
    assert.ok(status < 500, `${address.path}: ${status}`);
    if (isPage) pages.push(address);
    else others.add(address.route);
  }
  return pages;
}
