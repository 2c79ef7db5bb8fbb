import type { DiplomaFacts } from '../domain/certificate/diploma-facts.ts';
import { factChanges } from '../domain/certificate/fact-changes.ts';
import type { LetterContents } from '../domain/letter/letter-text.ts';
import type { Issuer } from '../domain/rulebook.ts';
import { selectAnnounced } from '../records/certificates/reissues.ts';
import type { PersonalIssue } from '../records/letters/personal-issues.ts';
import type { Db } from '../records/rows.ts';

/** The occasion of a letter, and what a corrected one must explain. */
export async function contentsOfLetter(
  { db, issuer }: { db: Db; issuer: Partial<Pick<Issuer, 'contact'>> },
  issue: Pick<PersonalIssue, 'certificateId' | 'version' | 'purpose'>,
  facts: DiplomaFacts,
): Promise<LetterContents> {
  const contact = issuer.contact ?? null;
  if (issue.purpose !== 'reissue')
    return { facts, occasion: issue.purpose === 'first' ? 'first' : 'resent', changes: [], contact };
  const { kind, former } = await selectAnnounced(db, issue);
  const occasion = kind === 'reinstate' ? 'reinstated' : 'corrected';
  return { facts, occasion, changes: former ? factChanges(former, facts) : [], contact };
}
