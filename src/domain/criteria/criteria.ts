import { Duration } from 'luxon';
import { z } from 'zod';
import { SignatoryId } from '../certificate/signatory.ts';
import { isCountryCode } from '../country/country-name.ts';
import type { Release, StudentGroup } from '../student-group/student-group.ts';
import { PrintedTexts } from '../text/printed-text.ts';
import { CopyTo } from './copy-to.ts';
import { type CriteriaTree, type Criterion, type CriterionSource, parseCriteria } from './criterion.ts';
import { type Explanation, explain } from './criterion-words.ts';
import { globMatches, globsIntersect } from './glob.ts';
import {
  actualValue,
  type CriterionInputs,
  type CriterionOperator,
  type CriterionValue,
  instantOf,
  isMet,
} from './operators.ts';

const Id = z.string().regex(/^[\w.-]{1,100}$/, 'expected letters, digits, dots, dashes or underscores');

const Require = z.unknown().transform((raw, context): CriteriaTree => {
  const { tree, faults } = parseCriteria(raw);
  for (const { path, message } of faults) context.addIssue({ code: 'custom', path, message });
  return tree ?? z.NEVER;
});

/** A time with zone, or a date in the release's zone. */
const Since = z.union(
  [z.iso.date(), z.iso.datetime({ offset: true })],
  'expected a date YYYY-MM-DD or an instant with its zone',
);

const UtmTag = z.string().min(1).max(200).optional();

/** A rule set for all releases that match one of its patterns. */
export const Programme = z.strictObject({
  id: Id,
  /** Patterns of release ids; `*` matches any characters. */
  releases: z.array(z.string().min(1).max(200)).min(1),
  /** automatic: webhooks may award and send; batch: only a coordinator's batch may. */
  issue: z.enum(['automatic', 'batch']),
  /** Earlier completions, and awards beyond `perHour`, are held for a batch. */
  automatic: z
    .strictObject({ since: Since.nullish().default(null), perHour: z.number().int().positive().default(500) })
    .default({ since: null, perHour: 500 }),
  /** A batch that could award more certificates than this waits for a second coordinator. */
  confirm: z
    .strictObject({ above: z.number().int().positive(), by: z.literal('second-person') })
    .nullish()
    .default(null),
  require: Require,
  certTemplate: z.strictObject({
    default: Id,
    byCountry: z
      .record(z.string().refine(isCountryCode, 'expected an ISO 3166-1 alpha-2 code such as KZ'), Id)
      .default({}),
  }),
  letter: Id,
  /** Fixed addresses that get a copy of each letter. */
  copyTo: CopyTo,
  /** ISO 8601 duration of validity, or null for no expiry. */
  validFor: z
    .string()
    .refine(
      (text) => !text.includes('T') && Duration.fromISO(text).toMillis() > 0,
      'expected an ISO 8601 duration of whole days or more such as P2Y, or null',
    )
    .nullish()
    .default(null),
  /** What its diplomas print besides; each where the template has a place for it. */
  prints: z
    .strictObject({
      kind: PrintedTexts.optional(),
      licence: PrintedTexts.optional(),
      /** The days of the release, `startsOn` to `endsOn`. */
      period: z.boolean().default(false),
      /** Null: nobody, whoever issuer.yaml names. */
      secondSignatory: SignatoryId.nullable().optional(),
    })
    .nullish()
    .default(null),
  utm: z
    .strictObject({ source: UtmTag, medium: UtmTag, campaign: UtmTag, term: UtmTag, content: UtmTag, id: UtmTag })
    .nullish()
    .default(null),
});
export type Programme = z.output<typeof Programme>;

/** `criteria.yaml` as a whole; every issue has the path of the fault. */
export const CriteriaFile = z
  .strictObject({ version: z.literal(1), programmes: z.array(Programme).min(1) })
  .superRefine((file, context) => {
    file.programmes.forEach(({ id, letter, copyTo }, index) => {
      if (letter === 'none' && copyTo.length > 0)
        context.addIssue({
          code: 'custom',
          path: ['programmes', index, 'copyTo'],
          message: 'there is nothing to copy with "letter: none": remove one of the two',
        });
      if (file.programmes.findIndex((other) => other.id === id) !== index)
        context.addIssue({
          code: 'custom',
          path: ['programmes', index, 'id'],
          message: `programme ${id} is listed twice`,
        });
    });
    for (const { first, second, path, detail } of findOverlaps(file)) {
      const message = `programmes ${first} and ${second} ${detail}; a release may match only one programme`;
      context.addIssue({ code: 'custom', path, message });
    }
  });
export type CriteriaFile = z.output<typeof CriteriaFile>;

