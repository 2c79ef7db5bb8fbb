import { resolveCountry } from '../../domain/country/country.ts';
import { programmeFor } from '../../domain/criteria/criteria.ts';
import { needsSecondPerson } from '../../domain/second-person.ts';
import type { StudentGroup } from '../../domain/student-group/student-group.ts';
import type { Batch } from '../../records/batches/batches.ts';
import {
  countWithoutCertificate,
  recordSecondPersonNeeded,
  selectWithoutCertificate,
} from '../../records/batches/confirmations.ts';
import type { Db } from '../../records/rows.ts';
import type { IngestContext } from './pull-one.ts';

const PAGE = 500;

/**
 * Pauses a batch that is far above the usual size of its programme, until a second person confirms it. It is asked when
 * everything is read and nothing is judged yet: call it in the transaction that records the end of the pull.
 */
export async function askSecondPerson(ctx: IngestContext, trx: Db, batch: Batch): Promise<void> {
  const { criteria } = ctx.rulebook;
  if (batch.dryRun || criteria.programmes.every(({ confirm }) => confirm === null)) return;
  const sizes = batch.countries
    ? await countInCountries(trx, batch.id, new Set(batch.countries))
    : await countWithoutCertificate(trx, batch.id);
  const why = needsSecondPerson(
    sizes.map(({ releaseId, count }) => ({ programme: programmeFor(criteria, releaseId), count })),
  );
  if (why === null || !(await recordSecondPersonNeeded(trx, batch.id, why, ctx.clock.now()))) return;
  ctx.log.info({ event: 'second-person-awaited', batchId: batch.id, ...why }, 'the batch waits for a second person');
}

/** Only of the batch's countries, as they are known now. */
async function countInCountries(
  trx: Db,
  batchId: string,
  countries: ReadonlySet<string>,
): Promise<{ releaseId: string; count: number }[]> {
  const counts = new Map<string, number>();
  for (let after = ''; ; ) {
    const page = await selectWithoutCertificate(trx, batchId, after, PAGE);
    const last = page.at(-1);
    if (last === undefined) return [...counts].map(([releaseId, count]) => ({ releaseId, count }));
    for (const { snapshot, country, fileCountry } of page) {
      const code = countryNow(snapshot, { override: country, registrationFile: fileCountry });
      const { releaseId } = snapshot.group;
      if (code !== null && countries.has(code)) counts.set(releaseId, (counts.get(releaseId) ?? 0) + 1);
    }
    after = last.id;
  }
}

function countryNow(
  { student, registration }: StudentGroup,
  said: { override: string | null; registrationFile: string | null },
): string | null {
  const country = resolveCountry({
    ...said,
    registrationCountry: registration?.country ?? null,
    studentCountry: student.country,
    phone: student.phone,
    timezone: student.timezone,
    locale: student.locale,
  });
  return country.kind === 'known' ? country.code : null;
}
