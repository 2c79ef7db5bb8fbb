import { foldNumber, normaliseNumber } from '../domain/certificate/certificate-number.ts';
import { parseCode } from '../domain/certificate/lookup-code.ts';
import { surnameMatches } from '../domain/text/search-words.ts';
import { type LookupRecord, selectByCode, selectByNumber } from '../records/certificates/lookup.ts';
import type { Db } from '../records/rows.ts';

/**
 * A code that no certificate can have, by a table constraint. A malformed code thus costs the same query as an
 * unknown one.
 */
const IMPOSSIBLE_CODE = 'xxxxxxxxxxxxxxxxxxxxxxxxx';
/** Normalised numbers have no lower-case letters. */
const IMPOSSIBLE_NUMBER = 'xxxxxxxxxxxxxx';
const UNSTORABLE = /[\p{Cc}\p{Cs}]/u;

/** Finds a certificate by a typed code; null for every kind of miss. */
export async function findByCode(db: Db, typed: string): Promise<LookupRecord | null> {
  return selectByCode(db, parseCode(typed) ?? IMPOSSIBLE_CODE);
}

/**
 * Finds a certificate by typed number and surname; null for every kind of miss. An erased certificate has no name to
 * compare, so it is a miss. A number without dashes is also a miss when it matches several people with this surname.
 */
export async function findByNumber(db: Db, number: string, surname: string): Promise<LookupRecord | null> {
  const readable =
    number.length <= 100 && surname.length <= 200 && !UNSTORABLE.test(number) && !UNSTORABLE.test(surname);
  const records = await selectByNumber(db, (readable && foldNumber(number)) || IMPOSSIBLE_NUMBER);
  if (!readable) return null;
  const matching = (records.length === 0 ? [null] : records).filter((record) =>
    surnameMatches(surname, record?.facts?.holderName ?? '-', record?.facts?.latinName ?? null),
  );
  const meant =
    matching.length === 1
      ? matching[0]
      : matching.find((record) => record && normaliseNumber(record.number) === normaliseNumber(number));
  return meant?.facts ? meant : null;
}
