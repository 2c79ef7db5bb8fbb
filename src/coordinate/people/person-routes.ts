import { z } from 'zod';
import { ERASURE_GROUNDS } from '../../domain/erasure-ground.ts';
import { message } from '../../domain/messages/message.ts';
import { problemAnswer } from '../../platform/http/answers.ts';
import { jsonRoute } from '../../platform/http/api-route.ts';
import type { Route } from '../../platform/http/declare-route.ts';
import { plainText } from '../../platform/http/validate.ts';
import { type Erasure, ErasureScope, selectErasure } from '../../records/privacy/erasures.ts';
import { Instant, SAMPLE } from '../shared-schemas.ts';
import { askErasure, confirmErasure, type PersonContext, readmitPerson } from './person-erasure.ts';
import { exportPerson } from './person-export.ts';

const TAG = 'Personal data';
const StudentId = plainText(200).describe('Id of the student in the LMS. It is in the body, so that no log has it.');
const Ground = z.enum(ERASURE_GROUNDS).describe('Why the data are erased.');
const OfStudent = z.strictObject({ studentId: StudentId });

export const ErasureView = z
  .object({
    id: z.uuid(),
    state: z
      .enum(['asked', 'erased', 'finished'])
      .describe('`asked`: nothing is erased yet. `erased`: files are still to be deleted; Gramota goes on by itself.'),
    ground: Ground,
    shown: ErasureScope.describe('What is erased, by id and number.'),
    askedBy: z.string().describe('Who took the first step.'),
    askedAt: Instant.describe('Time of the first step.'),
    confirmedBy: z.string().nullable().describe('Who took the second step; null before.'),
    confirmedAt: Instant.nullable().describe('Time of the second step; null before.'),
    receipt: z
      .record(z.string(), z.number())
      .nullable()
      .describe('Number of rows emptied or deleted, by table; null before.'),
    filesLeft: z.int().describe('Number of files that are still to be deleted.'),
    finishedAt: Instant.nullable().describe('Time when the last file was deleted; null before.'),
  })
  .meta({
    id: 'Erasure',
    description: 'An erasure of the personal data of a student. It holds no personal data itself.',
  });
export type ErasureView = z.infer<typeof ErasureView>;

export function viewErasure(erasure: Erasure): ErasureView {
  const { id, shown, askedBy, confirmedBy, receipt, files } = erasure;
  const state = receipt === null ? 'asked' : erasure.finishedAt === null ? 'erased' : 'finished';
  const times = {
    askedAt: erasure.askedAt.toISOString(),
    confirmedAt: erasure.confirmedAt?.toISOString() ?? null,
    finishedAt: erasure.finishedAt?.toISOString() ?? null,
  };
  const ground = z.enum(ERASURE_GROUNDS).parse(erasure.ground);
  return { id, state, ground, shown, askedBy, confirmedBy, receipt, filesLeft: files.length, ...times };
}

const ASKED: ErasureView = {
  id: SAMPLE.act,
  state: 'asked',
  ground: 'person-asked',
  shown: {
    studentGroups: [SAMPLE.studentGroup],
    sharedStudentGroups: [],
    certificates: [{ id: SAMPLE.certificate, number: SAMPLE.number, versions: 1, letters: 1, unsent: false }],
    overrides: 0,
    importRows: 0,
    files: 3,
  },
  askedBy: 'desk (00000001)',
  askedAt: '2026-11-20T10:00:00.000Z',
  confirmedBy: null,
  confirmedAt: null,
  receipt: null,
  filesLeft: 0,
  finishedAt: null,
};
const FINISHED: ErasureView = {
  ...ASKED,
  state: 'finished',
  confirmedBy: 'desk (00000001)',
  confirmedAt: '2026-11-20T10:01:00.000Z',
  receipt: { student_group: 1, decision: 2, certificate_version: 1, personal_issue: 1, certificate: 1 },
  finishedAt: '2026-11-20T10:01:01.000Z',
};
const UNKNOWN = problemAnswer(404, 'Nothing is stored of this student.', message('unknown.student'));
const UNKNOWN_ERASURE = problemAnswer(404, 'There is no such erasure.', message('unknown.erasure'));
const ID = z.object({ id: z.uuid().describe('Id of the erasure.').meta({ example: SAMPLE.act }) });

