import { spreadsheetReading } from '../certificate/number-prefix.ts';
import { message } from '../messages/message.ts';
import { sumOfHours } from './hours.ts';
import type { Release } from './student-group.ts';

/**
 * The code `lms-invalid` means that the newest data of the LMS cannot be used at all. docs/coordinate.md explains each
 * code.
 */
export const RELEASE_WARNINGS = [
  'lms-invalid',
  'hours-differ',
  'prefix-ambiguous',
  'text-foreign',
  'signatory-unknown',
] as const;

/** A finding in a release that a person should check, although it stops nothing. */
export interface ReleaseWarning {
  code: (typeof RELEASE_WARNINGS)[number];
  releaseId: string;
  /** One line with fault, place and advice. */
  detail: string;
}

/** How the release's hours contradict each other; null: they add up, or there are no modules. */
export function hoursFault({ program, hoursTotal }: Pick<Release, 'program' | 'hoursTotal'>): string | null {
  const sum = sumOfHours(program.map(({ hours }) => hours));
  if (program.length === 0 || sum === hoursTotal) return null;
  return message('hours-differ', { hours: hoursTotal, sum });
}

/** Checks a release's parameters before anything is printed with them. */
export function releaseWarnings(release: Release): ReleaseWarning[] {
  const hours = hoursFault(release);
  const reading = spreadsheetReading(release.numberPrefix);
  const releaseId = release.id;
  return [
    ...(hours === null ? [] : [{ code: 'hours-differ' as const, releaseId, detail: hours }]),
    ...(reading === null
      ? []
      : [
          {
            code: 'prefix-ambiguous' as const,
            releaseId,
            detail: message('prefix-ambiguous', {
              prefix: JSON.stringify(release.numberPrefix),
              reading,
              safe: JSON.stringify(`D-${release.numberPrefix.replace(/^[=+\-@]+/, '')}`),
            }),
          },
        ]),
  ];
}
