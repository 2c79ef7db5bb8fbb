import { ROLES } from '../../domain/role.ts';
import { type Html, html } from '../../platform/http/html.ts';
import { type ConsolePerson, selectPeople } from '../../records/console-people.ts';
import type { DeskContext } from '../desk-context.ts';
import type { DeskInput } from '../desk-route.ts';
import { dataTable, foldedForm, form, moment, tag } from '../frame/parts.ts';
import { ACCESS_WORDS } from './access-words.ts';

/** People who may sign in by a verified e-mail address although no claim of the identity provider gives them a role. */
export async function peopleSheet(ctx: Pick<DeskContext, 'db'>, input: DeskInput): Promise<Html> {
  const words = ACCESS_WORDS[input.language];
  const list = dataTable(input, {
    caption: words.people,
    rows: await selectPeople(ctx.db),
    empty: words.nobody,
    columns: [
      { head: words.email, cell: (one: ConsolePerson) => html`<bdi>${one.email}</bdi>` },
      { head: words.role, cell: (one: ConsolePerson) => one.role },
      { head: words.invited, cell: (one: ConsolePerson) => moment(input, one.invitedAt) },
      {
        head: words.state,
        cell: (one: ConsolePerson) =>
          html`${one.subject === null ? tag('none', words.notYet) : tag('good', words.came)}${foldedForm(
            input,
            words.withdraw,
            {
              action: `/console/access/people/${one.id}/end`,
              submit: words.withdraw,
              fields: [],
              tone: 'danger',
            },
          )}`,
      },
    ],
  });
  const invitation = form(input, {
    action: '/console/access/people',
    submit: words.invite,
    fields: [
      { name: 'email', label: words.email, hint: words.emailHint, required: true },
      {
        name: 'role',
        label: words.role,
        options: ROLES.map((role) => [role, words[role]] as const),
        value: 'coordinator',
      },
    ],
  });
  return html`<section class="card"><h2>${words.people}</h2><p class="soft">${words.peopleText}</p>${list}${invitation}<p class="soft">${words.personal}</p></section>`;
}
