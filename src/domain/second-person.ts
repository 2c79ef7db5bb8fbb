/** Why a batch needs a second person: the programme's declaration, and the size of the batch. */
export interface NeedsSecondPerson {
  /** Id of the programme. */
  programme: string;
  /** `confirm.above` of the programme. */
  above: number;
  /** Student groups of the batch that have no certificate yet. */
  count: number;
}

interface Asking {
  id: string;
  confirm: { above: number } | null;
}

/**
 * The programme whose part of a batch is above its limit; the one that is furthest above, if there are several. Null:
 * no second person is needed.
 * @param sizes per release: its programme, and the number of its student groups that have no certificate yet
 */
export function needsSecondPerson(
  sizes: readonly { programme: Asking | null; count: number }[],
): NeedsSecondPerson | null {
  const counts = new Map<string, NeedsSecondPerson>();
  for (const { programme, count } of sizes) {
    if (!programme?.confirm) continue;
    const before = counts.get(programme.id)?.count ?? 0;
    counts.set(programme.id, { programme: programme.id, above: programme.confirm.above, count: before + count });
  }
  const asking = [...counts.values()].filter(({ above, count }) => count > above);
  return asking.reduce<NeedsSecondPerson | null>(
    (most, one) => (most === null || one.count - one.above > most.count - most.above ? one : most),
    null,
  );
}

/**
 * The person behind an actor of the audit: the name of the token, or the user of the command line. Two tokens with one
 * name belong to one person; two names are two persons, because nothing else about people is stored.
 */
export function personOf(actor: string): string {
  const [, user] = /^command line \((.+)\)$/u.exec(actor) ?? [];
  const [, name] = /^(.+) \([0-9a-f]{8}\)$/u.exec(actor) ?? [];
  return (user ?? name ?? actor).normalize('NFKC').trim().replace(/\s+/gu, ' ').toLowerCase();
}

export const isSamePerson = (one: string, other: string): boolean => personOf(one) === personOf(other);