export interface Overlap {
  /** Ids of the two programmes. */
  first: string;
  second: string;
  /** Path of the second programme's pattern in the file. */
  path: (string | number)[];
  detail: string;
}

type Releases = { programmes: readonly Pick<Programme, 'id' | 'releases'>[] };

/**
 * Programmes that could apply to the same release: two patterns that some id matches both. With `releaseIds`, only
 * programmes that both match one of these.
 */
export function findOverlaps(file: Releases, releaseIds?: readonly string[]): Overlap[] {
  const patterns = file.programmes.flatMap(({ id, releases }, programme) =>
    releases.map((pattern, index) => ({ id, programme, pattern, path: ['programmes', programme, 'releases', index] })),
  );
  const overlaps: Overlap[] = [];
  patterns.forEach((b, index) => {
    for (const a of patterns.slice(0, index)) {
      if (a.programme === b.programme) continue;
      const both = releaseIds?.find((id) => globMatches(a.pattern, id) && globMatches(b.pattern, id));
      if (releaseIds ? both === undefined : !globsIntersect(a.pattern, b.pattern)) continue;
      const detail =
        both === undefined
          ? `have the overlapping patterns "${a.pattern}" and "${b.pattern}"`
          : `both match release ${both}`;
      overlaps.push({ first: a.id, second: b.id, path: b.path, detail });
    }
  });
  return overlaps;
}

/** The only programme of a release, or null. */
export function programmeFor(file: CriteriaFile, releaseId: string): Programme | null {
  return file.programmes.find(({ releases }) => releases.some((glob) => globMatches(glob, releaseId))) ?? null;
}

/** The certificate template for a country: `byCountry`, else `default`. */
export function chooseTemplate(programme: Pick<Programme, 'certTemplate'>, countryCode: string | null): string {
  const { byCountry, default: fallback } = programme.certTemplate;
  return (
    (countryCode !== null && Object.hasOwn(byCountry, countryCode) ? byCountry[countryCode] : undefined) ?? fallback
  );
}

/**
 * Whether a webhook may award: the programme is automatic, and the completion (else the release's end) is not before
 * `since`. With `since`, an unknown completion waits for a batch. The caller enforces `perHour`.
 */
export function mayIssueAutomatically(
  programme: Pick<Programme, 'issue' | 'automatic'>,
  completedAt: string | null,
  release: Pick<Release, 'endsOn' | 'timezone'>,
): boolean {
  if (programme.issue !== 'automatic') return false;
  const { since } = programme.automatic;
  if (since === null) return true;
  const moment = completedAt ?? release.endsOn;
  if (moment === null) return false;
  const { timezone: zone } = release;
  return instantOf(moment, zone) >= instantOf(since, zone);
}

export interface CriterionResult {
  /** Path of the criterion, for example `require.all[3]`. */
  path: string;
  source: CriterionSource;
  parameter: string;
  operator: CriterionOperator;
  expected: CriterionValue | readonly CriterionValue[];
  /** Actual value; null: the LMS sends none. */
  actual: CriterionValue | null;
  /** True if the criterion is inside an odd number of `not`. */
  negated: boolean;
  /** Whether the criterion supports the award, with `not` taken into account. */
  met: boolean;
  /** A coordinator waived it: it counts as satisfied although the comparison fails. */
  waived: boolean;
  explanation: Explanation;
}

export interface Evaluation {
  met: boolean;
  /** All criteria, in file order. */
  results: CriterionResult[];
  /** Criteria that prevent the result: unmet ones in unmet branches. Empty when met. */
  unmet: CriterionResult[];
}

/** Consents that were given and not revoked since. A revocation at or after the last consent wins. */
export function consents(list: StudentGroup['consents']): Record<string, boolean> {
  const byKind = new Map<string, { given: number; revoked: number }>();
  for (const { kind, givenAt, revokedAt } of list) {
    const known = byKind.get(kind) ?? { given: Number.NEGATIVE_INFINITY, revoked: Number.NEGATIVE_INFINITY };
    byKind.set(kind, {
      given: givenAt === null ? known.given : Math.max(known.given, Date.parse(givenAt)),
      revoked: revokedAt === null ? known.revoked : Math.max(known.revoked, Date.parse(revokedAt)),
    });
  }
  return Object.fromEntries([...byKind].map(([kind, { given, revoked }]) => [kind, given > revoked]));
}

/**
 * Collects the inputs of a decision. `lessonsShare` is completed / total, and unknown when the total is 0.
 * @param countryCode ISO 3166-1 alpha-2, or null while unknown
 */
