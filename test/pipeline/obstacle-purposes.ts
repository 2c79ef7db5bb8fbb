import { randomUUID } from 'node:crypto';
import { overrideStudentGroup } from '../../src/coordinate/override-student-group.ts';
import { reissueCertificate } from '../../src/coordinate/reissue-certificate.ts';
import { reinstateCertificate, revokeCertificate } from '../../src/coordinate/validity-verbs.ts';
import type { Purpose } from '../../src/domain/obstacle/obstacle.ts';
import { openNewLetter } from '../../src/lifecycle/new-letter.ts';
import { makeReissue } from '../../src/pipeline/evaluate/reissue.ts';
import { makePatch } from '../../src/pipeline/patch/patch.ts';
import { makeRender } from '../../src/pipeline/render/render.ts';
import type { PipelineContext } from '../../src/pipeline/run-stages.ts';
import { Problem } from '../../src/platform/http/problem.ts';
import type { Certificate } from '../../src/records/certificates/certificates.ts';
import { insertReissue } from '../../src/records/certificates/reissues.ts';
import { recordReinstated, recordRevoked } from '../../src/records/certificates/validity-acts.ts';
import { lockVersion } from '../../src/records/letters/letters-by-person.ts';
import { claimForSending } from '../../src/records/letters/send-attempts.ts';
import { selectIssuedReportsDue } from '../../src/records/lms/issued-reports.ts';
import { recordPatched } from '../../src/records/lms/lms-reports.ts';
import type { Db } from '../../src/records/rows.ts';
import { selectGroup } from '../../src/records/student-groups/student-groups.ts';
import { draw } from '../support/award.ts';
import { act, letter } from './obstacle-setups.ts';

/** A context whose statements are all part of one transaction, which is rolled back afterwards. */
export type CellContext = PipelineContext & { requests: number };

interface Way {
  /** Brings an awarded certificate to the step at which the purpose comes next. */
  prepare(trx: Db, certificate: Certificate): Promise<unknown>;
  /** Tries the purpose with the product's statement or handler; true when the purpose was stopped. */
  isStopped(ctx: CellContext, certificate: Certificate): Promise<boolean>;
}

const BY = { actor: 'tester', reason: 'fictional' };

const toldOf = (trx: Db, { id, studentGroupId }: Certificate) =>
  recordPatched(trx, { certificateId: id, studentGroupId, etag: null, readAt: null }, new Date());
async function sentOf(trx: Db, certificate: Certificate): Promise<void> {
  await draw(trx, certificate.id);
  await letter(trx, certificate, { state: 'sent', recipient: certificate.recipient ?? '', purpose: 'first' });
}
async function revokedOf(trx: Db, certificate: Certificate): Promise<void> {
  await sentOf(trx, certificate);
  const by = { id: randomUUID(), certificateId: certificate.id, version: 1, ...BY };
  await recordRevoked(trx, { ...by, reasonClass: 'other' }, new Date());
}

const refuses = (asked: Promise<unknown>): Promise<boolean> =>
  asked.then(
    () => false,
    (error: unknown) => {
      if (error instanceof Problem && error.status === 409) return true;
      throw error;
    },
  );

const newest = async (db: Db, { id }: Certificate): Promise<number> =>
  (await db('certificate_version').where({ certificate_id: id }).max('version as version').first())?.['version'];

const verbs = (ctx: CellContext) => ({ ...ctx, countries: ctx.rulebook.countries });

export const WAYS: Record<Purpose, Way> = {
  patch: {
    prepare: async () => undefined,
    async isStopped(ctx, { id }) {
      await makePatch(ctx)({ id });
      return ctx.requests === 0;
    },
  },
  render: {
    prepare: toldOf,
    async isStopped(ctx, certificate) {
      await makeRender(ctx)({ id: certificate.id });
      const version = await newest(ctx.db, certificate);
      return !(await ctx.db('diploma').where({ certificate_id: certificate.id, version }).first());
    },
  },
  'keep-diploma': {
    prepare: toldOf,
    isStopped: async (ctx, certificate) =>
      !(await lockVersion(ctx.db, certificate.id, await newest(ctx.db, certificate))),
  },
  send: {
    async prepare(trx, certificate) {
      await draw(trx, certificate.id);
      await letter(trx, certificate, { state: 'waiting', recipient: certificate.recipient ?? '', purpose: 'first' });
    },
    async isStopped(ctx, { id: certificateId }) {
      const { id, recipient } = await ctx.db('personal_issue').where({ certificate_id: certificateId }).first();
      const attempt = { id, claim: randomUUID(), requestId: randomUUID(), recipient, mostUnknown: 9, probe: null };
      const deadline = new Date(Date.now() + 60_000);
      return (await claimForSending(ctx.db, { ...attempt, deadline }, new Date())) === 'no';
    },
  },
  'new-letter': {
    prepare: sentOf,
    async isStopped(ctx, { id }) {
      return !(await openNewLetter(verbs(ctx), ctx.db, id, { actor: 'tester', batchId: null })).ok;
    },
  },
  'ask-version': {
    prepare: sentOf,
    isStopped: (ctx, certificate) => refuses(reissueCertificate(verbs(ctx), certificate, BY)),
  },
  'new-version': {
    async prepare(trx, certificate) {
      await revokedOf(trx, certificate);
      const id = await act(trx, certificate.id);
      await recordReinstated(trx, { id, certificateId: certificate.id, version: 1, ...BY }, new Date());
      await insertReissue(trx, { id, certificateId: certificate.id, kind: 'reinstate' }, new Date());
    },
    async isStopped(ctx, { id: certificateId }) {
      const { id } = await ctx.db('reissue').where({ certificate_id: certificateId }).first('id');
      await makeReissue(ctx)({ id });
      return (await ctx.db('reissue').where({ id }).first('version')).version === null;
    },
  },
  reinstate: {
    prepare: revokedOf,
    isStopped: (ctx, certificate) => refuses(reinstateCertificate(verbs(ctx), certificate, BY)),
  },
  revoke: {
    prepare: sentOf,
    isStopped: (ctx, certificate) => refuses(revokeCertificate(verbs(ctx), certificate, { ...BY, class: 'other' })),
  },
  'report-issued': {
    prepare: sentOf,
    async isStopped(ctx, { id }) {
      const due = await selectIssuedReportsDue(ctx.db, { sentSince: new Date(0), now: new Date() }, 1000);
      return !due.some(({ certificateId }) => certificateId === id);
    },
  },
  allow: {
    prepare: async () => undefined,
    async isStopped(ctx, { studentGroupId }) {
      const group = await selectGroup(ctx.db, studentGroupId);
      if (!group) throw new Error('the student group is not known');
      const overriding = { ...ctx, templates: () => [], criteria: ctx.rulebook.criteria, mailInstructions: [] };
      const request = { allow: ['progress.score'], reason: 'fictional' };
      return refuses(overrideStudentGroup(overriding, group, request, 'tester'));
    },
  },
};
