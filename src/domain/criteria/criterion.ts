import { isCountryCode } from '../country/country-name.ts';
import {
  type CriterionOperator,
  type CriterionValue,
  isCivilDate,
  OPERATORS,
  type Operator,
  type ValueKind,
} from './operators.ts';

/** A closed list of values, so that a misspelt constant is a fault when the file is loaded. */
interface Parameter {
  kind: ValueKind;
  values?: readonly string[];
}

const STRING: Parameter = { kind: 'string' };
const NUMBER: Parameter = { kind: 'number' };
const BOOLEAN: Parameter = { kind: 'boolean' };
const DATE: Parameter = { kind: 'date' };

/** All parameters that a criterion may name. Consents are named by kind, and the LMS may have any kinds. */
export const PARAMETERS = {
  student: {
    id: STRING,
    role: { kind: 'string', values: ['teacher', 'staff', 'tester'] },
    locale: STRING,
    timezone: STRING,
    country: STRING,
  },
  studentGroup: {
    id: STRING,
    status: { kind: 'string', values: ['active', 'completed', 'criteria met', 'certificate issued', 'expelled'] },
    certTemplate: STRING,
    completedAt: DATE,
    updatedAt: DATE,
  },
  group: { id: STRING, name: STRING },
  release: {
    id: STRING,
    closed: BOOLEAN,
    startsOn: DATE,
    endsOn: DATE,
    issueDate: DATE,
    timezone: STRING,
    hoursTotal: NUMBER,
  },
  progress: {
    score: NUMBER,
    attendance: NUMBER,
    lessonsCompleted: NUMBER,
    lessonsTotal: NUMBER,
    lessonsShare: NUMBER,
  },
  project: { present: BOOLEAN, accepted: BOOLEAN, grade: STRING },
  consent: {},
  registration: { present: BOOLEAN, form: STRING, country: STRING },
  country: { code: STRING },
} as const satisfies Record<string, Record<string, Parameter>>;

export type CriterionSource = keyof typeof PARAMETERS;

/** One comparison of a value with a constant. */
export interface Criterion {
  source: CriterionSource;
  parameter: string;
  operator: CriterionOperator;
  /** The constant, in the form that the operator asks for; a date or RFC 3339 time for dates. */
  expected: CriterionValue | readonly CriterionValue[];
  /** Path of the criterion in the programme, for example `require.all[3].any[0]`. */
  path: string;
}
export type CriteriaTree =
  | { all: readonly CriteriaTree[] }
  | { any: readonly CriteriaTree[] }
  | { not: CriteriaTree }
  | Criterion;

export interface CriteriaFault {
  path: (string | number)[];
  message: string;
}

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)$/;
const MAX_DEPTH = 50;