/** Export and erasure of a person's data; for administrators. */
export function personRoutes(ctx: PersonContext): Route[] {
  const erasure = {
    params: ID,
    find: ({ id }: z.output<typeof ID>) => selectErasure(ctx.db, id),
    missing: message('unknown.erasure'),
  };
  return [
    jsonRoute({
      method: 'POST',
      path: '/api/people/export',
      name: 'exportPerson',
      tag: TAG,
      summary: 'Export the personal data of a student',
      description:
        'Every row that is stored of the student, by table; `docs/privacy.md` describes the columns. Who exported is recorded.',
      role: 'admin',
      body: { schema: OfStudent, example: { studentId: SAMPLE.student } },
      answer: {
        description: 'All stored data of the student.',
        schema: z
          .object({
            studentId: z.string(),
            exportedAt: Instant,
            rows: z.record(z.string(), z.array(z.unknown())).describe('Rows by table.'),
          })
          .meta({ id: 'PersonExport', description: 'All stored data of one student.' }),
        example: {
          studentId: SAMPLE.student,
          exportedAt: '2026-11-20T10:00:00.000Z',
          rows: { student_group: [{ id: SAMPLE.studentGroup, email: 'assel@example.kz' }] },
        },
      },
      problems: { 404: UNKNOWN },
      handle: ({ body, actor }) => exportPerson(ctx, body.studentId, actor),
    }),
    jsonRoute({
      method: 'POST',
      path: '/api/people/erasures',
      name: 'askErasure',
      tag: TAG,
      summary: 'Show what an erasure would erase',
      description: 'First of two steps: nothing is erased. Read `shown`, then confirm.',
      role: 'admin',
      body: {
        schema: z.strictObject({ studentId: StudentId, ground: Ground }),
        example: { studentId: SAMPLE.student, ground: 'person-asked' },
      },
      answer: { description: 'What would be erased.', schema: ErasureView, example: ASKED },
      problems: { 404: UNKNOWN },
      handle: async ({ body, actor }) => viewErasure(await askErasure(ctx, body, actor)),
    }),
    jsonRoute({
      method: 'POST',
      path: '/api/people/erasures/:id/confirm',
      name: 'confirmErasure',
      tag: TAG,
      summary: 'Erase the personal data of a student',
      description:
        'Second step: erases exactly what the first step showed. It cannot be undone. A repeat gives the same receipt. An erased certificate keeps its number, code and issue date; its public page says that the data were erased.',
      role: 'admin',
      subject: erasure,
      body: { schema: OfStudent, example: { studentId: SAMPLE.student } },
      answer: { description: 'The receipt.', schema: ErasureView, example: FINISHED },
      problems: {
        404: UNKNOWN_ERASURE,
        409: problemAnswer(
          409,
          'Something else would be erased by now than was shown, or a letter is just being sent.',
          message('state.other-than-shown'),
        ),
      },
      handle: async ({ subject, body, actor }) =>
        viewErasure(await confirmErasure(ctx, { id: subject.id, studentId: body.studentId }, actor)),
    }),
    jsonRoute({
      method: 'GET',
      path: '/api/people/erasures/:id',
      name: 'getErasure',
      tag: TAG,
      summary: 'Show an erasure with its receipt',
      role: 'admin',
      subject: erasure,
      answer: { description: 'The erasure.', schema: ErasureView, example: FINISHED },
      handle: ({ subject }) => viewErasure(subject),
    }),
    jsonRoute({
      method: 'POST',
      path: '/api/people/readmissions',
      name: 'readmitPerson',
      tag: TAG,
      summary: 'Store the data of an erased student again',
      description:
        'For a person who takes part anew: from now on what the LMS says of student groups that are new to Gramota is stored. What was erased stays erased.',
      role: 'admin',
      body: { schema: OfStudent, example: { studentId: SAMPLE.student } },
      answer: {
        description: 'The student is stored again.',
        schema: z.object({ readmitted: z.literal(true) }),
        example: { readmitted: true as const },
      },
      problems: { 404: problemAnswer(404, 'This student is not erased.', message('unknown.erased')) },
      handle: async ({ body, actor }) => {
        await readmitPerson(ctx, body.studentId, actor);
        return { readmitted: true as const };
      },
    }),
  ];
}
