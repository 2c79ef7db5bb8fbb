import type { StudentGroupView } from '../../coordinate/student-group-schema.ts';
import { type Html, html } from '../../platform/http/html.ts';
import { type FieldSpec, type FormSpec, foldedForm, form, type PartContext, reasonField } from '../frame/parts.ts';
import { overridesSheet } from './student-group-sheets.ts';
import { GROUP_WORDS } from './student-group-words.ts';

/** A form for each correction of a student group. */
export function groupActs(shown: PartContext, view: StudentGroupView, templates: string[]): Html {
  const words = GROUP_WORDS[shown.language];
  const action = `/console/student-groups/${encodeURIComponent(view.id)}/override`;
  const student = view.snapshot?.student;
  const isExcluded = view.overrides.some(({ field, value }) => field === 'excluded' && value === true);
  const correction = (name: string, summary: string, fields: FieldSpec[], more: Partial<FormSpec> = {}, open = false) =>
    foldedForm(
      shown,
      summary,
      { action, name, submit: words.save, fields: [...fields, reasonField(shown)], ...more },
      open,
    );
  const hasCertificate = view.certificate?.studentGroupId === view.id && view.certificate.version !== null;
  const latin = html`<label class="check"><input type="checkbox" name="keepLatinName" value="yes"> ${words.keepLatin}</label>`;
  const shared = html`<label class="check"><input type="checkbox" name="allowSharedEmail" value="yes"> ${words.allowShared}</label>`;
  const suggestion = view.reason?.suggestion ?? null;
  const isNameHeld = view.reason?.code.startsWith('name-') === true;
  const isEmailHeld = view.reason?.code.startsWith('email-') === true;
  const present = (field: string, inLms: string | null | undefined): string => {
    const said = view.overrides.find((one) => one.field === field)?.value;
    return typeof said === 'string' ? said : (inLms ?? '');
  };
  const fullName = present('fullName', student?.fullName);
  const latinName = present('latinName', student?.latinName);
  const names: FieldSpec[] = [
    { name: 'fullName', label: words.fullName, value: fullName },
    {
      name: 'latinName',
      label: words.latinName,
      value: latinName,
      ...(latinName === '' ? {} : { hint: words.latinHint }),
    },
  ];
  // A doubtful text is settled by saying the same again; else an unchanged field says nothing.
  const shownNames = isNameHeld ? {} : { shownFullName: fullName, shownLatinName: latinName };
  return html`${suggestion !== null && html`<section class="card"><h2>${words.suggestion}</h2><p class="big"><bdi>${suggestion}</bdi></p>${form(shown, { action, submit: words.take, fields: [reasonField(shown)], name: 'suggestion', hidden: { takeSuggestion: 'yes' } })}</section>`}
<section class="card"><h2>${words.repair}</h2><p class="soft small">${hasCertificate ? words.repairAwarded : words.repairText}</p>
${correction('country', words.setCountry, [{ name: 'country', label: words.country, hint: words.countryHint, required: true }], {}, view.country !== null && view.country.kind !== 'known')}
${correction('name', words.setName, names, { extra: latin, hidden: shownNames, ...(hasCertificate ? { submit: words.saveSee } : {}) }, isNameHeld)}
${correction('email', words.setEmail, [{ name: 'email', label: words.email, kind: 'email', value: present('email', student?.email), required: true }], isEmailHeld && view.reason?.code === 'email-shared' ? { extra: shared } : {}, isEmailHeld)}
${view.snapshot?.project ? correction('project', words.setProject, [{ name: 'projectTitle', label: words.project, value: present('projectTitle', view.snapshot.project.title), required: true }]) : null}
${correction('template', words.setTemplate, [{ name: 'certTemplate', label: words.setTemplate, options: templates.sort().map((id) => [id, id] as const), required: true }])}
${waiver(shown, view, correction)}
${isExcluded ? correction('include', words.include, [], { hidden: { excluded: 'no' } }) : correction('exclude', words.exclude, [], { hidden: { excluded: 'yes' }, tone: 'danger' })}
</section>${overridesSheet(shown, view, (field) => foldedForm(shown, words.withdraw, { action, name: `withdraw-${field}`, submit: words.withdraw, fields: [reasonField(shown)], hidden: { withdraw: field }, tone: 'quiet' }))}`;
}

/** What stands in the way and may be waived: never a consent, and a country must be known. */
function waiver(
  shown: PartContext,
  { decision, overrides, reason, formerCertificates }: StudentGroupView,
  correction: (name: string, summary: string, fields: FieldSpec[], more: Partial<FormSpec>) => Html,
): Html | null {
  const words = GROUP_WORDS[shown.language];
  const unmet = (decision?.criteria ?? []).filter(
    ({ met, waived, source }) => !met && !waived && source !== 'consent' && source !== 'country',
  );
  const choices = unmet.map(({ source, parameter, sentence }): [string, string] => [
    `${source}.${parameter}`,
    sentence[shown.language],
  ]);
  if (reason?.code === 'lms-conflict' && formerCertificates.length > 0)
    choices.push(['release.moved', words.allowMoved]);
  if (choices.length === 0) return null;
  const before = overrides.find(({ field }) => field === 'allow')?.value;
  // The list replaces that of before, so the form says again what was waived.
  const kept = (Array.isArray(before) ? before : []).map(
    (name) => html`<input type="hidden" name="allow" value="${name}">`,
  );
  const boxes = choices.map(
    ([name, text]) => html`<label class="check"><input type="checkbox" name="allow" value="${name}"> ${text}</label>`,
  );
  return correction('allow', words.allow, [], { before: html`<p class="hint">${words.allowHint}</p>${kept}${boxes}` });
}
