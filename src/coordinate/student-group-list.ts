import { z } from 'zod';
import { foldNumber } from '../domain/certificate/certificate-number.ts';
import { parseCode } from '../domain/certificate/lookup-code.ts';
import { readCountries } from '../domain/country/country-list.ts';
import { normaliseEmail } from '../domain/letter/email-address.ts';
import { message } from '../domain/messages/message.ts';
import { searchWords } from '../domain/text/search-words.ts';
import { isKey, wordsAlike } from '../domain/text/sound-keys.ts';
import { Problem } from '../platform/http/problem.ts';
import { cursorOf, Limit, plainText, toCursor } from '../platform/http/validate.ts';
import type { Db } from '../records/rows.ts';
import type { StudentGroupFilter } from '../records/student-groups/student-group-filter.ts';
import {
  type StudentGroupPlace,
  selectGroupsByKeys,
  selectGroupsByWords,
  selectStudentGroupPage,
  UnknownPlace,
} from '../records/student-groups/student-group-search.ts';
import { addSuggestions } from '../records/student-groups/suggestions.ts';
import { CountryCode, ReasonAnswer, SAMPLE, StateAnswer, StateFilter } from './shared-schemas.ts';

const Uuid = z.uuid();

/** Countries by code or by name, comma separated; as their codes. */
export const CountriesFilter = z
  .string(message('input.country'))
  .transform((text, context) => {
    const read = readCountries(text);
    if (read.ok) return read.codes;
    context.addIssue({ code: 'custom', message: read.detail });
    return z.NEVER;
  })
  .optional()
  .describe('Countries by ISO 3166-1 alpha-2 code or by name, comma separated.')
  .meta({ example: 'KZ,UZ' });

const YesNo = z
  .enum(['true', 'false'], message('input.boolean'))
  .transform((text) => text === 'true')
  .optional();

/** Parameters that narrow a list of student groups; an act on many takes the same. */
export const STUDENT_GROUP_FILTERS = {
  q: plainText(200)
    .optional()
    .describe(
      'A number, a code, an id of a student, student group or certificate, an e-mail address, or words of a name as they begin, in any script.',
    )
    .meta({ example: 'nurmukh' }),
  state: StateFilter,
  reason: plainText(100).optional().describe('Only those with this reason code.').meta({ example: 'country-unknown' }),
  release: plainText(200)
    .optional()
    .describe('Id of the release where they are now.')
    .meta({ example: SAMPLE.release }),
  country: CountriesFilter,
  template: plainText(200).optional().describe('Id of a certificate template.').meta({ example: 'teacher-kk' }),
  needsReissue: YesNo.describe('Whether a fact that the certificate prints has changed since.'),
};
const StudentGroupNarrowing = z.strictObject(STUDENT_GROUP_FILTERS);
export type StudentGroupNarrowing = z.output<typeof StudentGroupNarrowing>;

/**
 * Bucket and student group of the last row of a page; in a list by names, the place of the typed word, the word that
 * matched, and the student group.
 */
const Place = z.string().regex(/^(\d{1,15}|=\d{1,3}=[^ =]+) ./);
export const StudentGroupList = z.strictObject({
  limit: Limit,
  cursor: cursorOf(Place),
  ...STUDENT_GROUP_FILTERS,
  q: STUDENT_GROUP_FILTERS.q.describe(
    'A number, a code, an id of a student, student group or certificate, an e-mail address, or words of a name as they begin, in any script. Where no name has these words, names that are spelled so in another usual transliteration are listed.',
  ),
});

export const StudentGroupItem = z
  .object({
    studentGroupId: z.string(),
    studentId: z.string().nullable().describe('Null where the LMS never told it in a form that can be read.'),
    fullName: z.string().nullable().describe('As a coordinator wrote it, else as the LMS has it.'),
    latinName: z.string().nullable(),
    releaseId: z.string().nullable().describe('Where it is now.'),
    country: CountryCode.nullable().describe(
      'Of the certificate, else of the newest decision; null where it is not known, or nobody has judged yet.',
    ),
    state: StateAnswer,
    reason: ReasonAnswer.nullable(),
    certificateId: z
      .uuid()
      .nullable()
      .describe('Its own; or, where the student has one by another student group, that one.'),
    number: z.string().nullable().describe('The number of that certificate.'),
    needsReissue: z.boolean().describe('A fact that the certificate prints has changed since.'),
  })
  .meta({ id: 'FoundStudentGroup', description: 'A student group in a list. It holds personal data.' });
export type StudentGroupItem = z.infer<typeof StudentGroupItem>;

export const STUDENT_GROUP_ITEM_EXAMPLE: StudentGroupItem = {
  studentGroupId: SAMPLE.studentGroup,
  studentId: SAMPLE.student,
  fullName: 'Айгүл Нұрмұхамедова',
  latinName: 'Aigul Nurmukhamedova',
  releaseId: SAMPLE.release,
  country: null,
  state: 'held',
  reason: { code: 'country-unknown', detail: 'No source names a country; override the country.' },
  certificateId: null,
  number: null,
  needsReissue: false,
};

