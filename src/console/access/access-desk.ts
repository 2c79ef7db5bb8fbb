import { randomBytes } from 'node:crypto';
import { invitePerson, withdrawInvitation } from '../../coordinate/people-verbs.ts';
import { type TokenView, viewToken } from '../../coordinate/token-routes.ts';
import { createToken, expiryOf, listTokens, revokeTokenByName } from '../../coordinate/token-verbs.ts';
import { InputError } from '../../domain/failure.ts';
import { message } from '../../domain/messages/message.ts';
import { ROLES } from '../../domain/role.ts';
import { type Html, html } from '../../platform/http/html.ts';
import { Problem } from '../../platform/http/problem.ts';
import { type ConsoleSession, selectSessionsOfOwner } from '../../records/console-sessions.ts';
import type { DeskContext, DeskPart } from '../desk-context.ts';
import { type DeskInput, fieldOf, isDone } from '../desk-route.ts';
import type { DeskView } from '../frame/desk-frame.ts';
import { FRAME_WORDS } from '../frame/frame-words.ts';
import { dataTable, foldedForm, form, moment, note, tag } from '../frame/parts.ts';
import { ACCESS_WORDS } from './access-words.ts';
import { peopleSheet } from './people-sheet.ts';

/** Tokens (administrators only), and the sessions of the person. */
export function accessPages(ctx: DeskContext): DeskPart {
  const show = (input: DeskInput) => showAccess(ctx, input, null);
  return {
    pages: [{ path: '/console/access', show }],
    acts: [
      {
        path: '/console/access/tokens',
        admin: true,
        page: show,
        act: async (input) => {
          const { fields, visitor } = input;
          const expiresAt = readExpiry(ctx, fieldOf(fields, 'expires'));
          const wanted = { name: fieldOf(fields, 'name') ?? '', role: fieldOf(fields, 'role') ?? '', expiresAt };
          const by = { ...ctx, random: randomBytes, actor: visitor.actor };
          const { token } = await createToken(by, wanted).catch(refuseInput);
          return showAccess(ctx, input, token);
        },
      },
      {
        path: '/console/access/tokens/:id/revoke',
        admin: true,
        page: show,
        act: async ({ params, visitor }) => {
          await revokeTokenByName({ ...ctx, actor: visitor.actor }, params['id'] ?? '').catch(refuseInput);
          return '/console/access?done=1';
        },
      },
      {
        path: '/console/access/people',
        admin: true,
        page: show,
        act: async ({ fields, visitor }) => {
          const wanted = { email: fieldOf(fields, 'email') ?? '', role: fieldOf(fields, 'role') ?? '' };
          await invitePerson({ ...ctx, actor: visitor.actor }, wanted);
          return '/console/access?done=1';
        },
      },
      {
        path: '/console/access/people/:id/end',
        admin: true,
        page: show,
        act: async ({ params, visitor }) => {
          await withdrawInvitation({ ...ctx, actor: visitor.actor }, params['id'] ?? '');
          return '/console/access?done=1';
        },
      },
    ],
  };
}

function readExpiry({ zone, clock }: DeskContext, day: string | undefined): Date | null {
  if (day === undefined) return null;
  const at = expiryOf(day, zone, clock.now());
  if (at !== null) return at;
  const errors = [{ pointer: '/expires', detail: message('console.expires') }];
  throw new Problem(400, message('http.form'), { errors });
}

function refuseInput(error: unknown): never {
  if (error instanceof InputError) throw new Problem(400, error.message);
  throw error;
}

async function showAccess(ctx: DeskContext, input: DeskInput, fresh: string | null): Promise<DeskView> {
  const words = ACCESS_WORDS[input.language];
  const { session } = input.visitor;
  const isAdmin = session.role === 'admin';
  const sessions = await selectSessionsOfOwner(ctx.db, session, ctx.clock.now());
  const own = dataTable(input, {
    caption: words.sessions,
    rows: sessions,
    columns: [
      { head: words.begun, cell: (one: ConsoleSession) => moment(input, one.createdAt) },
      { head: words.seen, cell: (one: ConsoleSession) => moment(input, one.seenAt) },
      { head: words.state, cell: (one: ConsoleSession) => (one.id === session.id ? tag('good', words.this) : '') },
    ],
  });
  const signOutAll = form(input, {
    action: '/console/session/end-all',
    submit: FRAME_WORDS[input.language].signOutAll,
    fields: [],
    tone: 'quiet',
  });
  const content = html`<h1>${words.title}</h1><p class="lead">${words.lead}</p>${isDone(input) && note('good', FRAME_WORDS[input.language].done)}
${fresh !== null && html`<div class="note good" role="status"><p>${words.fresh}</p><p class="mono">${fresh}</p><button type="button" class="quiet" data-copy="${fresh}" data-copied="${FRAME_WORDS[input.language].copied}" hidden>${FRAME_WORDS[input.language].copy}</button></div>`}
<div class="split"><div>${isAdmin ? await tokensSheet(ctx, input) : note('none', words.adminOnly)}${isAdmin && ctx.openId !== null && (await peopleSheet(ctx, input))}</div><div>${isAdmin && creation(input)}<section class="card"><h2>${words.sessions}</h2>${own}${signOutAll}</section></div></div>`;
  return { title: words.title, content, menu: 'access' };
}

async function tokensSheet(ctx: DeskContext, input: DeskInput): Promise<Html> {
  const words = ACCESS_WORDS[input.language];
  const revocation = ({ id }: TokenView) =>
    foldedForm(input, words.revoke, {
      action: `/console/access/tokens/${id}/revoke`,
      submit: words.revoke,
      fields: [],
      tone: 'danger',
    });
  const columns = [
    { head: words.name, cell: (one: TokenView) => html`<bdi>${one.name}</bdi>` },
    { head: words.role, cell: (one: TokenView) => one.role },
    { head: words.created, cell: (one: TokenView) => moment(input, one.createdAt) },
    {
      head: words.used,
      cell: (one: TokenView) => (one.lastUsedAt === null ? words.never : moment(input, one.lastUsedAt)),
    },
    { head: words.expires, cell: (one: TokenView) => moment(input, one.expiresAt) },
    {
      head: words.state,
      cell: (one: TokenView) =>
        one.state === 'revoked'
          ? html`${tag('none', words.revoked)} ${moment(input, one.revokedAt)}`
          : html`${one.state === 'active' ? tag('good', words.active) : tag('warn', words.expired)}${revocation(one)}`,
    },
  ];
  const now = ctx.clock.now();
  const rows = (await listTokens(ctx.db)).map((token) => viewToken(token, now));
  return html`<section class="card"><h2>${words.tokens}</h2>${dataTable(input, { caption: words.tokens, columns, rows })}</section>`;
}

function creation(input: DeskInput): Html {
  const words = ACCESS_WORDS[input.language];
  const roles = ROLES.map((role) => [role, words[role]] as const);
  return html`<section class="card"><h2>${words.create}</h2><p class="soft small">${words.createText}</p>${form(input, {
    action: '/console/access/tokens',
    submit: words.create,
    fields: [
      { name: 'name', label: words.name, hint: words.nameHint, required: true },
      { name: 'role', label: words.role, options: roles, value: 'coordinator' },
      { name: 'expires', label: words.expiresOn, hint: words.expiresHint, kind: 'date' },
    ],
  })}</section>`;
}
