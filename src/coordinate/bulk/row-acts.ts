import { z } from 'zod';
import type { BulkVerb } from '../../domain/bulk-verb.ts';
import { REVOCATION_CLASSES } from '../../domain/certificate/revocation.ts';
import { message } from '../../domain/messages/message.ts';
import { Problem } from '../../platform/http/problem.ts';
import type { BulkAct } from '../../records/bulk/bulk-acts.ts';
import type { OpenRow } from '../../records/bulk/bulk-rows.ts';
import type { Certificate } from '../../records/certificates/certificates.ts';
import type { Db } from '../../records/rows.ts';
import { selectFlag } from '../../records/student-groups/flags.ts';
import { selectState } from '../../records/student-groups/standing.ts';
import { type StoredGroup, selectGroup } from '../../records/student-groups/student-groups.ts';
import { openResend, prepareResend } from '../certificate-verbs.ts';
import { dismissByPerson } from '../exception-routes.ts';
import { findCertificate } from '../find-certificate.ts';
import { OverrideRequest } from '../override-request.ts';
import { findOrPull, type OverrideContext, overrideStudentGroup } from '../override-student-group.ts';
import { askReissue, prepareReissue } from '../reissue-certificate.ts';
import { retryStudentGroup } from '../retry-student-group.ts';
import { reinstateCertificate, revokeCertificate, type ValidityVerbContext } from '../validity-verbs.ts';

export type BulkActContext = OverrideContext & ValidityVerbContext;

/** A row's subject, and how the verb acts on it. */
export interface Work {
  /** Ids whose acts are shown where the row is refused. */
  subjects: string[];
  /** Pulls from the LMS what the act needs, outside of transactions. Not done in dry runs. */
  prepare: (ctx: BulkActContext) => Promise<void>;
  /** The single act, in the transaction of the row. */
  act: (ctx: BulkActContext) => Promise<unknown>;
  /** The state of the subject. */
  state: (db: Db) => Promise<string | null>;
}

type Open = (ctx: BulkActContext, bulk: BulkAct, row: OpenRow) => Promise<Work>;

const nothing = async () => undefined;

/** @throws Problem 404 for a student group that neither Gramota nor the LMS has */
function onGroup(act: (ctx: BulkActContext, group: StoredGroup, bulk: BulkAct) => Promise<unknown>): Open {
  return async (ctx, bulk, { subject }) => {
    // A dry run must not change anything, not even what is known of the LMS.
    const group = await (bulk.dryRun ? selectGroup(ctx.db, subject) : findOrPull(ctx, subject));
    if (group === null) throw new Problem(404, message('unknown.student-group'));
    return {
      subjects: [group.id],
      prepare: nothing,
      act: (within) => act(within, group, bulk),
      state: (db) => selectState(db, group.id, null),
    };
  };
}

/** @throws Problem 404 for an unknown certificate, or a student group without one or with several */
function onCertificate(
  act: (ctx: BulkActContext, certificate: Certificate, bulk: BulkAct) => Promise<unknown>,
  prepare: (ctx: BulkActContext, certificate: Certificate) => Promise<void> = nothing,
): Open {
  return async (ctx, bulk, { subject, studentGroupId }) => {
    const certificate = await findCertificate(ctx.db, subject);
    if (certificate === null)
      throw new Problem(404, message(studentGroupId === null ? 'unknown.certificate' : 'state.no-certificate'));
    return {
      subjects: [certificate.id, certificate.studentGroupId],
      prepare: (within) => prepare(within, certificate),
      act: (within) => act(within, certificate, bulk),
      state: (db) => selectState(db, certificate.studentGroupId, certificate.releaseId),
    };
  };
}

const onFlag: Open = async (ctx, bulk, { subject, studentGroupId }) => {
  const flag = z.uuid().safeParse(subject).success ? await selectFlag(ctx.db, subject) : null;
  if (flag === null) throw new Problem(404, message(studentGroupId === null ? 'unknown.flag' : 'state.no-flag'));
  return {
    subjects: [flag.studentGroupId],
    prepare: nothing,
    act: (within) => dismissByPerson(within, flag.id, by(bulk)),
    state: (db) => selectState(db, flag.studentGroupId, null),
  };
};

const by = ({ actor, reason }: BulkAct) => ({ actor, reason });

/** An override as if its single request had come with these changes. */
const override = (changesOf: (options: Record<string, unknown>) => object) =>
  onGroup((ctx, group, { options, reason, actor }) =>
    overrideStudentGroup(ctx, group, OverrideRequest.parse({ ...changesOf(options), reason }), actor),
  );

/** Each verb does to a row exactly what the single act does, so that nothing is allowed here that is not allowed there. */
export const ROW_ACTS: Record<BulkVerb, Open> = {
  override: override(({ changes }) => changes as object),
  exclude: override(() => ({ excluded: true })),
  allow: override(({ allow }) => ({ allow })),
  retry: onGroup((ctx, { id }, bulk) => retryStudentGroup(ctx, id, by(bulk))),
  resend: onCertificate((ctx, one, bulk) => openResend(ctx, one, by(bulk)), prepareResend),
  reissue: onCertificate((ctx, one, bulk) => askReissue(ctx, one, by(bulk)), prepareReissue),
  revoke: onCertificate((ctx, one, bulk) => {
    const reasonClass = z.enum(REVOCATION_CLASSES).default('other').parse(bulk.options['class']);
    return revokeCertificate(ctx, one, { ...by(bulk), class: reasonClass });
  }),
  reinstate: onCertificate((ctx, one, bulk) => reinstateCertificate(ctx, one, by(bulk))),
  dismiss: onFlag,
};
