import { createHash } from 'node:crypto';
import { type Approvable, approvalKey, letterContents, templateContents } from '../domain/approval.ts';
import type { DiplomaFacts } from '../domain/certificate/diploma-facts.ts';
import { chooseLetter, NO_LETTER } from '../domain/letter/choose-letter.ts';
import type { LetterTemplate } from '../domain/letter/letter-text.ts';
import type { Issuer, Rulebook } from '../domain/rulebook.ts';
import { selectApproved } from '../records/approvals.ts';
import type { Certificate } from '../records/certificates/certificates.ts';
import { hasLeft } from '../records/letters/personal-issues.ts';
import type { Db } from '../records/rows.ts';

/** The rules that say which contents are used, and whether they need an approval. */
export type ApprovalRules = Pick<Rulebook, 'letters' | 'countries'> & { issuer: Pick<Issuer, 'approvals'> };

/** Loaded letters do not change. */
const hashes = new WeakMap<LetterTemplate, string>();

/** SHA-256 (hex) of a letter's text: subject, HTML, plain text and the texts of occasions. */
export function letterHash(letter: LetterTemplate): string {
  const known = hashes.get(letter);
  if (known !== undefined) return known;
  const { subject, html, text, occasions } = letter;
  const hash = createHash('sha256')
    .update(JSON.stringify([subject, html, text, ...(occasions ? [occasions] : [])]))
    .digest('hex');
  hashes.set(letter, hash);
  return hash;
}

/** All contents of the loaded templates folder that a person can approve, by subject. */
export function approvablesOf({ templates, letters }: Pick<Rulebook, 'templates' | 'letters'>): Approvable[] {
  const diplomas = [...templates].map(([id, { hash }]) => templateContents(id, hash));
  const texts = [...letters].flatMap(([id, languages]) =>
    [...languages].map(([language, text]) => letterContents(id, language, letterHash(text))),
  );
  return [...diplomas, ...texts].sort((a, b) => (a.subject < b.subject ? -1 : 1));
}

/** The text of the letter that would be sent; empty: none is sent, or no text is there. */
export function letterInUse(
  rules: Pick<Rulebook, 'letters' | 'countries'>,
  of: { letter: string; locale: string | null; language: string; country: string },
): Approvable[] {
  if (of.letter === NO_LETTER) return [];
  const chosen = chooseLetter(rules, of);
  return chosen === null ? [] : [letterContents(of.letter, chosen.language, letterHash(chosen.template))];
}

/** Keys of those contents that nobody has approved; none where `issuer.yaml` asks for no approval. */
export async function lackingApproval(
  db: Db,
  { issuer }: Pick<ApprovalRules, 'issuer'>,
  used: readonly Approvable[],
): Promise<string[]> {
  if (issuer.approvals !== 'required' || used.length === 0) return [];
  const keys = used.map(approvalKey);
  const approved = await selectApproved(db, keys);
  return keys.filter((key) => !approved.has(key));
}

/**
 * Keys of what a letter of this certificate would use and nobody has approved: its text, and the template of its diploma.
 * A template whose approval was withdrawn does not stop the same diploma from going out again.
 */
export async function lackingForLetter(
  db: Db,
  rules: ApprovalRules,
  { id, letter, country }: Pick<Certificate, 'id' | 'letter' | 'country'>,
  { version, facts }: { version: number; facts: Pick<DiplomaFacts, 'language' | 'templateId' | 'templateHash'> | null },
  locale: string | null,
): Promise<string[]> {
  if (rules.issuer.approvals !== 'required' || facts === null) return [];
  const { language, templateId, templateHash } = facts;
  const template = templateContents(templateId, templateHash);
  const used = [template, ...letterInUse(rules, { letter, locale, language, country })];
  const lacks = await lackingApproval(db, rules, used);
  const isOut = lacks.includes(approvalKey(template)) && (await hasLeft(db, id, version));
  return isOut ? lacks.filter((key) => key !== approvalKey(template)) : lacks;
}
