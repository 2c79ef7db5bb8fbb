import { shortHash } from '../domain/approval.ts';
import { NO_LETTER } from '../domain/letter/choose-letter.ts';
import type { LetterPurpose, LetterTemplate } from '../domain/letter/letter-text.ts';
import type { Rulebook } from '../domain/rulebook.ts';
import { letterHash } from '../lifecycle/lacking-approval.ts';

/** One row of the table that shows which letter is sent to whom. */
export interface LetterRow {
  trigger: string;
  programme: string;
  /** Folder of the letter in the templates folder. */
  template: string;
  /** Language → version of its text: the first digits of its hash. */
  texts: Record<string, string>;
  audience: string;
}

/**
 * Purpose of a letter → the event that causes it. `first` depends on the programme: only some programmes award after an
 * event.
 */
const TRIGGERS: Record<Exclude<LetterPurpose, 'first'>, string> = {
  reissue: 'reissue or reinstate: after the new version is drawn',
  resend: 'resend, retry, or resolve with "not-sent"',
};
const COPY = 'acceptance of any of these letters by the mail provider: a copy';
const FIRST = {
  automatic: 'award by an event from the LMS or in a batch',
  batch: 'award only in a batch',
};
/** Every letter brings a diploma to its holder, or to addresses that its programme names. */
const AUDIENCE = 'the holder, at the address from the LMS or from an override';

/**
 * All events that cause a letter under the loaded rules: trigger → template → text version → audience. Programmes
 * whose letters are sent by others are left out.
 */
export function letterTable({ criteria, letters }: Pick<Rulebook, 'criteria' | 'letters'>): LetterRow[] {
  return criteria.programmes.flatMap(({ id, issue, letter, copyTo }) => {
    if (letter === NO_LETTER) return [];
    const languages = [...(letters.get(letter) ?? [])].sort(([a], [b]) => a.localeCompare(b));
    const row = {
      programme: id,
      template: `letter/${letter}`,
      texts: Object.fromEntries(languages.map(([language, text]) => [language, shortHash(letterHash(text))])),
      audience: AUDIENCE,
    };
    const rows = [FIRST[issue], ...Object.values(TRIGGERS)].map((trigger) => ({ trigger, ...row }));
    return copyTo.length === 0 ? rows : [...rows, { ...row, trigger: COPY, audience: copyTo.join(', ') }];
  });
}

/**
 * A row as one line, for `gramota check`.
 * @param isApproved whether a text is approved, by subject (`letter/diploma/kk`); null: unknown, without a database
 */
export function letterLine(
  { trigger, programme, template, texts, audience }: LetterRow,
  isApproved: ((subject: string) => boolean) | null,
): string {
  const approval = (language: string) => {
    if (isApproved === null) return '';
    return isApproved(`${template}/${language}`) ? ' (approved)' : ' (not approved)';
  };
  const versions = Object.entries(texts).map(([language, version]) => `${language} ${version}${approval(language)}`);
  return `letter of ${programme}: ${trigger} → ${template} → ${versions.join(', ')} → ${audience}`;
}

/** Languages of each letter with who has read their wording, for `gramota check`. */
export function reviewLines({ letters }: Pick<Rulebook, 'letters'>): string[] {
  return [...letters].map(([id, languages]) => {
    const read = (template: LetterTemplate) => template.occasions?.reviewed ?? null;
    const tags = [...languages].sort(([a], [b]) => a.localeCompare(b));
    const done = tags.flatMap(([tag, template]) => {
      const review = read(template);
      return review ? [`${tag} (${review.by}, ${review.on})`] : [];
    });
    const open = tags.flatMap(([tag, template]) => (read(template) ? [] : [tag]));
    return `wording of letter/${id}: read by a native speaker: ${done.join(', ') || 'none'}; not read by one yet: ${open.join(', ') || 'none'}`;
  });
}
