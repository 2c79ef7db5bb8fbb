import { z } from 'zod';
import type { CriteriaTree } from '../criteria/criterion.ts';
import type { StudentGroup } from './student-group.ts';

/** What a coordinator has said of one student group and its student, over whatever the LMS and the rules say. */
export const Overrides = z.object({
  /** ISO 3166-1 alpha-2. */
  country: z.string().nullable(),
  fullName: z.string().nullable(),
  latinName: z.string().nullable(),
  projectTitle: z.string().nullable(),
  email: z.string().nullable(),
  /** The address may be another student's too. */
  allowSharedEmail: z.boolean(),
  /** Before a batch's template, before the programme's. */
  certTemplate: z.string().nullable(),
  /** On the deny list: no award, no letter. */
  excluded: z.boolean(),
  /** On the allow list: names of criteria (`progress.score`) that are waived. */
  allow: z.array(z.string()),
  /** Another student group of the same student in the release that is on the deny list, which is of persons. */
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
  'excluded',
  'allow',
] as const satisfies readonly Exclude<keyof Overrides, 'excludedThrough'>[];
export type OverrideField = (typeof OVERRIDE_FIELDS)[number];

/** Whose values go onto the diploma: changed after the award, they need a new version of it. */
export const PRINTED_OVERRIDES = [
  'country',
  'fullName',
  'latinName',
  'projectTitle',
  'certTemplate',
] as const satisfies readonly OverrideField[];

/** Whose values tell who somebody is: erased with the person. */
export const PERSONAL_OVERRIDES = [
  'fullName',
  'latinName',
  'projectTitle',
  'email',
] as const satisfies readonly OverrideField[];

export const NO_OVERRIDES: Overrides = {
  country: null,
  fullName: null,
  latinName: null,
  projectTitle: null,
  email: null,
  allowSharedEmail: false,
  certTemplate: null,
  excluded: false,
  allow: [],
  excludedThrough: null,
};

/**
 * On the allow list: a student group that the LMS moved to another release after its award may have a certificate there
 * too. It is said of one move: after the next award a further one needs a new word.
 */
export const MOVE_WAIVER = 'release.moved';

/** Whether the student is on the deny list, by whichever of their student groups in the release. */
export function isExcluded({ excluded, excludedThrough }: Overrides): boolean {
  return excluded || excludedThrough !== null;
}

/** The student group with the texts and the address that a coordinator gave; `judge` reads everything else. */
export function applyOverrides(studentGroup: StudentGroup, overrides: Overrides): StudentGroup {
  const { student, project } = studentGroup;
  return {
    ...studentGroup,
    student: {
      ...student,
      fullName: overrides.fullName ?? student.fullName,
      latinName: overrides.latinName ?? student.latinName,
      email: overrides.email ?? student.email,
    },
    project: project && { ...project, title: overrides.projectTitle ?? project.title },
  };
}

/**
 * Names (`source.parameter`) of the criteria in a tree that a coordinator may waive, each once, in the order of the file:
 * all but consents, which only the person gives.
 */
export function waivable(tree: CriteriaTree): string[] {
  if ('not' in tree) return waivable(tree.not);
  if ('all' in tree || 'any' in tree) return [...new Set(('all' in tree ? tree.all : tree.any).flatMap(waivable))];
  return tree.source === 'consent' ? [] : [`${tree.source}.${tree.parameter}`];
}
