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
  const names: FieldSpec[] = [
    { name: 'fullName', label: words.fullName, value: student?.fullName ?? '' },
    { name: 'latinName', label: words.latinName, value: student?.latinName ?? '' },
  ];
  return html`${suggestion !== null && html`<section class="card"><h2>${words.suggestion}</h2><p class="big"><bdi>${suggestion}</bdi></p>${form(shown, { action, submit: words.take, fields: [reasonField(shown)], name: 'suggestion', hidden: { takeSuggestion: 'yes' } })}</section>`}
<section class="card"><h2>${words.repair}</h2>
${correction('country', words.setCountry, [{ name: 'country', label: words.country, hint: words.countryHint, required: true }], {}, view.country !== null && view.country.kind !== 'known')}
${correction('name', words.setName, names, { extra: latin, ...(hasCertificate ? { submit: words.saveSee } : {}) }, isNameHeld)}
${correction('email', words.setEmail, [{ name: 'email', label: words.email, kind: 'email', value: student?.email ?? '', required: true }], isEmailHeld && view.reason?.code === 'email-shared' ? { extra: shared } : {}, isEmailHeld)}
${view.snapshot?.project ? correction('project', words.setProject, [{ name: 'projectTitle', label: words.project, value: view.snapshot.project.title, required: true }]) : null}
${correction('template', words.setTemplate, [{ name: 'certTemplate', label: words.setTemplate, options: templates.sort().map((id) => [id, id] as const), required: true }])}
${correction('allow', words.allow, [{ name: 'allow', label: words.allow, hint: words.allowHint, kind: 'lines', required: true }])}
${isExcluded ? correction('include', words.include, [], { hidden: { excluded: 'no' } }) : correction('exclude', words.exclude, [], { hidden: { excluded: 'yes' }, tone: 'danger' })}
</section>${overridesSheet(shown, view, (field) => foldedForm(shown, words.withdraw, { action, name: `withdraw-${field}`, submit: words.withdraw, fields: [reasonField(shown)], hidden: { withdraw: field }, tone: 'quiet' }))}`;
}
