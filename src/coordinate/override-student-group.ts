import { issueDateFault } from '../domain/certificate/issue-date.ts';
import { resolveCountry } from '../domain/country/country.ts';
import type { CriteriaFile } from '../domain/criteria/criteria.ts';
import { comparableEmail } from '../domain/letter/email-address.ts';
import { message } from '../domain/messages/message.ts';
import { type ObstacleCode, reasonOf } from '../domain/obstacle/obstacle.ts';
import { MOVE_WAIVER, type Overrides } from '../domain/student-group/override.ts';
import { followOverrides } from '../lifecycle/follow-overrides.ts';
import type { StageContext } from '../pipeline/context.ts';
import { type InputFault, Problem } from '../platform/http/problem.ts';
import type { Clock } from '../ports/clock.ts';
import type { Lms } from '../ports/lms.ts';
import { recordReevaluation } from '../records/batches/batch-changes.ts';
import { type Certificate, selectCertificatesOfGroup } from '../records/certificates/certificates.ts';
import { findObstacle } from '../records/certificates/obstacles.ts';
import { isDeadAddress } from '../records/letters/deliveries.ts';
import { lockCertificate } from '../records/letters/letters-by-person.ts';
import type { Db } from '../records/rows.ts';
import { selectLatestDecision } from '../records/student-groups/decisions.ts';
import { dismissFlagsOf } from '../records/student-groups/flags.ts';
import { insertOverrides, lockForOverriding, selectOverrides } from '../records/student-groups/overrides.ts';
import {
  isEmailShared,
  recordPull,
  recordRelease,
  recordReleaseFault,
  type StoredGroup,
  selectGroup,
  selectRelease,
} from '../records/student-groups/student-groups.ts';
import { recordAct } from '../records/tokens.ts';
import { askLms } from './ask-lms.ts';
import { changesOf, type OverrideChanges, type OverrideRequest, unknownNames } from './override-request.ts';
import { findInstructions, findStaleLatinName, readSuggestion } from './override-texts.ts';

export interface OverrideContext extends Pick<StageContext, 'db' | 'enqueue' | 'newId'> {
  clock: Pick<Clock, 'now'>;
  lms: Pick<Lms, 'pullRelease' | 'pullOne'>;
  /** Ids of the certificate templates available for awards. */
  templates: () => Iterable<string>;
  criteria: CriteriaFile;
  /** Marks that the mail provider executes; see `Mail.instructions`. */
  mailInstructions: readonly string[];
}

/**
 * Stores a coordinator's overrides with the act, and requests a new evaluation by the newest batch of the student
 * group (else as after an event). An existing certificate stays unchanged, except the recipient of its letters and
 * whether they may be sent.
 * @param origin further facts for the act, such as the file that said it
 * @throws Problem 400 for names that the templates folder does not have, or that contradict remaining values; 409
 * when it is not allowed, or when there is no suggestion to take
 */
export async function overrideStudentGroup(
  ctx: OverrideContext,
  group: StoredGroup,
  request: OverrideRequest,
  actor: string,
  origin: object = {},
): Promise<void> {
  const given = changesOf(request);
  refuse(unknownNames(given, { ...ctx, templates: ctx.templates(), releaseId: group.releaseId }));
  await ctx.db.transaction(async (trx) => {
    const others = await lockForOverriding(trx, group.id);
    const current = (await selectGroup(trx, group.id)) ?? group;
    if (current.erasedAt !== null) throw new Problem(409, message('decision.person-erased'));
    const certificates = await lockCertificates(trx, group.id);
    const own = certificates.find((one) => one.releaseId === current.releaseId)?.id ?? null;
    const overrides = await selectOverrides(trx, group.id);
    const taken = request.takeSuggestion ? await readSuggestion(trx, current, own, overrides) : {};
    const changes = { ...taken, ...given };
    refuse(findInstructions(changes, ctx.mailInstructions));
    refuse(findTextFaults(current, overrides, request, taken));
    refuse(await findDateFault(trx, current, certificates, changes, ctx.clock.now()));
    const bar = await findOverrideObstacle(trx, current, certificates, overrides, changes);
    if (bar !== null) throw new Problem(409, bar);

    const at = ctx.clock.now();
    const actId = ctx.newId();
    const { reason } = request;
    const fields = Object.keys(changes);
    const detail = { fields, ...(request.takeSuggestion ? { takeSuggestion: true } : {}), ...origin };
    const act = { id: actId, actor, verb: 'student-group.override', subject: group.id, reason, detail };
    await recordAct(trx, act, at);
    await insertOverrides(trx, { studentGroupId: group.id, changes, actor, reason, actId }, at);
    if (Array.isArray(changes.allow) && changes.allow.includes(MOVE_WAIVER))
      await dismissFlagsOf(trx, group.id, 'release-moved', actId, at);
    const by = { actor, changed: fields as (keyof OverrideChanges)[] };
    for (const one of certificates) await followOverrides(ctx, trx, { certificate: one, group: current }, by, at);
    await judgeAnew(ctx, trx, current);
    if (changes.excluded !== undefined) for (const id of others) await followElsewhere(ctx, trx, id, actor, at);
  });
}

function refuse(errors: InputFault[]): void {
  if (errors.length > 0) throw new Problem(400, message('http.form'), { errors });
}

