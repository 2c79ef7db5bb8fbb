import { z } from 'zod';
import { message } from '../domain/messages/message.ts';
import { problemAnswer } from '../platform/http/answers.ts';
import { jsonRoute } from '../platform/http/api-route.ts';
import type { Route } from '../platform/http/declare-route.ts';
import { pageOf, plainText } from '../platform/http/validate.ts';
import { selectGroupsNamed } from '../records/student-groups/named-groups.ts';
import { selectGroup } from '../records/student-groups/student-groups.ts';
import type { DecisionViewContext } from './decision-view.ts';
import { OverrideRequest } from './override-request.ts';
import { findOrPull, type OverrideContext, overrideStudentGroup } from './override-student-group.ts';
import { retryStudentGroup } from './retry-student-group.ts';
import { SAMPLE, Why } from './shared-schemas.ts';
import {
  listStudentGroups,
  STUDENT_GROUP_ITEM_EXAMPLE,
  StudentGroupItem,
  StudentGroupList,
} from './student-group-list.ts';
import { STUDENT_GROUP_EXAMPLE, StudentGroupView } from './student-group-schema.ts';
import { viewStudentGroup } from './student-group-view.ts';
import { LMS_UNAVAILABLE } from './verb-routes.ts';

export type StudentGroupContext = OverrideContext & DecisionViewContext;

const named = {
  params: z.object({
    id: plainText(250)
      .describe('Id of the student group in the LMS, or id or number of its certificate.')
      .meta({ example: SAMPLE.studentGroup }),
  }),
  missing: message('unknown.student-group'),
};

/** The id of a student group, given its own id, or its certificate's id or number; unknown text is returned unchanged. */
async function groupNamed({ db }: Pick<OverrideContext, 'db'>, name: string): Promise<string> {
  return (await selectGroupsNamed(db, name, null))[0] ?? name;
}

/** Routes of single student groups. */
export function studentGroupRoutes(ctx: StudentGroupContext): Route[] {
  return [
    jsonRoute({
      method: 'GET',
      path: '/api/student-groups',
      name: 'listStudentGroups',
      tag: 'Student groups',
      summary: 'Find student groups',
      description:
        'With a certificate or without one. Newest release id first; in a release by state, reason, country and template, then by id. By words of a name that many share they come in the order of the matching words, then of ids, and a page may have fewer items than `limit`, even none, and still a `nextCursor`: only null means the end.',
      role: 'viewer',
      query: StudentGroupList,
      answer: {
        description: 'One page of what was found.',
        schema: pageOf(StudentGroupItem),
        example: { items: [STUDENT_GROUP_ITEM_EXAMPLE], nextCursor: null },
      },
      handle: ({ query }) => listStudentGroups(ctx.db, query),
    }),
    jsonRoute({
      method: 'GET',
      path: '/api/student-groups/:id',
      name: 'getStudentGroup',
      tag: 'Student groups',
      summary: 'Show a student group',
      description:
        'Explains why a student has no certificate: the newest LMS data, the country, the decision with every criterion, and the certificate.',
      role: 'viewer',
      subject: { ...named, find: async ({ id }) => viewStudentGroup(ctx, await groupNamed(ctx, id)) },
      answer: {
        description: 'The current state of the student group.',
        schema: StudentGroupView,
        example: STUDENT_GROUP_EXAMPLE,
      },
      handle: ({ subject }) => subject,
    }),
    jsonRoute({
      method: 'PATCH',
      path: '/api/student-groups/:id',
      name: 'overrideStudentGroup',
      tag: 'Student groups',
      summary: 'Override data of the LMS',
      description:
        'Fields that are missing in the request do not change. Null, false and an empty list withdraw an override. The student group is evaluated again. If a certificate already exists, it is only marked `needsReissue`. A student group that Gramota does not know yet is read from the LMS.',
      role: 'coordinator',
      subject: { ...named, find: async ({ id }) => findOrPull(ctx, await groupNamed(ctx, id)) },
      body: {
        schema: OverrideRequest,
        example: { country: 'KZ', reason: 'The teacher confirmed it by e-mail.' },
      },
      answer: {
        description: 'The student group after the request; `judging` is true until it has been evaluated again.',
        schema: StudentGroupView,
        example: { ...STUDENT_GROUP_EXAMPLE, judging: true },
      },
      problems: {
        409: problemAnswer(
          409,
          'The override is not allowed in the current state; `detail` says why.',
          'The student group is excluded; withdraw the exclusion first, or in the same request ("excluded": false).',
        ),
        503: LMS_UNAVAILABLE,
      },
      handle: async ({ subject, body, actor }) => {
        await overrideStudentGroup(ctx, subject, body, actor);
        const view = await viewStudentGroup(ctx, subject.id);
        if (view === null) throw new Error('a student group is never deleted');
        return view;
      },
    }),
    jsonRoute({
      method: 'POST',
      path: '/api/student-groups/:id/retry',
      name: 'retryStudentGroup',
      tag: 'Student groups',
      summary: 'Pull and judge a student group again',
      description:
        'What `retry` of a batch does, for one student group that is held, refused or bounced: its newest batch pulls and judges it again, and a refused or returned letter is followed by a new one.',
      role: 'coordinator',
      subject: { ...named, find: async ({ id }) => selectGroup(ctx.db, await groupNamed(ctx, id)) },
      body: { schema: z.strictObject({ reason: Why }), example: { reason: 'The address was corrected in the LMS.' } },
      answer: {
        status: 202,
        description: 'The batch that pulls and judges it again.',
        schema: z.object({ batchId: z.uuid().describe('Id of that batch.') }),
        example: { batchId: SAMPLE.batch },
      },
      problems: {
        409: problemAnswer(
          409,
          'It cannot be retried; `detail` says why.',
          message('state.no-retry', { state: 'delivered' }),
        ),
      },
      handle: ({ subject, body: { reason }, actor }) => retryStudentGroup(ctx, subject.id, { actor, reason }),
    }),
  ];
}
