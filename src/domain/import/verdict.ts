import { resolveCountry } from '../country/country.ts';
import { isExcluded, type Overrides } from '../student-group/override.ts';
import type { StudentGroup } from '../student-group/student-group.ts';
import { normaliseName } from '../text/name.ts';
import { foldedWords } from '../text/search-words.ts';
import type { ReadRow, RowValues } from './read-row.ts';
import { type RowProblem, rowProblem } from './row-problem.ts';

export const VERDICTS = ['found', 'same', 'unknown', 'twice', 'conflict', 'fault'] as const;
/**
 * `found`: the row would change something; `same`: nothing changes; `unknown`: no such student; `twice`: another row names
 * the same student group; `conflict`: a stronger source says something else, or it is not clear which student group is
 * meant; `fault`: a cell cannot be used. Only `found` and `same` are applied.
 */
export type Verdict = (typeof VERDICTS)[number];

/** A student group as known now. */
export interface KnownGroup {
  studentGroup: StudentGroup;
  /** E-mail addresses by which it is found, normalised. */
  emails: string[];
  overrides: Overrides;
}

export interface RowChange {
  field: 'country' | 'latinName' | 'excluded' | 'allow';
  cell: string;
  /** Null: there is no value, or none that counts. */
  from: string | boolean | string[] | null;
  /** Where `from` stands; null: nowhere. */
  source: string | null;
  to: string | boolean | string[];
}

/** The student group that a row means, or why it means none. */
export type Identified = { ok: true; group: KnownGroup } | { ok: false; verdict: Verdict; problem: RowProblem };

/** @param known every student group that one of the row's keys may mean, of the form's releases */
export function identify({ values }: ReadRow, known: readonly KnownGroup[]): Identified {
  const none = (code: RowProblem['code'], at: { cell: string; value: string }, more = {}): Identified => ({
    ok: false,
    verdict: code === 'unknown' ? 'unknown' : 'conflict',
    problem: rowProblem(code, at, more),
  });
  let left: readonly KnownGroup[] | null = null;
  const keys: [{ cell: string; value: string } | null, (group: KnownGroup, value: string) => boolean][] = [
    [values.studentGroupId, ({ studentGroup }, value) => studentGroup.id === value],
    [values.studentId, ({ studentGroup }, value) => studentGroup.student.id === value],
    [values.email, ({ emails }, value) => emails.includes(value)],
  ];
  let last = { cell: '', value: '' };
  for (const [key, fits] of keys) {
    if (key === null) continue;
    const fitting = known.filter((group) => fits(group, key.value));
    // An address that nobody has says nothing against an id: people register with another one.
    if (fitting.length === 0 && left !== null && key === values.email) continue;
    if (fitting.length === 0) return none('unknown', key);
    const before: readonly KnownGroup[] = left ?? fitting;
    left = before.filter((group) => fitting.includes(group));
    if (left.length === 0) return none('keys-differ', key);
    last = key;
  }
  const [group, ...others] = left ?? [];
  if (group === undefined) return none('unknown', last);
  const ids = [group, ...others].map((one) => one.studentGroup.id).slice(0, 5);
  const people = new Set([group, ...others].map((one) => one.studentGroup.student.id));
  if (people.size > 1) return none('several-students', last, { groups: ids.join(', ') });
  if (others.length > 0) return none('several-groups', last, { groups: ids.join(', ') });
  const name = values.fullName;
  if (name && !isSameName(name.value, group)) return none('name-differs', name, { group: group.studentGroup.id });
  return { ok: true, group };
}

/** All words of the shorter name are in the longer one, in any order; names in another alphabet are not compared. */
function isSameName(given: string, { studentGroup, overrides }: KnownGroup): boolean {
  const { student } = studentGroup;
  const wanted = new Set(foldedWords(given));
  const alphabet = (words: Set<string>) => /\p{Script=Latin}/u.test([...words].join(''));
  const names = [overrides.fullName, student.fullName, overrides.latinName, overrides.fileLatinName, student.latinName]
    .flatMap((name) => (name ? [new Set(foldedWords(name))] : []))
    .filter((words) => alphabet(words) === alphabet(wanted));
  const within = (a: Set<string>, b: Set<string>) => [...a].every((word) => b.has(word));
  return names.length === 0 || names.some((words) => within(words, wanted) || within(wanted, words));
}

export type Outcome = { changes: RowChange[]; conflict: RowProblem | null };

/**
 * What a row would change on its student group now. Pure, so that the review and the application, which repeats it, can be
 * compared.
 */
export function changesOfRow(values: RowValues, group: KnownGroup): Outcome {
  const changes: RowChange[] = [];
  const outcome = (conflict: RowProblem | null = null): Outcome => ({ changes: conflict ? [] : changes, conflict });
  const { overrides } = group;
  const { country, latinName, list, criteria } = values;
  if (country) {
    const spoken = overrides.country;
    if (spoken !== null && spoken !== country.value)
      return outcome(rowProblem('override-differs', country, { field: 'country' }));
    const now = countryNow(group);
    const before = now.kind === 'known' ? { from: now.code, source: now.source } : { from: null, source: null };
    if (spoken === null && overrides.fileCountry !== country.value)
      changes.push({ field: 'country', cell: country.cell, ...before, to: country.value });
  }
  if (latinName) {
    const spoken = overrides.latinName;
    if (spoken !== null && normal(spoken) !== latinName.value)
      return outcome(rowProblem('override-differs', latinName, { field: 'latinName' }));
    if (spoken === null && overrides.fileLatinName !== latinName.value)
      changes.push({ field: 'latinName', cell: latinName.cell, ...latinNow(group), to: latinName.value });
  }
  if (list?.value === 'deny' && !overrides.excluded)
    changes.push({ field: 'excluded', cell: list.cell, from: false, source: null, to: true });
  if (list?.value === 'allow' && criteria) {
    if (isExcluded(overrides)) return outcome(rowProblem('excluded-and-allowed', list));
    const to = [...new Set([...overrides.allow, ...criteria.value])];
    if (to.length > overrides.allow.length)
      changes.push({
        field: 'allow',
        cell: criteria.cell,
        from: overrides.allow,
        source: overrides.allow.length > 0 ? 'override' : null,
        to,
      });
  }
  return outcome();
}

/** Whether no value would be another one; the file may still become the source of a value that the LMS had alone. */
export function isSame({ changes }: Pick<Outcome, 'changes'>): boolean {
  return changes.every(({ from, to }) => from === to);
}

function countryNow({ studentGroup: { student, registration }, overrides }: KnownGroup) {
  return resolveCountry({
    override: overrides.country,
    registrationFile: overrides.fileCountry,
    registrationCountry: registration?.country ?? null,
    studentCountry: student.country,
    phone: student.phone,
    timezone: student.timezone,
  });
}

function latinNow({ studentGroup, overrides }: KnownGroup): { from: string | null; source: string | null } {
  if (overrides.fileLatinName !== null) return { from: overrides.fileLatinName, source: 'registration-file' };
  const { latinName } = studentGroup.student;
  const from = latinName === null ? null : normal(latinName);
  return { from, source: from === null ? null : 'student.latinName' };
}

/** Null for a blank name. */
function normal(name: string): string | null {
  if (name.trim() === '') return null;
  const result = normaliseName(name);
  return result.ok ? result.name : name;
}
