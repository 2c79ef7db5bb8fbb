import type { CertificateAnswer } from '../coordinate/certificate-schema.ts';
import type { ReissuePreviewAnswer } from '../coordinate/reissue-routes.ts';
import { type Language, message, messageIn, translate } from '../domain/messages/message.ts';
import { shownTime } from './shown-time.ts';

type Word = Extract<Parameters<typeof messageIn>[1], `shown.${string}`> extends `shown.${infer Name}` ? Name : never;

/** What `gramota certificate show` prints; it holds personal data. */
export function certificateInWords(view: CertificateAnswer, language: Language): string[] {
  const word = (name: Word) => messageIn(language, `shown.${name}`);
  const line = (name: Word, ...texts: (string | null)[]) => {
    const known = texts.filter((text) => text !== null && text !== '');
    return known.length === 0 ? [] : [`  ${word(name).padEnd(16)} ${known.join(', ')}`];
  };
  const { reason } = view;
  const [letter] = view.letters;
  return [
    `${view.number}  ${view.state}  ${view.validity}  ${word('version')} ${view.version}`,
    ...line('reason', reason && `${reason.code}: ${translate(reason.detail, language)}`),
    ...line('holder', view.holderName, view.latinName),
    ...line('studentGroup', view.studentGroupId, view.releaseId, view.country),
    ...line('course', view.courseTitle),
    ...line('issueDate', view.issueDate),
    ...line('revoked', view.revokedAt && shownTime(view.revokedAt), view.revocationClass),
    ...line('needsReissue', view.needsReissue ? word('yes') : null),
    ...line(
      'letter',
      ...(letter
        ? [letter.state, letter.recipient, shownTime(letter.changedAt)]
        : [view.letter === 'none' ? 'none' : null]),
    ),
    ...line('sendAfter', view.sendAfter && shownTime(view.sendAfter)),
    ...line('page', view.links?.page ?? null),
    ...line('diploma', view.links?.pdf ?? null),
    ...line('id', view.id),
    ...view.flags.flatMap((flag) => line('flag', `${flag.kind}: ${translate(flag.detail, language)}`)),
    ...view.acts
      .slice(0, 10)
      .map((act) => `  ${shownTime(act.at)}  ${act.verb}  ${act.actor}  ${act.reason ?? ''}`.trimEnd()),
  ];
}

/** What a dry run of a reissue prints; it holds personal data. */
export function previewInWords(view: ReissuePreviewAnswer, language: Language): string[] {
  const word = (name: Word) => messageIn(language, `shown.${name}`);
  const shown = (value: string | number | null) => (value === null ? '-' : String(value));
  const width = Math.max(0, ...view.changes.map(({ field }) => field.length));
  const changes = view.changes.map(
    ({ field, before, after }) => `  ${field.padEnd(width)}  ${shown(before)} → ${shown(after)}`,
  );
  return [
    message('line.preview', { number: view.number, version: view.version }),
    ...(changes.length === 0 ? [`  ${word('noChange')}`] : changes),
    view.letter === null
      ? `  ${word('noLetter')}`
      : `  ${word('letter')}: ${view.recipient}, ${view.letter.language}: ${view.letter.subject}`,
  ];
}
