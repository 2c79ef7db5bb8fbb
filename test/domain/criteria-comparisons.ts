import { PARAMETERS } from '../../src/domain/criteria/criterion.ts';

type Kind = 'string' | 'number' | 'boolean' | 'date';
interface Comparison {
  operator: string;
  constant: unknown;
  meet: (string | number | boolean)[];
  fail: (string | number | boolean)[];
  /** Whether the operator is satisfied when the value is missing. */
  missing?: boolean;
}
const exists = (value: string | number | boolean): Comparison[] => [
  { operator: 'exists', constant: true, meet: [value], fail: [] },
  { operator: 'exists', constant: false, meet: [], fail: [value], missing: true },
];
/** For each kind of parameter: the expected result of each operator for each value; two values can be given. */
export const COMPARISONS: Record<Kind, (a: string, b: string) => Comparison[]> = {
  string: (a, b) => [
    {
      operator: 'equals',
      constant: a,
      meet: [a],
      fail: [b, `${a} `, a.toLowerCase() === a ? a.toUpperCase() : a.toLowerCase()],
    },
    { operator: 'in', constant: [a], meet: [a], fail: [b] },
    { operator: 'in', constant: [b, a], meet: [a, b], fail: ['', 'else'] },
    ...exists(a),
    ...exists(''),
  ],
  number: () => [
    { operator: 'equals', constant: 0.9, meet: [0.9], fail: [0.90001, 0, 9, '0.9'] },
    { operator: 'in', constant: [0, 60], meet: [0, 60], fail: [30, '60', false] },
    { operator: 'atLeast', constant: 60, meet: [60, 60.001, 1e9], fail: [59.999, 0, -60, '61'] },
    { operator: 'atMost', constant: 60, meet: [60, 0, -1e9], fail: [60.001, '59'] },
    ...exists(0),
  ],
  boolean: () => [
    { operator: 'equals', constant: true, meet: [true], fail: [false, 'true', 1] },
    { operator: 'equals', constant: false, meet: [false], fail: [true, 0] },
    { operator: 'in', constant: [true, false], meet: [true, false], fail: ['true'] },
    ...exists(false),
  ],
  // Midnight of the 19th in the release's zone (Moscow) is 21:00 UTC of the 18th.
  date: () => [
    ...dates('atLeast', ['2026-11-19', '2026-12-01', '2026-11-18T21:00:00Z'], ['2026-11-18', '2026-11-18T20:59:59Z']),
    ...dates('atMost', ['2026-11-19', '2026-11-18', '2026-11-19T20:59:59Z'], ['2026-11-20', '2026-11-19T21:00:00Z']),
    ...dates('before', ['2026-11-18', '2026-11-18T20:59:59Z'], ['2026-11-19', '2026-11-18T21:00:00Z']),
    ...dates('after', ['2026-11-20', '2026-11-19T21:00:00Z'], ['2026-11-19', '2026-11-19T20:59:59Z', 'no date']),
    ...instants(
      'atLeast',
      ['2026-11-18T21:00:00Z', '2026-11-19T00:00:00+03:00', '2026-11-19'],
      ['2026-11-18T20:59:59.999Z'],
    ),
    ...instants('atMost', ['2026-11-18T21:00:00Z', '2026-11-19'], ['2026-11-18T21:00:00.001Z', '2026-11-20']),
    ...instants('before', ['2026-11-18T20:59:59.999Z', '2026-11-18'], ['2026-11-19T00:00:00+03:00', '2026-11-19']),
    ...instants('after', ['2026-11-18T21:00:00.001Z', '2026-11-20'], ['2026-11-19T00:00:00+03:00', '2026-11-19']),
    ...exists('2026-11-19'),
  ],
};
function dates(operator: string, meet: string[], fail: string[]): Comparison[] {
  return [{ operator, constant: '2026-11-19', meet, fail }];
}
function instants(operator: string, meet: string[], fail: string[]): Comparison[] {
  return [{ operator, constant: '2026-11-18T21:00:00Z', meet, fail }];
}

/** Every parameter with two possible values. */
export function* everyParameter() {
  const known = { ...PARAMETERS, consent: { 'personal-data': { kind: 'boolean' } } } as const;
  for (const source of Object.keys(PARAMETERS) as (keyof typeof PARAMETERS)[]) {
    const parameters: Record<string, { kind: Kind; values?: readonly string[] }> = known[source];
    for (const [parameter, { kind, values }] of Object.entries(parameters)) {
      const [a = 'KZ', b = 'UZ'] = values ?? [];
      yield { source, parameter, kind, values: [a, b] as [string, string] };
    }
  }
}
