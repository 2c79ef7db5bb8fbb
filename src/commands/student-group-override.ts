import type { Config } from '../config.ts';
import { OverrideRequest } from '../coordinate/override-request.ts';
import { findOrPull, overrideStudentGroup } from '../coordinate/override-student-group.ts';
import type { StudentGroupView } from '../coordinate/student-group-schema.ts';
import { viewStudentGroup } from '../coordinate/student-group-view.ts';
import { InputError } from '../domain/failure.ts';
import { comparableEmail } from '../domain/letter/email-address.ts';
import { type Language, message, messageIn, translate } from '../domain/messages/message.ts';
import { systemClock } from '../platform/system-clock.ts';
import { selectGroupsNamed } from '../records/student-groups/named-groups.ts';
import { actor } from './actor.ts';
import { type Desk, faultOf, withDesk } from './with-desk.ts';

/** As `PATCH /api/student-groups/{id}` names them; only those that were given. */
export interface OverrideOptions {
  country?: string;
  fullName?: string;
  latinName?: string;
  keepLatinName?: boolean;
  projectTitle?: string;
  email?: string;
  allowSharedEmail?: boolean;
  template?: string;
  issueDate?: string;
  exclude?: boolean;
  allow?: string[];
  takeSuggestion?: boolean;
  /** Fields whose override ends. */
  withdraw?: string[];
  reason: string;
  wait?: boolean;
  json?: boolean;
  language: Language;
}

/** `gramota student-group override`: like `PATCH /api/student-groups/{id}`. */
export async function runOverride(
  config: Config,
  of: string,
  options: OverrideOptions,
  say: (line: string) => void,
): Promise<void> {
  const { template, exclude, withdraw = [], wait, json, language, ...fields } = options;
  const withdrawn = Object.fromEntries(withdraw.map((field) => [field, null]));
  const given = { ...fields, certTemplate: template, excluded: exclude, ...withdrawn };
  const request = OverrideRequest.safeParse(JSON.parse(JSON.stringify(given)));
  if (!request.success)
    throw new InputError(
      request.error.issues.map((issue) =>
        issue.code === 'unrecognized_keys'
          ? `--withdraw: ${issue.keys.join(', ')}: ${message('input.unknown-field')}`
          : faultOf(issue.path[0], issue.message),
      ),
    );
  await withDesk(config, async (desk) => {
    const id = await groupNamed(desk, of);
    const group = await findOrPull(desk, id);
    if (group === null) throw new InputError(message('line.no-student-group'));
    await overrideStudentGroup(desk, group, request.data, actor());
    let view = await look(desk, group.id);
    while (wait && view.judging) {
      await systemClock.sleep(500);
      view = await look(desk, group.id);
    }
    if (json) return say(JSON.stringify(view, null, 2));
    for (const line of inWords(view, language)) say(line);
  });
}

async function groupNamed({ db }: Desk, of: string): Promise<string> {
  const [one, ...others] = await selectGroupsNamed(db, of, { email: comparableEmail(of) });
  if (others.length === 0) return one ?? of;
  const shown = of.includes('@') ? 'this e-mail address' : of;
  throw new InputError(message('line.several-decisions', { of: shown, groups: [one, ...others].join(', ') }));
}

async function look(desk: Desk, id: string): Promise<StudentGroupView> {
  // The rules of old decisions explain them; here only state and reason are shown.
  const view = await viewStudentGroup({ db: desk.db, rulesOf: async () => null }, id);
  if (view === null) throw new Error('a student group is never deleted');
  return view;
}

function inWords(view: StudentGroupView, language: Language): string[] {
  const { reason, certificate } = view;
  return [
    `${view.id}  ${view.judging ? messageIn(language, 'shown.judging') : view.state}`,
    ...(reason && !view.judging ? [`  ${reason.code}: ${translate(reason.detail, language)}`] : []),
    ...view.overrides.map(
      ({ field, value }) => `  ${field}: ${Array.isArray(value) ? value.join(', ') : String(value)}`,
    ),
    ...(certificate === null
      ? []
      : [`  ${certificate.number}${certificate.needsReissue ? `  ${messageIn(language, 'shown.needsReissue')}` : ''}`]),
    ...(certificate?.needsReissue ? [message('line.reissue-next', { number: certificate.number })] : []),
  ];
}