/** One page of the student groups that match, for HTTP and for pages alike. */
export async function listStudentGroups(
  db: Db,
  { limit, cursor, ...narrowing }: z.output<typeof StudentGroupList>,
): Promise<{ items: StudentGroupItem[]; nextCursor: string | null }> {
  const filter = await readListFilter(db, { ...narrowing, cursor });
  if (filter === null) return { items: [], nextCursor: null };
  try {
    const after = cursor === null ? null : readPlace(cursor, filter.words);
    const { rows, next } = await selectStudentGroupPage(db, filter, { after, limit });
    const shown = await addSuggestions(db, rows);
    const items = shown.map(({ decisionId: _, ...item }) => item);
    return { items, nextCursor: next && toCursor(writePlace(next, filter.words)) };
  } catch (error) {
    return refuseUnknownPlace(error);
  }
}

function refuseUnknownPlace(error: unknown): never {
  if (!(error instanceof UnknownPlace)) throw error;
  throw new Problem(400, message('http.form'), { errors: [{ pointer: '/cursor', detail: message('input.cursor') }] });
}

/** Maximum number of student groups that one key can match. */
const MOST_BY_KEY = 1000;
/** An act on all that match looks up so many student groups by words of names; of more, the words are kept. */
const MOST_BY_WORDS = 5000;
/** A list sorts so many by release and state; more are listed in the order of the matching words. */
const MOST_SORTED = 50;

/** The filter that parameters mean, exactly: for acts on all that match. Null: nothing can match. */
export async function readFilter(db: Db, asked: StudentGroupNarrowing): Promise<StudentGroupFilter | null> {
  return toFilter(await findByText(db, asked.q), asked);
}

/**
 * The filter that parameters of a list mean: where no name has the typed words, names in another usual transliteration.
 * Null: nothing can match.
 */
export async function readListFilter(
  db: Db,
  { cursor = null, ...asked }: StudentGroupNarrowing & { cursor?: string | null },
): Promise<(StudentGroupFilter & { isAlike: boolean }) | null> {
  const words = searchWords(asked.q ?? '');
  // A list goes on as it began, whoever got or lost such a name meanwhile.
  if (cursor?.startsWith('=')) {
    const isAlike = isKey(wordOf(cursor));
    const filter = toFilter({ ids: null, words: isAlike ? wordsAlike(words) : words }, asked);
    return filter && { ...filter, isAlike };
  }
  const most = cursor === null ? MOST_SORTED : MOST_BY_WORDS;
  const exact = await findByText(db, asked.q, most);
  const alike = isNobody(exact) && asked.q !== undefined ? await findByWords(db, wordsAlike(words), most) : null;
  const found = isNobody(alike) ? exact : alike;
  const filter = toFilter(found, asked);
  return filter && { ...filter, isAlike: found === alike };
}

type Found = Pick<StudentGroupFilter, 'ids' | 'words'>;

const isNobody = (found: Found | null): boolean => found === null || found.ids?.length === 0;

function toFilter(found: Found | null, asked: StudentGroupNarrowing): StudentGroupFilter | null {
  return (
    found && {
      ...found,
      state: asked.state ?? null,
      reason: asked.reason ?? null,
      releaseId: asked.release ?? null,
      countries: asked.country ?? null,
      template: asked.template ?? null,
      needsReissue: asked.needsReissue ?? null,
    }
  );
}

/**
 * Whom a typed text means: looked up as a number, code, id or e-mail address; if none matches, as words of a name. Null:
 * nobody can match.
 */
export async function findByText(db: Db, q: string | undefined, most = MOST_BY_WORDS): Promise<Found | null> {
  if (q === undefined) return { ids: null, words: [] };
  const wanted = q.trim();
  const email = normaliseEmail(wanted);
  const keys = {
    certificateId: Uuid.safeParse(wanted).success ? wanted : null,
    code: parseCode(wanted),
    number: foldNumber(wanted),
    text: wanted,
    email: email.ok ? email.email : null,
  };
  const ids = await selectGroupsByKeys(db, keys, MOST_BY_KEY);
  if (ids.length > 0) return { ids, words: [] };
  return findByWords(db, email.ok ? [] : searchWords(wanted), most);
}

async function findByWords(db: Db, words: string[], most: number): Promise<Found | null> {
  if (words.length === 0) return null;
  const named = await selectGroupsByWords(db, words, most);
  return named === null ? { ids: null, words } : { ids: named, words: [] };
}

function writePlace(place: StudentGroupPlace, words: string[]): string {
  const list = 'word' in place ? `=${words.indexOf(place.typed)}=${place.word}` : place.bucketId;
  return `${list} ${place.studentGroupId}`;
}

const wordOf = (cursor: string): string => cursor.slice(cursor.indexOf('=', 1) + 1, cursor.indexOf(' '));

function readPlace(cursor: string, words: string[]): StudentGroupPlace {
  const space = cursor.indexOf(' ');
  const studentGroupId = cursor.slice(space + 1);
  if (!cursor.startsWith('=')) return { bucketId: Number(cursor.slice(0, space)), studentGroupId };
  const typed = words[Number(cursor.slice(1, cursor.indexOf('=', 1)))];
  if (typed === undefined) throw new UnknownPlace();
  return { typed, word: wordOf(cursor), studentGroupId };
}
