import type { LookupRecord, PrintedFacts } from '../records/certificates/lookup.ts';

/** Whether names of this certificate are shown as initials: the newest version decides for all of them. */
export function hidesNames({ facts }: Pick<LookupRecord, 'facts'>): boolean {
  return facts?.visibility === 'initials';
}

/** The first letter of each word, with its marks: `Ә. Н.` */
function initialsOf(name: string): string {
  return name
    .split(/\s+/)
    .flatMap((word) => /\p{L}\p{M}*/u.exec(word.normalize('NFC'))?.[0] ?? [])
    .map((letter) => `${letter}.`)
    .join(' ');
}

/** Facts of a version as page and lookup object may show them. */
export function visibleFacts(record: Pick<LookupRecord, 'facts'>, facts: PrintedFacts): PrintedFacts {
  if (!hidesNames(record)) return facts;
  const { holderName, latinName } = facts;
  return {
    ...facts,
    holderName: initialsOf(holderName),
    latinName: latinName === null ? null : initialsOf(latinName),
    project: null,
  };
}
