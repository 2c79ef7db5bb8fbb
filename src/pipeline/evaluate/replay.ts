import { isDeepStrictEqual } from 'node:util';
import type { CriterionResult } from '../../domain/criteria/criteria.ts';
import type { ShownReason } from '../../domain/failure.ts';
import type { Rules } from '../../domain/rulebook.ts';
import type { Release } from '../../domain/student-group/student-group.ts';
import type { Trial } from '../../ports/printer.ts';
import type { Decision } from '../../records/student-groups/decisions.ts';
import { conclude } from './conclude.ts';
import { type Judgement, judge } from './judge.ts';
import { type StoredCase, toCase } from './stored-case.ts';

/** The result of a decision. */
export interface ReplayAnswer {
  outcome: Judgement['outcome'];
  reason: ShownReason | null;
  programmeId: string | null;
  certTemplate: string | null;
  criteria: readonly CriterionResult[];
  country: unknown;
}

/** Replays a stored case with given rules; awards nothing. */
export function decideAgain(stored: StoredCase, release: Release, rules: Rules, printer: Trial): ReplayAnswer {
  const subject = toCase(stored, release);
  const judgement = judge(subject, rules, printer);
  const { outcome, reason } = conclude(subject, judgement, stored.circumstances);
  const { criteria, country, certTemplate, programme } = judgement;
  return { outcome, reason, programmeId: programme?.id ?? null, certTemplate, criteria, country };
}

const word = ({ outcome, reason }: Pick<ReplayAnswer, 'outcome' | 'reason'>): string =>
  reason === null ? outcome : `${outcome} ${reason.code}`;

/** Differences between two results, one line each, without personal data; empty when they are equal. */
export function differences(stored: Pick<Decision, keyof ReplayAnswer>, now: ReplayAnswer): string[] {
  const found: string[] = [];
  const differ = (what: string, before: string | null, after: string | null) => {
    if (before !== after) found.push(`${what}: stored ${before ?? 'none'}, now ${after ?? 'none'}`);
  };
  differ('outcome', word(stored), word(now));
  if (stored.reason?.code === now.reason?.code)
    differ('reason', stored.reason?.detail ?? null, now.reason?.detail ?? null);
  differ('programme', stored.programmeId, now.programmeId);
  differ('certTemplate', stored.certTemplate, now.certTemplate);
  const [country, countryNow] = [plain(stored.country), plain(now.country)];
  differ('country', codeOf(country), codeOf(countryNow));
  if (codeOf(country) === codeOf(countryNow) && !isDeepStrictEqual(country, countryNow))
    found.push('country: the sources are read differently now');
  return [...found, ...criteriaDifferences(stored.criteria, now.criteria)];
}

function criteriaDifferences(stored: readonly CriterionResult[], now: readonly CriterionResult[]): string[] {
  const before = new Map(stored.map((result) => [result.path, result]));
  const after = new Map(now.map((result) => [result.path, result]));
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((path) => {
    const [a, b] = [before.get(path), after.get(path)];
    if (!a || !b) return [`${path}: ${a ? 'does not exist any more' : 'is new'}`];
    if (a.met !== b.met) return [`${path}: stored ${metWord(a)}, now ${metWord(b)}`];
    const { explanation: _a, ...wasThere } = a;
    const { explanation: _b, ...isThere } = b;
    return isDeepStrictEqual(plain(wasThere), plain(isThere))
      ? []
      : [`${path}: the criterion compares something different now`];
  });
}

const metWord = ({ met }: CriterionResult): string => (met ? 'met' : 'not met');

/** Converts a value as JSON does: undefined fields are removed. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value ?? null));
}

function codeOf(country: unknown): string | null {
  const { code } = (country ?? {}) as { code?: unknown };
  return typeof code === 'string' ? code : null;
}
