import { type CountryResult, resolveCountry } from '../domain/country/country.ts';
import { FILE_FIELDS, OVERRIDE_FIELDS } from '../domain/student-group/override.ts';
import { isDue } from '../platform/jobs/queued-jobs.ts';
import { selectActs } from '../records/acts.ts';
import {
  type Certificate,
  selectCertificate,
  selectCertificatesOfGroup,
  selectCurrentVersion,
} from '../records/certificates/certificates.ts';
import type { Db } from '../records/rows.ts';
import { type Flag, selectFlagsOfGroup } from '../records/student-groups/flags.ts';
import { selectOpenHold } from '../records/student-groups/holds.ts';
import { inForce, needsReissue, type OverrideRow, selectOverrideRows } from '../records/student-groups/overrides.ts';
import { selectStanding, selectStandingOf } from '../records/student-groups/standing.ts';
import { type StoredGroup, selectGroup } from '../records/student-groups/student-groups.ts';
import { addSuggestions } from '../records/student-groups/suggestions.ts';
import { selectDue } from '../records/student-groups/unjudged.ts';
import { type DecisionViewContext, viewLatestDecision } from './decision-view.ts';
import type { CertificateSummary, FlagView, StudentGroupView } from './student-group-schema.ts';

const MOST_ACTS = 200;

/** Null when no student group with this id was ever pulled. */
export async function viewStudentGroup(ctx: DecisionViewContext, id: string): Promise<StudentGroupView | null> {
  const { db } = ctx;
  // Read first: if it is false, everything read afterwards is up to date.
  const judging = await isJudging(db, id);
  const group = await selectGroup(db, id);
  const standing = await selectStanding(db, id);
  if (group === null || standing === null) return null;
  const [suggested] = await addSuggestions(db, [standing]);
  const rows = await selectOverrideRows(db, id);
  const shown = standing.certificateId === null ? null : await selectCertificate(db, standing.certificateId);
  const certificate = shown && (await viewCertificate(db, shown));
  const own = shown?.studentGroupId === id ? shown.id : null;
  const former = (await selectCertificatesOfGroup(db, id)).filter((one) => one.id !== own);
  const overrides = inForce(rows, OVERRIDE_FIELDS);
  const ofFile = inForce(rows, FILE_FIELDS);
  return {
    id,
    releaseId: group.releaseId,
    state: standing.state,
    reason: suggested?.reason ?? null,
    judging,
    since: standing.since.toISOString(),
    sendAfter: standing.sendAfter?.toISOString() ?? null,
    snapshot: group.snapshot,
    pulledAt: group.pulledAt.toISOString(),
    goneAt: group.goneAt?.toISOString() ?? null,
    invalid: group.invalid,
    country: countryOf(group, [...overrides, ...ofFile]),
    overrides: overrides.map(({ actId: _, at, ...row }) => ({ ...row, at: at.toISOString() })),
    registrationFile: viewFileValues(ofFile),
    decision: await viewLatestDecision(ctx, id),
    certificate,
    formerCertificates: await Promise.all(
      former.map(async (one) => ({ ...(await viewCertificate(db, one)), releaseId: one.releaseId })),
    ),
    hold: await selectOpenHold(db, { studentGroupId: id, id: own }),
    flags: (await selectFlagsOfGroup(db, id)).map(viewFlag),
    history: await viewHistory(db, [id, ...(own === null ? [] : [own]), ...former.map((one) => one.id)], rows),
  };
}

/**
 * Whether an evaluation is pending. Looking for its job is expensive, so it is done only for a group that is not
 * judged yet.
 */
async function isJudging(db: Db, id: string): Promise<boolean> {
  const due = await selectDue(db, id);
  return due === 'item' || (due === 'override' && (await isDue(db, 'evaluate', { id, batchId: null })));
}

export function viewFlag({ raisedAt, endedAt, ...flag }: Flag): FlagView {
  return { ...flag, raisedAt: raisedAt.toISOString(), endedAt: endedAt?.toISOString() ?? null };
}

const textOf = (rows: OverrideRow[], wanted: OverrideRow['field']): string | null => {
  const value = rows.find(({ field }) => field === wanted)?.value;
  return typeof value === 'string' ? value : null;
};

function viewFileValues(rows: OverrideRow[]): StudentGroupView['registrationFile'] {
  const newest = rows.toSorted((a, b) => b.at.getTime() - a.at.getTime())[0];
  if (newest === undefined) return null;
  const { actor, reason, at } = newest;
  const values = { country: textOf(rows, 'fileCountry'), latinName: textOf(rows, 'fileLatinName') };
  return { ...values, actor, reason, at: at.toISOString() };
}

function countryOf({ snapshot }: StoredGroup, rows: OverrideRow[]): CountryResult | null {
  if (snapshot === null) return null;
  return resolveCountry({
    override: textOf(rows, 'country'),
    registrationFile: textOf(rows, 'fileCountry'),
    registrationCountry: snapshot.registration?.country ?? null,
    studentCountry: snapshot.student.country,
    phone: snapshot.student.phone,
    timezone: snapshot.student.timezone,
    locale: snapshot.student.locale,
  });
}

async function viewCertificate(db: Db, certificate: Certificate): Promise<CertificateSummary> {
  const { id, number, studentGroupId } = certificate;
  return {
    id,
    number,
    studentGroupId,
    state: (await selectStandingOf(db, certificate))?.state ?? 'awarded',
    version: (await selectCurrentVersion(db, id))?.version ?? null,
    needsReissue: await needsReissue(db, id),
  };
}

async function viewHistory(db: Db, subjects: string[], rows: OverrideRow[]): Promise<StudentGroupView['history']> {
  const acts = await selectActs(db, subjects, MOST_ACTS);
  return acts.map(({ id, verb, actor, reason, detail, at }) => {
    const overrides = rows.filter(({ actId }) => actId === id).map(({ field, value }) => ({ field, value }));
    const entry = { verb, actor, reason, detail, at: at.toISOString() };
    return overrides.length === 0 ? entry : { ...entry, overrides };
  });
}
