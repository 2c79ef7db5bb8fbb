import { z } from 'zod';
import { message } from '../domain/messages/message.ts';
import { problemAnswer } from '../platform/http/answers.ts';
import { jsonRoute } from '../platform/http/api-route.ts';
import type { Route } from '../platform/http/declare-route.ts';
import { Problem } from '../platform/http/problem.ts';
import { cursorOf, Limit, pageOf, plainText, toPage } from '../platform/http/validate.ts';
import { dismissFlag, FLAG_KINDS, selectFlag, selectOpenFlags } from '../records/student-groups/flags.ts';
import { type ExceptionRow, selectExceptions } from '../records/student-groups/overrides.ts';
import { recordAct } from '../records/tokens.ts';
import type { OverrideContext } from './override-student-group.ts';
import { FlagAnswer, Instant, SAMPLE, Why } from './shared-schemas.ts';
import type { FlagView } from './student-group-schema.ts';
import { viewFlag } from './student-group-view.ts';

type FlagContext = Pick<OverrideContext, 'db' | 'clock' | 'newId'>;

const Uuid = z.uuid();
const ExceptionKind = z.enum(['allow', 'deny'], message('input.one-of', { known: 'allow, deny' }));
/** Kind and student group of the last entry. */
const ExceptionKey = plainText(260).refine((key) => /^(allow|deny)\/./.test(key));
const ExceptionAnswer = z
  .object({
    studentGroupId: z.string(),
    releaseId: z.string().nullable(),
    kind: ExceptionKind.describe('`allow`: some criteria are waived for the student; `deny`: the student is excluded.'),
    allow: z.array(z.string()).describe('Names of the waived criteria; empty on the deny list.'),
    actor: z.string(),
    reason: z.string(),
    at: Instant,
  })
  .meta({ id: 'Exception', description: 'A student group on the allow list or on the deny list.' });

const FLAG_EXAMPLE: FlagView = {
  id: SAMPLE.flag,
  studentGroupId: SAMPLE.studentGroup,
  certificateId: SAMPLE.certificate,
  kind: 'criteria-no-longer-met',
  detail: 'progress.score is 55, at least 60 is needed',
  raisedAt: '2026-11-21T09:00:00.000Z',
  endedAt: null,
};

/** Routes of the allow list, the deny list, and the flags. */
export function exceptionRoutes(ctx: FlagContext): Route[] {
  return [exceptionsRoute(ctx), flagsRoute(ctx), dismissRoute(ctx)];
}

function exceptionsRoute(ctx: FlagContext): Route {
  return jsonRoute({
    method: 'GET',
    path: '/api/exceptions',
    name: 'listExceptions',
    tag: 'Exceptions and flags',
    summary: 'List the allow list and the deny list',
    role: 'viewer',
    query: z.strictObject({
      limit: Limit,
      cursor: cursorOf(ExceptionKey),
      kind: ExceptionKind.optional().describe('Show only this list.'),
    }),
    answer: {
      description: 'One page of the lists: first the allow list, then the deny list, each sorted by student group.',
      schema: pageOf(ExceptionAnswer),
      example: {
        items: [
          {
            studentGroupId: SAMPLE.studentGroup,
            releaseId: SAMPLE.release,
            kind: 'allow',
            allow: ['progress.lessonsShare'],
            actor: 'desk (00000001)',
            reason: 'Lessons of the first week were not counted.',
            at: '2026-11-20T10:00:00.000Z',
          },
        ],
        nextCursor: null,
      },
    },
    handle: async ({ query: { limit, cursor, kind } }) => {
      const rows = await selectExceptions(ctx.db, { kind: kind ?? null, after: readKey(cursor), limit: limit + 1 });
      const toItem = ({ at, ...row }: ExceptionRow) => ({ ...row, at: at.toISOString() });
      return toPage(rows, limit, (row) => `${row.kind}/${row.studentGroupId}`, toItem);
    },
  });
}

function readKey(cursor: string | null): { kind: 'allow' | 'deny'; studentGroupId: string } | null {
  if (cursor === null) return null;
  const slash = cursor.indexOf('/');
  return { kind: ExceptionKind.parse(cursor.slice(0, slash)), studentGroupId: cursor.slice(slash + 1) };
}

function flagsRoute(ctx: FlagContext): Route {
  return jsonRoute({
    method: 'GET',
    path: '/api/flags',
    name: 'listFlags',
    tag: 'Exceptions and flags',
    summary: 'List open flags',
    description:
      'Flags mark findings that a person should check, although they stop nothing. The newest flag is first.',
    role: 'viewer',
    query: z.strictObject({
      limit: Limit,
      cursor: cursorOf(Uuid),
      kind: z
        .enum(FLAG_KINDS, message('input.one-of', { known: FLAG_KINDS.join(', ') }))
        .optional()
        .describe('Show only flags of this kind.'),
    }),
    answer: {
      description: 'One page of flags.',
      schema: pageOf(FlagAnswer),
      example: { items: [FLAG_EXAMPLE], nextCursor: null },
    },
    handle: async ({ query: { limit, cursor, kind } }) => {
      const rows = await selectOpenFlags(ctx.db, { kind: kind ?? null, after: cursor, limit: limit + 1 });
      return toPage(rows, limit, (row) => row.id, viewFlag);
    },
  });
}

function dismissRoute(ctx: FlagContext): Route {
  return jsonRoute({
    method: 'POST',
    path: '/api/flags/:id/dismiss',
    name: 'dismissFlag',
    tag: 'Exceptions and flags',
    summary: 'Dismiss a flag',
    description: 'The flag is raised again only for a different finding.',
    role: 'coordinator',
    subject: {
      params: z.object({ id: Uuid.describe('Id of the flag.').meta({ example: SAMPLE.flag }) }),
      find: ({ id }) => selectFlag(ctx.db, id),
      missing: message('unknown.flag'),
    },
    body: { schema: z.strictObject({ reason: Why }), example: { reason: 'Checked with the teacher.' } },
    answer: {
      description: 'The flag after the request.',
      schema: FlagAnswer,
      example: { ...FLAG_EXAMPLE, endedAt: '2026-11-21T10:00:00.000Z' },
    },
    problems: { 409: problemAnswer(409, message('state.flag-ended'), message('state.flag-ended')) },
    handle: ({ subject, body: { reason }, actor }) => dismissByPerson(ctx, subject.id, { actor, reason }),
  });
}

/**
 * A coordinator dismisses a flag.
 * @throws Problem 409 when it has already ended
 */
export async function dismissByPerson(
  ctx: FlagContext,
  id: string,
  by: { actor: string; reason: string },
): Promise<FlagView> {
  return ctx.db.transaction(async (trx) => {
    const flag = await selectFlag(trx, id);
    if (flag === null) throw new Problem(404, message('unknown.flag'));
    const at = ctx.clock.now();
    const actId = ctx.newId();
    const detail = { flagId: id, kind: flag.kind };
    await recordAct(trx, { id: actId, ...by, verb: 'flag.dismiss', subject: flag.studentGroupId, detail }, at);
    if (!(await dismissFlag(trx, id, actId, at))) throw new Problem(409, message('state.flag-ended'));
    return viewFlag({ ...flag, endedAt: at });
  });
}
