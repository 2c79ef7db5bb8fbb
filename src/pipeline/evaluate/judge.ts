import type { CountryResult } from '../../domain/country/country.ts';
import {
  buildInputs,
  type CriterionResult,
  chooseTemplate,
  evaluateCriteria,
  metExceptCountry,
  type Programme,
  programmeFor,
} from '../../domain/criteria/criteria.ts';
import type { Reason } from '../../domain/failure.ts';
import { message } from '../../domain/messages/message.ts';
import type { HeldReason } from '../../domain/reason-codes.ts';
import type { Rules } from '../../domain/rulebook.ts';
import {
  applyOverrides,
  datedAs,
  isExcluded,
  MOVE_WAIVER,
  type Overrides,
} from '../../domain/student-group/override.ts';
import type { Release, StudentGroup } from '../../domain/student-group/student-group.ts';
import { countryOf, type Print, tryPrinting } from '../../lifecycle/try-printing.ts';
import type { Trial } from '../../ports/printer.ts';

export interface Judgement {
  programme: Programme | null;
  outcome: 'met' | 'not-met' | 'held' | 'excluded';
  reason: Reason | null;
  criteria: CriterionResult[];
  country: CountryResult;
  certTemplate: string | null;
  /** Facts to print; present only when met. */
  print: Print | null;
}

type Status = StudentGroup['status'];

export interface Case {
  studentGroup: StudentGroup;
  release: Release;
  /** The coordinator's overrides for this student group. */
  overrides: Overrides;
  /** Another student has the same address. */
  emailShared: boolean;
  /** A coordinator's template for a whole batch; takes precedence over the programme's. */
  template: string | null;
  /** The template of an existing certificate; it stays, whatever rules, batches and overrides say. */
  frozenTemplate: string | null;
  /**
   * The newest certificate of this student group in another release, from before the LMS moved it, if it has none in
   * this release. `allowed`: a coordinator has allowed a further one since.
   */
  former?: { number: string; releaseId: string; allowed: boolean } | null;
}

/**
 * Judges one student group: first the criteria, then everything that could stop its diploma later, so that the LMS is
 * never informed of a certificate that cannot be printed or sent. Deterministic: the same inputs and rules give the
 * same judgement.
 */
export function judge(subject: Case, rulebook: Rules, printer: Trial): Judgement {
  const { release, overrides } = subject;
  const studentGroup = applyOverrides(subject.studentGroup, overrides);
  const country = countryOf(studentGroup, overrides);
  const code = country.kind === 'known' ? country.code : null;
  const programme = programmeFor(rulebook.criteria, release.id);
  const base = { programme, criteria: [] as CriterionResult[], country, certTemplate: null, print: null };
  if (isExcluded(overrides)) {
    const detail = overrides.excluded
      ? message('excluded.here')
      : message('excluded.elsewhere', { studentGroup: overrides.excludedThrough ?? '?' });
    return { ...base, outcome: 'excluded', reason: { code: 'excluded', detail } };
  }
  if (!programme) {
    const detail = message('no-programme', { release: release.id });
    return { ...base, outcome: 'not-met', reason: { code: 'no-programme', detail } };
  }
  const waived = waivedCriteria(overrides, studentGroup);
  const readings = statusesOf(subject).map((status) => buildInputs({ ...studentGroup, status }, release, code));
  const evaluation = readings
    .map((inputs) => evaluateCriteria(programme.require, inputs, waived))
    .reduce((best, other) => (other.unmet.length < best.unmet.length ? other : best));
  const judged = { ...base, criteria: evaluation.results };
  const held = (reason: HeldReason, detail: string): Judgement => ({
    ...judged,
    outcome: 'held',
    reason: { code: reason, detail },
  });

  const expelled = studentGroup.status === 'expelled';
  const former = subject.former ?? null;
  // Only a person knows whether the second course earned a second certificate, or the first release was a mistake.
  if (former && !former.allowed && !expelled)
    return held(
      'lms-conflict',
      message('moved-after-award', {
        number: former.number,
        former: former.releaseId,
        release: release.id,
        waiver: MOVE_WAIVER,
      }),
    );
  // Ask about the country only when it is the only obstacle.
  const onlyCountry = () => readings.some((inputs) => metExceptCountry(programme.require, inputs, waived));
  if (country.kind !== 'known' && !expelled && onlyCountry()) {
    return held(country.kind === 'conflict' ? 'country-conflict' : 'country-unknown', country.detail);
  }
  if (!evaluation.met || code === null || expelled) {
    const unmet = evaluation.unmet.map((result) => result.explanation.en);
    // An expelled student gets no certificate, whatever the rules say.
    if (expelled) unmet.push(message('expelled'));
    return {
      ...judged,
      outcome: 'not-met',
      reason: { code: 'criteria-not-met', detail: unmet.join('; ') || message('country-not-known') },
    };
  }
  const certTemplate =
    subject.frozenTemplate ?? overrides.certTemplate ?? subject.template ?? chooseTemplate(programme, code);
  if (studentGroup.status === 'criteria met' && studentGroup.certTemplate !== certTemplate) {
    return held('lms-conflict', message('other-template', { template: certTemplate }));
  }
  const printed = { ...subject, studentGroup, release: datedAs(release, overrides) };
  const tried = tryPrinting(printed, code, certTemplate, rulebook, printer);
  if (!tried.ok) return held(tried.code, tried.detail);
  return { ...judged, outcome: 'met', reason: null, certTemplate, print: tried.print };
}

/**
 * The effective status. Once there is a certificate (in this release or the one before the move), the LMS shows the
 * status that we reported or a later one; this must not count as less than the status at the award.
 */
function statusesOf({ studentGroup: { status }, frozenTemplate, former = null }: Case): Status[] {
  const isReported = status === 'criteria met' || status === 'certificate issued';
  return (frozenTemplate !== null || former !== null) && isReported ? ['criteria met', 'completed'] : [status];
}

/** Criteria waived by the allow list. The status criterion of an expelled student cannot be waived. */
function waivedCriteria({ allow }: Overrides, { status }: StudentGroup): ReadonlySet<string> {
  return new Set(status === 'expelled' ? allow.filter((name) => name !== 'studentGroup.status') : allow);
}
