import { z } from 'zod';
import type { CriteriaTree } from '../criteria/criterion.ts';
import type { Release, StudentGroup } from './student-group.ts';

/** A coordinator's overrides for one student group and its student; they take precedence over the LMS and the rules. */
export const Overrides = z.object({
  /** Country as ISO 3166-1 alpha-2 code. */
  country: z.string().nullable(),
  fullName: z.string().nullable(),
  latinName: z.string().nullable(),
  projectTitle: z.string().nullable(),
  email: z.string().nullable(),
  /** The address may belong to another student too. */
  allowSharedEmail: z.boolean(),
  /** Takes precedence over the batch's template and the programme's. */
  certTemplate: z.string().nullable(),
  /** Printed instead of the release's issue date, `YYYY-MM-DD`. */
  issueDate: z.iso.date().nullable(),
  /** On the deny list: no award, no letter. */
  excluded: z.boolean(),
  /** On the allow list: waived criteria (`progress.score`). */
  allow: z.array(z.string()),
  /**
   * Values of a registration file that a coordinator applied: behind the overrides, before the LMS. A country is an ISO
   * 3166-1 alpha-2 code.
   */
  fileCountry: z.string().nullable(),
  fileLatinName: z.string().nullable(),
  /** Another student group of the same student in the release that is on the deny list; the list applies to persons. */
  excludedThrough: z.string().nullable(),
});
export type Overrides = z.infer<typeof Overrides>;

export const OVERRIDE_FIELDS = [
  'country',
  'fullName',
  'latinName',
  'projectTitle',
  'email',
  'allowSharedEmail',
  'certTemplate',
  'issueDate',
  'excluded',
  'allow',
] as const satisfies readonly Exclude<keyof Overrides, 'excludedThrough'>[];
export type OverrideField = (typeof OVERRIDE_FIELDS)[number];

/** Fields of a registration file; stored and followed as overrides are. */
export const FILE_FIELDS = ['fileCountry', 'fileLatinName'] as const satisfies readonly (keyof Overrides)[];
export type SpokenField = OverrideField | (typeof FILE_FIELDS)[number];

/** Overrides with personal data: erased with the person. */
export const PERSONAL_OVERRIDES = [
  'fullName',
  'latinName',
  'projectTitle',
  'email',
  'fileLatinName',
] as const satisfies readonly SpokenField[];

export const NO_OVERRIDES: Overrides = {
  country: null,
  fullName: null,
  latinName: null,
  projectTitle: null,
  email: null,
  allowSharedEmail: false,
  certTemplate: null,
  issueDate: null,
  excluded: false,
  allow: [],
  fileCountry: null,
  fileLatinName: null,
  excludedThrough: null,
};

/**
 * On the allow list: allows one more certificate for a student group that the LMS moved to another release after its
 * award. It is valid for one move; after the next award it must be given again.
 */
export const MOVE_WAIVER = 'release.moved';

/** Whether the student is on the deny list, by any of their student groups in the release. */
export function isExcluded({ excluded, excludedThrough }: Overrides): boolean {
  return excluded || excludedThrough !== null;
}

/** The student group with the texts and the address of coordinators and registration file applied; `judge` applies all other overrides. */
export function applyOverrides(studentGroup: StudentGroup, overrides: Overrides): StudentGroup {
  const { student, project } = studentGroup;
  return {
    ...studentGroup,
    student: {
      ...student,
      fullName: overrides.fullName ?? student.fullName,
      latinName: overrides.latinName ?? overrides.fileLatinName ?? student.latinName,
      email: overrides.email ?? student.email,
    },
    project: project && { ...project, title: overrides.projectTitle ?? project.title },
  };
}

/** The release with the issue date that a coordinator gave for this student group. Criteria see the LMS's own date. */
export function datedAs(release: Release, { issueDate }: Pick<Overrides, 'issueDate'>): Release {
  return issueDate === null ? release : { ...release, issueDate };
}

/**
 * Criteria (`source.parameter`) of a tree that a coordinator may waive, without repeats, in file order: all except
 * consents, which only the person can give.
 */
export function waivable(tree: CriteriaTree): string[] {
  if ('not' in tree) return waivable(tree.not);
  if ('all' in tree || 'any' in tree) return [...new Set(('all' in tree ? tree.all : tree.any).flatMap(waivable))];
  return tree.source === 'consent' ? [] : [`${tree.source}.${tree.parameter}`];
}
