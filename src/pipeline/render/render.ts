import { createHash } from 'node:crypto';
import type { DiplomaFacts } from '../../domain/diploma-facts.ts';
import type { HeldReason } from '../../domain/failure.ts';
import type { Rulebook } from '../../domain/rulebook.ts';
import { dueInstant, planSending } from '../../domain/send-plan.ts';
import { DiplomaFault, FrozenTemplateError, type IssuedDiploma, type Printer } from '../../ports/printer.ts';
import { type Certificate, selectCertificate, selectCurrentVersion } from '../../records/certificates.ts';
import { isParked } from '../../records/charge.ts';
import { recordDiploma, selectDiploma } from '../../records/diplomas.ts';
import { hold } from '../../records/holds.ts';
import { insertFirstPersonalIssue } from '../../records/personal-issues.ts';
import type { Db } from '../../records/rows.ts';
import { selectGroup, selectRelease } from '../../records/student-groups.ts';
import type { JobData, StageContext } from '../context.ts';

export interface RenderContext extends StageContext {
  printer: Printer;
  rulebook: Rulebook;
}

/**
 * Stage 4: draws the diploma once, keeps its bytes and those of its credential, and opens the first letter at the next
 * permitted instant. A diploma that does not hold what it should is neither kept nor mailed: a person has to look.
 */
export function makeRender(ctx: RenderContext): (job: JobData['render']) => Promise<void> {
  return async ({ id }) => {
    const certificate = await selectCertificate(ctx.db, id);
    const current = certificate && (await selectCurrentVersion(ctx.db, id));
    if (!certificate || !current?.facts) return;
    if (await isParked(ctx.db, id)) return;
    const { version, facts } = current;
    const drawn = await selectDiploma(ctx.db, id, version);
    const issued = drawn ? null : await issue(ctx, certificate, facts);
    if (issued === 'held') return;
    await ctx.db.transaction(async (trx) => {
      if (issued) {
        const { pdf, credential } = issued;
        const texts = credential && { json: hashed(credential.json), jwt: hashed(credential.jwt) };
        await recordDiploma(trx, { certificateId: id, version, ...hashed(pdf), credential: texts }, ctx.clock.now());
      }
      await openFirstLetter(ctx, trx, certificate, version);
    });
  };
}

async function issue(
  ctx: RenderContext,
  { id: certificateId, studentGroupId }: Certificate,
  facts: DiplomaFacts,
): Promise<IssuedDiploma | 'held'> {
  const keep = async (code: HeldReason, detail: string): Promise<'held'> => {
    const held = { id: ctx.newId(), studentGroupId, certificateId, stage: 'render', code, detail };
    await hold(ctx.db, held, ctx.clock.now());
    return 'held';
  };
  try {
    return await ctx.printer.issue(facts);
  } catch (error) {
    if (error instanceof FrozenTemplateError) return keep('template-missing', error.message);
    if (!(error instanceof DiplomaFault)) throw error;
    ctx.log.error(
      { event: 'diploma-check-failed', certificateId, check: error.check },
      'a diploma that was drawn does not hold what it should; it was thrown away',
    );
    const found = `the finished diploma failed its check "${error.check}": ${error.message}`;
    return keep(
      'diploma-check-failed',
      `${found}; nothing was kept or mailed: retry the batch, and where it fails again, retry with a version of Gramota that mends it`,
    );
  }
}

function hashed(bytes: Buffer): { sha256: string; bytes: Buffer } {
  return { sha256: createHash('sha256').update(bytes).digest('hex'), bytes };
}

async function openFirstLetter(ctx: RenderContext, trx: Db, certificate: Certificate, version: number): Promise<void> {
  const at = ctx.clock.now();
  const { id: certificateId, studentGroupId, recipient } = certificate;
  const keep = (code: HeldReason, detail: string) =>
    hold(trx, { id: ctx.newId(), studentGroupId, certificateId, stage: 'render', code, detail }, at);
  if (recipient === null)
    return keep('email-invalid', 'the address was erased; there is nowhere to send the diploma to');
  const group = await selectGroup(trx, studentGroupId);
  const release = await selectRelease(trx, certificate.releaseId);
  const dueAt = dueInstant(certificate.issueDate, release?.release.timezone ?? 'UTC', at);
  const timezone = group?.snapshot?.student.timezone ?? null;
  const plan = planSending(ctx.rulebook.countries, { country: certificate.country, timezone, from: dueAt });
  const id = ctx.newId();
  const times = plan.ok ? { sendAfter: plan.at, shiftReason: plan.reason } : { sendAfter: dueAt, shiftReason: null };
  const opened = await insertFirstPersonalIssue(trx, { id, certificateId, version, recipient, dueAt, ...times }, at);
  if (!opened) return;
  if (plan.ok) await ctx.enqueue(trx, 'send', [{ id }], { startAfter: plan.at });
  else await keep(plan.code, plan.detail);
}