function list(names: readonly string[]): string {
  return names.join(', ');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function findParameter(source: CriterionSource, name: string): Parameter | undefined {
  if (source === 'consent') return /^[\p{L}\p{N}_.-]{1,100}$/u.test(name) ? BOOLEAN : undefined;
  const parameters: Record<string, Parameter> = PARAMETERS[source];
  return Object.hasOwn(parameters, name) ? parameters[name] : undefined;
}

/** The kind of a parameter's values; null for an unknown parameter. */
export function parameterKind(source: CriterionSource, parameter: string): ValueKind | null {
  return findParameter(source, parameter)?.kind ?? null;
}

/** Why a constant is invalid for a parameter, or null. */
function constantFault(value: unknown, parameter: Parameter, isCountry: boolean): string | null {
  if (parameter.kind === 'date') {
    const valid =
      typeof value === 'string' && (isCivilDate(value) || (INSTANT.test(value) && !Number.isNaN(Date.parse(value))));
    return valid ? null : 'expected a date YYYY-MM-DD or an instant with its zone';
  }
  if (typeof value !== parameter.kind) return `expected a ${parameter.kind}`;
  if (typeof value === 'number' && !Number.isFinite(value)) return 'expected a finite number';
  if (typeof value !== 'string') return null;
  if (parameter.values && !parameter.values.includes(value))
    return `unknown value; known are ${list(parameter.values)}`;
  return isCountry && !isCountryCode(value) ? 'expected an ISO 3166-1 alpha-2 code such as KZ' : null;
}

class Parser {
  readonly faults: CriteriaFault[] = [];

  fault(path: (string | number)[], message: string): null {
    this.faults.push({ path, message });
    return null;
  }

  tree(raw: unknown, path: (string | number)[]): CriteriaTree | null {
    if (path.length > MAX_DEPTH) return this.fault(path, `nested more than ${MAX_DEPTH} levels deep`);
    if (!isRecord(raw))
      return this.fault(path, 'expected all, any, not or a criterion with source, parameter and operator');
    const keys = Object.keys(raw);
    const branch = keys.find((key) => key === 'all' || key === 'any' || key === 'not');
    if (branch === undefined) return this.criterion(raw, path);
    const other = keys.find((key) => key !== branch);
    if (other !== undefined)
      return this.fault([...path, other], `"${branch}" must be the only key; move "${other}" out of it`);
    if (branch === 'not') {
      const inner = this.tree(raw[branch], [...path, branch]);
      return inner && { not: inner };
    }
    const items = raw[branch];
    if (!Array.isArray(items) || items.length === 0)
      return this.fault([...path, branch], `"${branch}" needs a list of at least one criterion`);
    const parsed = items.map((item, index) => this.tree(item, [...path, branch, index]));
    const children = parsed.filter((child) => child !== null);
    return branch === 'all' ? { all: children } : { any: children };
  }

  criterion(raw: Record<string, unknown>, path: (string | number)[]): Criterion | null {
    const { source, parameter: name, ...rest } = raw;
    const known = Object.keys(PARAMETERS);
    if (typeof source !== 'string' || !Object.hasOwn(PARAMETERS, source))
      return this.fault([...path, 'source'], `unknown source; known are ${list(known)}`);
    const from = source as CriterionSource;
    const parameter = typeof name === 'string' ? findParameter(from, name) : undefined;
    if (typeof name !== 'string' || !parameter)
      return this.fault([...path, 'parameter'], `unknown parameter of ${from}; known are ${parameterNames(from)}`);
    const operators = Object.keys(rest);
    const unknown = operators.find((key) => !Object.hasOwn(OPERATORS, key));
    if (unknown !== undefined)
      return this.fault([...path, unknown], `unknown operator; known are ${list(Object.keys(OPERATORS))}`);
    const operator = operators[0] as CriterionOperator | undefined;
    if (operator === undefined || operators.length > 1)
      return this.fault(path, `exactly one operator is needed; known are ${list(Object.keys(OPERATORS))}`);
    const { kinds, constant }: Operator = OPERATORS[operator];
    if (!kinds.includes(parameter.kind))
      return this.fault(
        [...path, operator],
        `the operator "${operator}" cannot compare ${from}.${name}, which is a ${parameter.kind}`,
      );
    const expected = this.constant(rest[operator], constant, parameter, from === 'country', [...path, operator]);
    return expected === null ? null : { source: from, parameter: name, operator, expected, path: pathText(path) };
  }

  constant(
    raw: unknown,
    form: Operator['constant'],
    parameter: Parameter,
    isCountry: boolean,
    path: (string | number)[],
  ) {
    if (form === 'yes or no') return typeof raw === 'boolean' ? raw : this.fault(path, 'expected true or false');
    if (form === 'value') {
      const fault = constantFault(raw, parameter, isCountry);
      return fault === null ? (raw as CriterionValue) : this.fault(path, fault);
    }
    if (!Array.isArray(raw) || raw.length === 0) return this.fault(path, 'expected a list of at least one value');
    const before = this.faults.length;
    raw.forEach((value, index) => {
      const fault = constantFault(value, parameter, isCountry);
      if (fault !== null) this.fault([...path, index], fault);
    });
    return this.faults.length > before ? null : (raw as CriterionValue[]);
  }
}

function parameterNames(source: CriterionSource): string {
  return source === 'consent' ? 'kinds of consent' : list(Object.keys(PARAMETERS[source]));
}

function pathText(path: (string | number)[]): string {
  return path.reduce<string>((text, key) => text + (typeof key === 'number' ? `[${key}]` : `.${key}`), 'require');
}

/**
 * Parses a tree of criteria as written in criteria.yaml; reports all faults at once, each with its path below
 * `require`.
 */
export function parseCriteria(raw: unknown): { tree: CriteriaTree | null; faults: CriteriaFault[] } {
  const parser = new Parser();
  const tree = parser.tree(raw, []);
  return { tree: parser.faults.length === 0 ? tree : null, faults: parser.faults };
}
