import { createHash } from 'node:crypto';
import { z } from 'zod';
import { NO_OVERRIDES, Overrides } from '../../domain/student-group/override.ts';
import { type Release, StudentGroup } from '../../domain/student-group/student-group.ts';
import { Circumstances } from './conclude.ts';
import type { Case } from './judge.ts';

/**
 * The stored data for replaying a decision: the whole case, its release by hash, and the circumstances. Default
 * values are omitted and restored when read.
 */
export const StoredCase = z.object({
  studentGroup: StudentGroup,
  /** Hash of the release's snapshot; see records/rulebooks.ts. */
  release: z.string().regex(/^[0-9a-f]{64}$/),
  overrides: z
    .looseObject({})
    .default({})
    .transform((stored) => ({ ...NO_OVERRIDES, ...stored }))
    .pipe(Overrides),
  emailShared: z.boolean().default(false),
  template: z.string().nullable().default(null),
  frozenTemplate: z.string().nullable().default(null),
  former: z.object({ number: z.string(), releaseId: z.string(), allowed: z.boolean() }).nullable().default(null),
  circumstances: Circumstances,
});
export type StoredCase = z.infer<typeof StoredCase>;

/** Evaluations of a group share their release. */
const hashes = new WeakMap<Release, string>();

/** Hash of a release's contents: SHA-256, hex. */
export function releaseHash(release: Release): string {
  const known = hashes.get(release);
  if (known !== undefined) return known;
  const hash = createHash('sha256').update(JSON.stringify(release)).digest('hex');
  hashes.set(release, hash);
  return hash;
}

/** A case in its stored form; `StoredCase` parses it. */
export function toStored(subject: Case, release: string, circumstances: Circumstances): object {
  const { studentGroup, overrides, emailShared, template, frozenTemplate, former = null } = subject;
  return {
    studentGroup,
    release,
    ...unusual(overrides, NO_OVERRIDES, 'overrides'),
    ...(emailShared ? { emailShared } : {}),
    template,
    frozenTemplate,
    ...(former === null ? {} : { former }),
    circumstances: changed(circumstances, Circumstances.parse({})),
  };
}

/** The case of a stored decision, given its release. */
export function toCase(stored: StoredCase, release: Release): Case {
  const { studentGroup, overrides, emailShared, template, frozenTemplate, former } = stored;
  const moved = former === null ? {} : { former };
  return { studentGroup, release, overrides, emailShared, template, frozenTemplate, ...moved };
}

function changed<T extends object>(value: T, usual: T): Partial<T> {
  const differs = (key: keyof T) => JSON.stringify(value[key]) !== JSON.stringify(usual[key]);
  return Object.fromEntries(Object.entries(value).filter(([key]) => differs(key as keyof T))) as Partial<T>;
}

function unusual<T extends object>(value: T, usual: T, name: string): object {
  const rest = changed(value, usual);
  return Object.keys(rest).length === 0 ? {} : { [name]: rest };
}