export function buildInputs(studentGroup: StudentGroup, release: Release, countryCode: string | null): CriterionInputs {
  const { student, progress, project, registration } = studentGroup;
  return {
    student: {
      id: student.id,
      role: student.role,
      locale: student.locale,
      timezone: student.timezone,
      country: student.country,
    },
    studentGroup: {
      id: studentGroup.id,
      status: studentGroup.status,
      certTemplate: studentGroup.certTemplate,
      completedAt: studentGroup.completedAt,
      updatedAt: studentGroup.updatedAt,
    },
    group: { id: studentGroup.group.id, name: studentGroup.group.name },
    release: {
      id: release.id,
      closed: release.closed ?? false,
      startsOn: release.startsOn,
      endsOn: release.endsOn,
      issueDate: release.issueDate,
      timezone: release.timezone,
      hoursTotal: release.hoursTotal,
    },
    progress: {
      score: progress?.score ?? null,
      attendance: progress?.attendance ?? null,
      lessonsCompleted: progress?.lessonsCompleted ?? null,
      lessonsTotal: progress?.lessonsTotal ?? null,
      lessonsShare: progress && progress.lessonsTotal > 0 ? progress.lessonsCompleted / progress.lessonsTotal : null,
    },
    project: {
      present: project !== null,
      accepted: project?.accepted ?? null,
      grade: project?.grade ?? null,
    },
    consent: consents(studentGroup.consents),
    registration: {
      present: registration !== null,
      form: registration?.form ?? null,
      country: registration?.country ?? null,
    },
    country: { code: countryCode },
  };
}

interface Walked {
  met: boolean;
  unmet: CriterionResult[];
}

/**
 * Criteria (`source.parameter`) that a coordinator waived. A consent can be given only by the person, so it is never
 * waived.
 */
export type WaivedCriteria = ReadonlySet<string>;
const NONE: WaivedCriteria = new Set();

function isWaived({ source, parameter }: Criterion, waived: WaivedCriteria): boolean {
  return waived.size > 0 && source !== 'consent' && waived.has(`${source}.${parameter}`);
}

/**
 * Evaluates the whole tree without short-circuiting, so that every criterion gets a result. Returns whether the
 * branch is met.
 */
function walk(
  tree: CriteriaTree,
  inputs: CriterionInputs,
  negated: boolean,
  results: CriterionResult[],
  waivers: WaivedCriteria,
): Walked {
  if ('all' in tree || 'any' in tree) {
    const children = ('all' in tree ? tree.all : tree.any).map((child) =>
      walk(child, inputs, negated, results, waivers),
    );
    // Below `not`, "not all" is met when any part fails, and "not any" only when all fail.
    const every = 'all' in tree !== negated;
    const met = every ? children.every((child) => child.met) : children.some((child) => child.met);
    return { met, unmet: met ? [] : children.flatMap((child) => child.unmet) };
  }
  if ('not' in tree) return walk(tree.not, inputs, !negated, results, waivers);
  const actual = actualValue(tree, inputs);
  const { path, source, parameter, operator, expected } = tree;
  const held = isMet(tree, actual, inputs) !== negated;
  const waived = !held && isWaived(tree, waivers);
  const met = held || waived;
  const explanation = explain(tree, actual, negated, waived);
  const result = { path, source, parameter, operator, expected, actual, negated, met, waived, explanation };
  results.push(result);
  return { met, unmet: met ? [] : [result] };
}
/** Evaluates a tree. Deterministic: the same tree, inputs and waivers give the same result. */
export function evaluateCriteria(tree: CriteriaTree, inputs: CriterionInputs, waived = NONE): Evaluation {
  const results: CriterionResult[] = [];
  return { ...walk(tree, inputs, false, results, waived), results };
}

/**
 * Whether the tree would be met with the best possible country, that is, with every country criterion satisfied. When
 * it is false, there is no need to ask about the country.
 */
export function metExceptCountry(tree: CriteriaTree, inputs: CriterionInputs, waived = NONE): boolean {
  return metAtBest(tree, inputs, false, waived);
}

function metAtBest(tree: CriteriaTree, inputs: CriterionInputs, negated: boolean, waived: WaivedCriteria): boolean {
  if ('not' in tree) return metAtBest(tree.not, inputs, !negated, waived);
  if ('all' in tree || 'any' in tree) {
    const children = 'all' in tree ? tree.all : tree.any;
    return 'all' in tree !== negated
      ? children.every((child) => metAtBest(child, inputs, negated, waived))
      : children.some((child) => metAtBest(child, inputs, negated, waived));
  }
  if (tree.source === 'country' || isWaived(tree, waived)) return true;
  return isMet(tree, actualValue(tree, inputs), inputs) !== negated;
}
