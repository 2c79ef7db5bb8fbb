import { createHash } from 'node:crypto';
import { templateContents } from '../../domain/approval.ts';
import type { DiplomaFacts } from '../../domain/certificate/diploma-facts.ts';
import { message } from '../../domain/messages/message.ts';
import { HELD_REASONS, type HeldReason } from '../../domain/reason-codes.ts';
import type { Rulebook } from '../../domain/rulebook.ts';
import { dueInstant, planSending } from '../../domain/time/send-plan.ts';
import { holdFor } from '../../domain/time/send-window.ts';
import { holdCertificate } from '../../lifecycle/hold-certificate.ts';
import { holdUnapproved } from '../../lifecycle/hold-unapproved.ts';
import { lackingApproval } from '../../lifecycle/lacking-approval.ts';
import { openNewLetter } from '../../lifecycle/new-letter.ts';
import { showObstacle } from '../../lifecycle/stop.ts';
import { groupTransactions } from '../../platform/database/grouped-transactions.ts';
import type { Artefact, Artefacts } from '../../ports/artefacts.ts';
import { DiplomaFault, FrozenTemplateError, type IssuedDiploma, type Printer } from '../../ports/printer.ts';
import { KeyMissing } from '../../ports/signer.ts';
import { type Certificate, selectCertificate, selectCurrentVersion } from '../../records/certificates/certificates.ts';
import { type DrawnDiploma, recordDiploma, selectDiploma } from '../../records/certificates/diplomas.ts';
import { parkedBy, selectObstacles } from '../../records/certificates/obstacles.ts';
import { announceInGroups, deleteUnrecorded } from '../../records/certificates/unrecorded-files.ts';
import { supersedeCredentials } from '../../records/certificates/validity-acts.ts';
import { selectZones, type Zones } from '../../records/certificates/zones.ts';
import { lockVersion } from '../../records/letters/letters-by-person.ts';
import { hasLetter, insertFirstPersonalIssue } from '../../records/letters/personal-issues.ts';
import type { Db } from '../../records/rows.ts';
import { hold, releaseHold } from '../../records/student-groups/holds.ts';
import { BACK_OFF, backOff, PAUSE_MS } from '../back-off.ts';
import { PACE_MS, type StageContext } from '../context.ts';
import { KEY_HOLD, waitForKey } from '../missing-key.ts';
import type { JobData } from '../stages.ts';

export interface RenderContext extends StageContext {
  artefacts: Artefacts;
  printer: Printer;
  rulebook: Rulebook;
}

/** Another host may have the key that this one lacks, so the hold is shown only after this many tries. */
const QUIET_TRIES = 3;

/**
 * Drawing threads finish one diploma after the other. So long some of them wait for others, to be stored and recorded
 * together; or until half of all jobs under way do, which does not keep a worker of few jobs waiting.
 */
const GATHER_MS = 250;

/**
 * Stage 4: draws the diploma of the newest version once, stores its bytes and its credential, and opens its letter
 * for the next permitted time, unless others send it; credentials of earlier versions become invalid. A diploma that fails its self-check is
 * neither stored nor sent; a person must look.
 */
export function makeRender(ctx: RenderContext): (job: JobData['render']) => Promise<void> {
  const recording = groupTransactions(ctx.db, { paceMs: PACE_MS });
  let underWay = 0;
  const announceFiles = announceInGroups({ paceMs: GATHER_MS, enough: () => underWay / 2 });
  return async (job) => {
    underWay += 1;
    await render(job).finally(() => {
      underWay -= 1;
    });
  };

  async function render({ id, keyTries = 0 }: JobData['render']): Promise<void> {
    const certificate = await selectCertificate(ctx.db, id);
    const current = certificate && (await selectCurrentVersion(ctx.db, id));
    if (!certificate || !current?.facts) return;
    const found = await selectObstacles(ctx.db, certificate, 'render');
    // This job itself ends the hold for a missing key: it tries the key again, or shows another obstacle instead.
    const obstacles = found.filter(({ code }) => code !== KEY_HOLD);
    const endKeyHold = async (db: Db) => {
      if (obstacles.length < found.length) await releaseHold(db, certificate, 'render', ctx.clock.now(), KEY_HOLD);
    };
    if (obstacles.length > 0) {
      await endKeyHold(ctx.db);
      if (!parkedBy(obstacles)) await showObstacle(ctx, certificate, 'render', obstacles);
      return;
    }
    const { version, facts } = current;
    const drawn = await selectDiploma(ctx.db, id, version);
    const template = templateContents(facts.templateId, facts.templateHash);
    const lacks = drawn ? [] : await lackingApproval(ctx.db, ctx.rulebook, [template]);
    if (lacks.length > 0) {
      await endKeyHold(ctx.db);
      return holdUnapproved(ctx, 'render', certificate, lacks);
    }
    const issued = drawn ? null : await issue(ctx, certificate, facts, keyTries);
    if (issued === 'held') return;
    const of = { certificateId: id, version };
    const files = issued && named(issued);
    if (files) {
      const sha256s = files.artefacts.map(({ sha256 }) => sha256);
      await announceFiles(ctx.db, of, sha256s, ctx.clock.now());
      await ctx.artefacts.put(files.artefacts);
    }
    // Before the transaction: the window is computed anew before the letter is sent.
    const zones = await selectZones(ctx.db, id);
    const counts = await recording([id], async (trx) => {
      await endKeyHold(trx);
      if (!(await lockVersion(trx, id, version))) return false;
      if (files) {
        const at = ctx.clock.now();
        const recorded = await recordDiploma(trx, { ...of, ...files.diploma }, at);
        if (recorded?.announced === false)
          throw new Error('the files were stored so long ago that they may be deleted by now');
        if (version > 1) await supersedeCredentials(trx, id, version, at);
      }
      // Others send its letters: the drawn diploma is the last step.
      if (certificate.noLetter) return true;
      if (version === 1) await openFirstLetter(ctx, trx, certificate, zones);
      else await openNextLetter(ctx, trx, certificate, version);
      return true;
    });
    // An erasure meanwhile has looked for the files before they were stored.
    if (files && !counts && !(await selectCurrentVersion(ctx.db, id))?.facts)
      await deleteUnrecorded(ctx.db, ctx.artefacts, of);
  }
}

