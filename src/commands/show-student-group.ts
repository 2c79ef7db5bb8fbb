import { storedRules } from '../compose/stored-rules.ts';
import type { Config } from '../config.ts';
import type { StudentGroupView } from '../coordinate/student-group-schema.ts';
import { viewStudentGroup } from '../coordinate/student-group-view.ts';
import { InputError } from '../domain/failure.ts';
import { type Language, message, messageIn, translate } from '../domain/messages/message.ts';
import { type LetterRecord, selectLetters } from '../records/certificates/certificate-history.ts';
import type { Db } from '../records/rows.ts';
import { selectShownDecisions } from '../records/student-groups/decisions.ts';
import { selectGroupsNamed } from '../records/student-groups/named-groups.ts';
import { decisionInWords } from './decision.ts';
import { shownTime } from './shown-time.ts';
import { withDatabase } from './with-database.ts';

type Say = (line: string) => void;

/** `gramota student-group show`: like `GET /api/student-groups/{id}`, with the letters: why she has one, or has none. */
export async function runStudentGroupShow(
  config: Config,
  named: string,
  options: { json?: boolean },
  language: Language,
  say: Say,
): Promise<void> {
  const lines = await withDatabase(config, async (db) => {
    const [id = named] = await selectGroupsNamed(db, named, null);
    const group = await viewStudentGroup({ db, rulesOf: (hash) => storedRules(db, hash) }, id);
    if (group === null) throw new InputError(message('find.no-student-group', { of: named }));
    const letters = group.certificate === null ? [] : await selectLetters(db, group.certificate.id);
    if (options.json) return [JSON.stringify({ ...group, letters }, null, 2)];
    return inWords(db, group, letters, language);
  });
  for (const line of lines) say(line);
}

type Shown = Parameters<typeof messageIn>[1] extends infer Code
  ? Code extends `show.${infer Name}`
    ? Name
    : never
  : never;

async function inWords(
  db: Db,
  group: StudentGroupView,
  letters: LetterRecord[],
  language: Language,
): Promise<string[]> {
  const word = (what: Shown) => messageIn(language, `show.${what}`);
  const said = (text: string) => translate(text, language);
  const student = group.snapshot?.student;
  const reason = group.reason && `${group.reason.code}: ${said(group.reason.detail)}`;
  const decision = (await selectShownDecisions(db, group.id)).at(-1);
  return [
    `${group.id}  ${group.state}, ${word('since')} ${shownTime(group.since)}`,
    ...(reason === null ? [] : [`  ${reason}`]),
    ...(group.judging ? [`  ${word('judging')}`] : []),
    ...(student
      ? [`  ${word('student')}: ${[student.fullName, student.latinName, student.id].filter(Boolean).join(', ')}`]
      : []),
    ...(group.releaseId === null ? [] : [`  ${word('release')}: ${group.releaseId}`]),
    ...countryInWords(group, word, said),
    ...group.overrides.map(
      ({ field, value, actor, reason: why }) =>
        `  ${word('overrides')}: ${field} = ${valueInWords(value)} (${actor}: ${why})`,
    ),
    ...(decision
      ? (await decisionInWords(db, decision, language)).map((line) => `  ${line}`)
      : [`  ${word('no-decision')}`]),
    ...(group.hold ? [`  ${word('hold')}: ${group.hold.code}: ${said(group.hold.detail)}`] : []),
    ...group.flags.map(({ kind, detail }) => `  ${word('flag')}: ${kind}: ${said(detail)}`),
    ...certificateInWords(group, word),
    ...letters.flatMap((letter) => [
      `  ${word('letter')}: ${letter.purpose}, ${word('version')} ${letter.version}: ${stateInWords(letter, word, said)}`,
      ...letter.copies.map((copy) => `    ${word('copy')} ${copy.recipient}: ${stateInWords(copy, word, said)}`),
    ]),
    ...group.history.map((act) =>
      `  ${word('history')}: ${shownTime(act.at)}  ${act.actor}  ${act.verb}  ${act.reason ?? ''}`.trimEnd(),
    ),
  ];
}

function countryInWords(
  { country }: StudentGroupView,
  word: (what: Shown) => string,
  said: (text: string) => string,
): string[] {
  if (country === null) return [];
  const result =
    country.kind === 'known'
      ? `${country.code} (${country.source}, ${country.confidence})`
      : `${word('country-unknown')}: ${said(country.detail)}`;
  return [
    `  ${word('country')}: ${result}`,
    ...country.seen.map(
      ({ source, code }) => `    ${source} ${code === null ? word('unreadable') : `${word('says')} ${code}`}`,
    ),
  ];
}

function certificateInWords(
  { certificate, formerCertificates }: StudentGroupView,
  word: (what: Shown) => string,
): string[] {
  const line = (one: NonNullable<StudentGroupView['certificate']>) =>
    `${one.number}  ${one.state}, ${word('version')} ${one.version ?? '-'}  ${one.id}`;
  return [
    `  ${certificate === null ? word('no-certificate') : `${word('certificate')}: ${line(certificate)}`}`,
    ...(certificate?.needsReissue ? [`    ${word('needs-reissue')}`] : []),
    ...formerCertificates.map((one) => `  ${word('former')}: ${line(one)}  ${one.releaseId}`),
  ];
}

function stateInWords(
  letter: Omit<LetterRecord, 'copies'>,
  word: (what: Shown) => string,
  said: (text: string) => string,
): string {
  const { state, changedAt, sendAfter, reason } = letter;
  const until = state === 'waiting' ? `, ${word('not-before')} ${shownTime(sendAfter)}` : '';
  const why = reason === null ? '' : `  ${reason.code}: ${said(reason.detail)}`;
  return `${state}, ${word('since')} ${shownTime(changedAt)}${until}${why}`;
}

const valueInWords = (value: string | boolean | string[] | null): string =>
  Array.isArray(value) ? value.join(', ') : String(value);
