import { type Classified, classOf, scriptOf } from '../../domain/batch-class.ts';
import type { CertificateState } from '../../domain/certificate/certificate-state.ts';
import { dueInstant } from '../../domain/time/send-plan.ts';
import { type CountriesFile, holdFor, zoneFor } from '../../domain/time/send-window.ts';
import type { Batch } from '../../records/batches/batches.ts';
import { selectLettersOf } from '../../records/batches/outlooks.ts';
import type { Certificate } from '../../records/certificates/certificates.ts';
import type { Db } from '../../records/rows.ts';
import { selectStandingOf } from '../../records/student-groups/standing.ts';
import type { Conclusion } from './conclude.ts';
import type { Case, Judgement } from './judge.ts';

/** What a batch's item tells about its student group: its class, and the letter that would leave. */
export interface Outlook extends Classified {
  letter: {
    /** ISO 3166-1 alpha-2. */
    country: string;
    /** IANA zone of the recipient. */
    zone: string;
    /** Not before this time; null: at once. */
    due: Date | null;
  } | null;
  /** The printed name; null: nothing would be printed. */
  name: { length: number; script: string } | null;
}

export const plain = (of: Classified['class'], cause: string | null): Outlook => ({
  class: of,
  cause,
  letter: null,
  name: null,
});

/** States of a certificate whose first letter is still to be opened. */
const BEFORE_LETTER: ReadonlySet<CertificateState> = new Set(['awarded', 'patched', 'rendered']);

/**
 * The outlook for a judged case. Only a dry run looks at the letters of an existing certificate: a real one shows them
 * by its states.
 */
export async function outlookOf(
  trx: Db,
  countries: CountriesFile,
  {
    subject,
    judgement,
    conclusion,
    certificate,
    batch,
  }: {
    subject: Case;
    judgement: Judgement;
    conclusion: Conclusion;
    certificate: Certificate | null;
    batch: Batch;
  },
  at: Date,
): Promise<Outlook> {
  const { print } = judgement;
  const letters = batch.dryRun && certificate ? await lettersOf(trx, certificate) : null;
  const classified = classOf({
    outcome: conclusion.outcome,
    reasonCode: conclusion.reason?.code ?? null,
    criteria: judgement.criteria,
    programme: judgement.programme,
    certificate: certificate && {
      state: letters?.state ?? null,
      again: print !== null && letters?.left === true && letters.next !== null,
    },
  });
  if (!batch.dryRun || print === null) return { ...plain(classified.class, classified.cause) };
  const isNew = classified.class === 'new';
  const opens = isNew || letters?.next === 'opened' || (letters !== null && BEFORE_LETTER.has(letters.state));
  const zone = zoneFor(countries, print.countryCode, subject.studentGroup.student.timezone);
  const hold = isNew ? holdFor(countries, print.countryCode) : 0;
  const due = dueInstant(subject.release.issueDate, subject.release.timezone, at, hold);
  return {
    ...classified,
    letter: opens && zone.ok ? { country: print.countryCode, zone: zone.zone, due: due > at ? due : null } : null,
    name: isNew ? { length: [...print.holderName].length, script: scriptOf(print.holderName) } : null,
  };
}

async function lettersOf(
  trx: Db,
  certificate: Certificate,
): Promise<{ state: CertificateState; left: boolean; next: 'waiting' | 'opened' | null }> {
  const standing = await selectStandingOf(trx, certificate);
  return { state: standing?.state ?? 'awarded', ...(await selectLettersOf(trx, certificate.id)) };
}