/** Contradictions between the texts in a request and the remaining ones. */
function findTextFaults(
  group: StoredGroup,
  before: Overrides,
  request: OverrideRequest,
  taken: OverrideChanges,
): InputFault[] {
  const given = changesOf(request);
  const [twice] = Object.keys(taken).filter((field) => field in given);
  if (twice !== undefined) return [{ pointer: `/${twice}`, detail: message('input.suggested-too') }];
  const stale = request.keepLatinName || request.takeSuggestion ? null : findStaleLatinName(group, before, given);
  return stale === null ? [] : [stale];
}

/** Why the issue date may not be given, as for a reissue once there is a certificate. */
async function findDateFault(
  trx: Db,
  group: StoredGroup,
  certificates: Certificate[],
  { issueDate }: OverrideChanges,
  now: Date,
): Promise<InputFault[]> {
  if (typeof issueDate !== 'string') return [];
  const release = group.releaseId === null ? null : ((await selectRelease(trx, group.releaseId))?.release ?? null);
  const present = certificates.find(({ releaseId }) => releaseId === group.releaseId)?.issueDate ?? null;
  const detail = issueDateFault(issueDate, { release, present }, now);
  return detail === null ? [] : [{ pointer: '/issueDate', detail }];
}

/** The deny list applies to persons, so it takes effect for the student's other groups in the release too. */
async function followElsewhere(ctx: OverrideContext, trx: Db, id: string, actor: string, at: Date): Promise<void> {
  const group = await selectGroup(trx, id);
  const by = { actor, changed: ['excluded' as const] };
  for (const certificate of await lockCertificates(trx, id))
    if (group) await followOverrides(ctx, trx, { certificate, group }, by, at);
  // A group that was never judged is not judged because of another group's override.
  if (group && (await selectLatestDecision(trx, id))) await judgeAnew(ctx, trx, group);
}

/** All certificates of a student group, also of earlier releases, because each may have an unsent letter. */
async function lockCertificates(trx: Db, studentGroupId: string): Promise<Certificate[]> {
  const certificates = await selectCertificatesOfGroup(trx, studentGroupId);
  for (const { id } of certificates) await lockCertificate(trx, id);
  return certificates;
}

/** Requests a new evaluation by the newest batch of the student group, else as after an event. */
export async function judgeAnew(ctx: Pick<OverrideContext, 'enqueue'>, trx: Db, group: StoredGroup): Promise<void> {
  const { batchId, due } = await recordReevaluation(trx, group.id, await countryNow(trx, group));
  if (due) await ctx.enqueue(trx, 'evaluate', [{ id: group.id, batchId }]);
}

/** ISO 3166-1 alpha-2, with the new overrides; null when unknown. */
async function countryNow(trx: Db, { id, snapshot }: StoredGroup): Promise<string | null> {
  if (snapshot === null) return null;
  const { student, registration } = snapshot;
  const overrides = await selectOverrides(trx, id);
  const country = resolveCountry({
    override: overrides.country,
    registrationFile: overrides.fileCountry,
    registrationCountry: registration?.country ?? null,
    studentCountry: student.country,
    phone: student.phone,
    timezone: student.timezone,
    locale: student.locale,
  });
  return country.kind === 'known' ? country.code : null;
}

/** Why these overrides are not allowed now; null when they are. */
async function findOverrideObstacle(
  trx: Db,
  group: StoredGroup,
  certificates: Certificate[],
  before: Overrides,
  changes: OverrideChanges,
): Promise<string | null> {
  const { allow, email, projectTitle } = changes;
  if (typeof projectTitle === 'string' && group.snapshot?.project === null) return message('state.no-project');
  if (Array.isArray(allow)) {
    const withdrawn: ObstacleCode[] = changes.excluded === undefined ? [] : ['excluded'];
    const obstacle = await findObstacle(trx, { studentGroupId: group.id, id: null }, 'allow', withdrawn);
    if (obstacle) return reasonOf(obstacle).detail;
  }
  if (typeof email === 'string') {
    const mayShare = changes.allowSharedEmail === undefined ? before.allowSharedEmail : changes.allowSharedEmail;
    for (const { id } of certificates) if (await isDeadAddress(trx, id, email)) return message('state.dead-address');
    if (!mayShare && (await isEmailShared(trx, email, group.snapshot?.student.id ?? '')))
      return message('state.shared-address');
  }
  return null;
}

/**
 * A student group for a coordinator's act: as known, else pulled from the LMS now, with its release. Null when the
 * LMS does not have it either.
 * @throws Problem 503 while the LMS is unreachable
 */
export async function findOrPull(ctx: OverrideContext, id: string): Promise<StoredGroup | null> {
  const known = await selectGroup(ctx.db, id);
  if (known !== null) return known;
  const at = ctx.clock.now();
  const pulled = await askLms(() => ctx.lms.pullOne(id));
  if (pulled === null) return null;
  const release = pulled.ok ? await askLms(() => ctx.lms.pullRelease(pulled.studentGroup.group.releaseId)) : null;
  await ctx.db.transaction(async (trx) => {
    if (release?.ok) await recordRelease(trx, release.release, at);
    else if (release && pulled.ok)
      await recordReleaseFault(trx, pulled.studentGroup.group.releaseId, release.detail, at);
    await recordPull(trx, pulled, at, comparableEmail, { id });
  });
  return selectGroup(ctx.db, id);
}
