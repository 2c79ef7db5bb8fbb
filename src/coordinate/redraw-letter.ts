import { chooseLetter } from '../domain/letter/choose-letter.ts';
import { composeLetter, type LetterParts } from '../domain/letter/letter-text.ts';
import type { Rulebook } from '../domain/rulebook.ts';
import { contentsOfLetter } from '../lifecycle/contents-of-letter.ts';
import { selectVersions } from '../records/certificates/certificate-history.ts';
import type { Certificate } from '../records/certificates/certificates.ts';
import { type PersonalIssue, selectPersonalIssue } from '../records/letters/personal-issues.ts';
import type { Db } from '../records/rows.ts';
import { selectGroup } from '../records/student-groups/student-groups.ts';

export interface RedrawContext {
  db: Db;
  rulebook: Pick<Rulebook, 'letters' | 'countries' | 'issuer'>;
  /** Marks that the mail provider executes; see `Mail.instructions`. */
  mailInstructions: readonly string[];
}

/** A letter of a certificate, drawn again. */
export interface RedrawnLetter {
  issue: PersonalIssue;
  /** Null when its facts are erased, or when the letter has no text in any language of the teacher now. */
  drawn: (LetterParts & { language: string }) | null;
}

/**
 * A letter with the frozen facts of its version, as `send` composes it. The words of a letter are not stored when it
 * leaves: these are the words of the templates now, in the language that would be chosen now. Null: the certificate has
 * no such letter.
 */
export async function redrawLetter(
  ctx: RedrawContext,
  certificate: Certificate,
  letterId: string,
): Promise<RedrawnLetter | null> {
  const issue = await selectPersonalIssue(ctx.db, letterId);
  if (issue?.certificateId !== certificate.id) return null;
  const { facts = null } =
    (await selectVersions(ctx.db, certificate.id)).find((one) => one.version === issue.version) ?? {};
  if (facts === null) return { issue, drawn: null };
  const locale = (await selectGroup(ctx.db, certificate.studentGroupId))?.snapshot?.student.locale ?? null;
  const { letter, country } = certificate;
  const chosen = chooseLetter(ctx.rulebook, { letter, locale, language: facts.language, country });
  if (chosen === null) return { issue, drawn: null };
  const contents = await contentsOfLetter({ db: ctx.db, issuer: ctx.rulebook.issuer }, issue, facts);
  const parts = composeLetter(chosen.template, contents, ctx.mailInstructions);
  return { issue, drawn: { ...parts, language: chosen.language } };
}