async function issue(
  ctx: RenderContext,
  certificate: Certificate,
  facts: DiplomaFacts,
  keyTries: number,
): Promise<IssuedDiploma | 'held'> {
  const { id: certificateId, studentGroupId } = certificate;
  const held = async (code: HeldReason, detail: string): Promise<'held'> => {
    await holdCertificate(ctx, 'render', certificate, code, detail);
    return 'held';
  };
  try {
    return await ctx.printer.issue(facts);
  } catch (error) {
    if (error instanceof KeyMissing) {
      const waiting = { stage: 'render', studentGroupId, certificateId, detail: error.message };
      const visible = keyTries >= QUIET_TRIES;
      await waitForKey(
        ctx,
        { ...waiting, visible, pause: backOff(BACK_OFF.keyOfDrawing, keyTries) },
        (trx, startAfter) =>
          ctx.enqueue(trx, 'render', [{ id: certificateId, keyTries: keyTries + 1 }], { startAfter }),
      );
      return 'held';
    }
    if (error instanceof FrozenTemplateError) return held('template-missing', error.message);
    if (!(error instanceof DiplomaFault)) throw error;
    ctx.log.error(
      { event: 'diploma-check-failed', certificateId, check: error.check },
      'a drawn diploma failed its check; it was neither stored nor sent',
    );
    return held('diploma-check-failed', message('check-failed', { check: error.check, fault: error.message }));
  }
}

/** The files of a drawn diploma, and the row that refers to them once they are stored. */
function named({ pdf, credential }: IssuedDiploma): {
  artefacts: Artefact[];
  diploma: Pick<DrawnDiploma, 'sha256' | 'bytes' | 'credential'>;
} {
  const file = artefact(pdf);
  const texts = credential && { json: artefact(credential.json), jwt: artefact(credential.jwt) };
  return {
    artefacts: texts === null ? [file] : [file, texts.json, texts.jwt],
    diploma: {
      sha256: file.sha256,
      bytes: pdf.length,
      credential: texts && { jsonSha256: texts.json.sha256, jwtSha256: texts.jwt.sha256 },
    },
  };
}

function artefact(bytes: Buffer): Artefact {
  return { sha256: createHash('sha256').update(bytes).digest('hex'), bytes };
}

async function openFirstLetter(ctx: RenderContext, trx: Db, certificate: Certificate, zones: Zones): Promise<void> {
  const at = ctx.clock.now();
  const { id: certificateId, recipient } = certificate;
  if (recipient === null)
    return holdCertificate(ctx, 'render', certificate, 'email-invalid', message('email-erased'), trx);
  const hold = holdFor(ctx.rulebook.countries, certificate.country);
  const dueAt = dueInstant(certificate.issueDate, zones.release, at, hold);
  const { country } = certificate;
  const plan = planSending(ctx.rulebook.countries, { country, timezone: zones.recipient, from: dueAt });
  const id = ctx.newId();
  const times = plan.ok ? { sendAfter: plan.at, shiftReason: plan.reason } : { sendAfter: dueAt, shiftReason: null };
  const letter = { id, certificateId, version: 1, recipient, dueAt, ...times };
  const opened = await insertFirstPersonalIssue(trx, letter, at);
  if (!opened) return;
  if (plan.ok) await ctx.enqueue(trx, 'send', [{ id }], { startAfter: plan.at });
  else await holdCertificate(ctx, 'render', certificate, plan.code, plan.detail, trx);
}

/** Opens the letter for a newer version, by the same rules as any letter that a person requests. */
async function openNextLetter(ctx: RenderContext, trx: Db, certificate: Certificate, version: number): Promise<void> {
  const { id: certificateId, studentGroupId } = certificate;
  if (await hasLetter(trx, certificateId, version)) return;
  const by = { actor: 'render', batchId: null, purpose: 'reissue' } as const;
  const opened = await openNewLetter(ctx, trx, certificateId, by);
  if (opened.ok) return;
  const at = ctx.clock.now();
  const code = HELD_REASONS.find((reason) => reason === opened.code);
  if (code === undefined) {
    const startAfter = new Date(at.getTime() + PAUSE_MS.letterOfVersion);
    await ctx.enqueue(trx, 'render', [{ id: certificateId }], { startAfter });
    return;
  }
  if (opened.lacks) return holdUnapproved(ctx, 'render', certificate, opened.lacks, trx);
  const entry = { id: ctx.newId(), studentGroupId, certificateId, stage: 'render', code, detail: opened.detail };
  await hold(trx, entry, at);
}
