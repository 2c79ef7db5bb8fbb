import { writeXlsx } from 'hucre/xlsx';

/** Student groups that the LMS has; ids by number. */
export const known = (number: number) => ({
  group: `sg_i${number}`,
  student: `st_i${number}`,
  email: `teacher${number}@school.example`,
  fullName: `Анна Петрова${letters(number)}`,
});

/** 0 → «аа»: a name without digits for every number. */
function letters(number: number): string {
  const sign = (at: number) => String.fromCharCode('а'.charCodeAt(0) + (at % 30));
  return sign(number) + sign(Math.floor(number / 30));
}

export const HEADINGS = [
  'Отметка времени',
  'Электронная почта',
  'ID студента',
  'ФИО',
  'Имя и фамилия латиницей',
  'Страна',
];
type Value = string | number | boolean | Date | null;
/** Timestamp, e-mail, id, name, Latin name, country. */
export type Row = [Value, Value, Value, Value, Value, Value];

/** A row as it should be. */
export function good(number: number): Row {
  const { email, fullName } = known(number);
  return ['20.11.2026 10:00:00', email, null, fullName, `Anna Petrova`, 'Казахстан'];
}

/** What a row gets: verdict, code and cell of its problem. */
export type Expected = [verdict: string, code: string | null, cell: string | null];

const over = (number: number, change: Partial<Record<number, Value>>): Row =>
  good(number).map((value, at) => (at in change ? change[at] : value)) as Row;

/**
 * Forty faulty rows of more than fifteen kinds, by their number in the file, from 2. Every number is a student group of its
 * own.
 */
export const FAULTY: Record<number, { row: Row; expected: Expected }> = {
  10: { row: over(10, { 1: 'nobody@school.example' }), expected: ['unknown', 'unknown', 'B10'] },
  11: { row: over(11, { 1: null, 2: 'st_nobody' }), expected: ['unknown', 'unknown', 'C11'] },
  12: { row: over(12, { 1: null }), expected: ['fault', 'no-key', null] },
  13: { row: over(13, { 1: 'teacher13school.example' }), expected: ['fault', 'email-malformed', 'B13'] },
  14: { row: over(14, { 1: 'teacher14@school' }), expected: ['fault', 'email-malformed', 'B14'] },
  15: { row: over(15, { 1: 'tеacher15@school.example' }), expected: ['fault', 'email-malformed', 'B15'] },
  16: { row: over(16, { 1: 'teacher 16@school.example' }), expected: ['fault', 'email-malformed', 'B16'] },
  17: { row: over(17, { 5: 'Содружество' }), expected: ['fault', 'country-unreadable', 'F17'] },
  18: { row: over(18, { 5: 'Корея' }), expected: ['fault', 'country-unreadable', 'F18'] },
  19: { row: over(19, { 5: 'Казахстна' }), expected: ['fault', 'country-unclear', 'F19'] },
  20: { row: over(20, { 5: 'KR' }), expected: ['fault', 'country-unclear', 'F20'] },
  21: { row: over(21, { 5: '[% x %]' }), expected: ['fault', 'country-unreadable', 'F21'] },
  22: { row: over(22, { 4: 'Анна Петрова' }), expected: ['fault', 'latin-not-latin', 'E22'] },
  23: { row: over(23, { 4: 'Ანნა' }), expected: ['fault', 'latin-not-latin', 'E23'] },
  24: { row: over(24, { 4: 'Аnna Petrova' }), expected: ['fault', 'latin-mixed', 'E24'] },
  25: { row: over(25, { 4: 'Anna Петрова' }), expected: ['fault', 'latin-mixed', 'E25'] },
  26: { row: over(26, { 4: 'Anna\u202ePetrova' }), expected: ['fault', 'latin-unprintable', 'E26'] },
  27: { row: over(27, { 4: '123' }), expected: ['fault', 'latin-unprintable', 'E27'] },
  28: { row: over(28, { 4: 12 }), expected: ['fault', 'number-for-text', 'E28'] },
  29: { row: over(29, { 1: null, 2: 29 }), expected: ['fault', 'number-for-text', 'C29'] },
  30: { row: over(30, { 1: null, 2: '1,23E+11' }), expected: ['fault', 'number-for-text', 'C30'] },
  31: { row: over(31, { 4: new Date(Date.UTC(2026, 4, 1)) }), expected: ['fault', 'date-for-text', 'E31'] },
  32: { row: over(32, { 5: new Date(Date.UTC(2026, 4, 1)) }), expected: ['fault', 'date-for-text', 'F32'] },
  33: { row: over(33, { 5: true }), expected: ['fault', 'boolean-for-text', 'F33'] },
  34: { row: over(34, { 4: null, 5: null }), expected: ['fault', 'nothing-given', null] },
  35: { row: over(35, { 4: '  ', 5: '\u00a0' }), expected: ['fault', 'nothing-given', null] },
  36: { row: over(36, {}), expected: ['fault', 'formula', 'F36'] },
  37: { row: over(37, {}), expected: ['fault', 'formula', 'E37'] },
  38: { row: over(38, {}), expected: ['fault', 'hidden-row', null] },
  39: { row: over(39, {}), expected: ['fault', 'merged', 'F39'] },
  40: { row: over(40, {}), expected: ['fault', 'merged', 'F40'] },
  41: { row: HEADINGS as Row, expected: ['fault', 'heading-row', 'B41'] },
  42: { row: over(42, {}), expected: ['twice', 'twice', 'B42'] },
  43: { row: over(42, { 5: 'Узбекистан' }), expected: ['twice', 'twice', 'B43'] },
  44: { row: over(44, { 2: known(45).student }), expected: ['conflict', 'keys-differ', 'B44'] },
  46: { row: over(46, { 3: 'Борис Иванов' }), expected: ['conflict', 'name-differs', 'D46'] },
  47: { row: over(47, {}), expected: ['conflict', 'override-differs', 'F47'] },
  48: { row: over(48, {}), expected: ['conflict', 'override-differs', 'E48'] },
  49: { row: over(49, { 1: 'shared@school.example', 3: null }), expected: ['conflict', 'several-students', 'B49'] },
  50: { row: over(50, { 1: null, 2: known(50).student }), expected: ['conflict', 'several-groups', 'C50'] },
};

/** Rows that are right although they look odd. */
export const ODD: Record<number, { row: Row; expected: Expected }> = {
  60: { row: over(60, { 1: '  Teacher60@School.Example\u00a0' }), expected: ['found', null, null] },
  61: { row: over(61, { 4: ' Anna\u00a0 Petrova ' }), expected: ['found', null, null] },
  62: { row: over(62, { 5: 'Республика Казахстан' }), expected: ['found', null, null] },
  63: {
    row: over(63, { 3: `Петрова${known(63).fullName.slice(12)} Анна Ивановна` }),
    expected: ['found', null, null],
  },
  64: { row: over(64, { 4: 'O‘g‘iloy To‘lqinova' }), expected: ['found', null, null] },
  65: { row: over(65, { 4: null }), expected: ['same', null, null] },
  66: { row: over(66, { 1: 'other@school.example', 2: known(66).student }), expected: ['found', null, null] },
};

export const LAST = 501;

/** The file: headings and 500 rows. */
export function file(): Promise<Uint8Array> {
  const rows: Row[] = [HEADINGS as Row];
  for (let row = 2; row <= LAST; row += 1) rows.push((FAULTY[row] ?? ODD[row])?.row ?? good(row));
  const formula = (cell: string, value: string | null) =>
    [cell, { formula: 'A1', formulaResult: value, value, type: 'formula' }] as const;
  return writeXlsx({
    sheets: [
      {
        name: 'Ответы на форму (1)',
        rows,
        cells: new Map<string, object>([formula('35,5', 'Казахстан'), formula('36,4', null)]),
        rowDefs: new Map([[37, { hidden: true }]]),
        merges: [{ startRow: 38, endRow: 39, startCol: 5, endCol: 5 }],
      },
    ],
  });
}
