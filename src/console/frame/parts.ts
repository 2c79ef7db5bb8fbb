import { type Language, message, translate } from '../../domain/messages/message.ts';
import { localTime } from '../../domain/time/local-time.ts';
import { type Html, html } from '../../platform/http/html.ts';
import type { InputFault } from '../../platform/http/problem.ts';
import { fieldName } from './act-words.ts';
import { FRAME_WORDS } from './frame-words.ts';

/** A form that was refused: what was typed and what is wrong with it. It belongs to the form of this action. */
export interface Refusal {
  action: string;
  /** Typed values by field; several where a field occurs more than once. */
  values: Record<string, string | string[]>;
  faults: InputFault[];
  detail: string;
}

/** What every part of a page needs. */
export interface PartContext {
  language: Language;
  zone: string;
  base: string;
  refusal: Refusal | null;
}

const DATE_TIME = { ru: 'dd.LL.yyyy HH:mm', en: 'yyyy-LL-dd HH:mm' } as const;

/** A moment in the school's zone. @param at a Date or RFC 3339; null: a dash */
export function moment({ language, zone }: Pick<PartContext, 'language' | 'zone'>, at: Date | string | null): Html {
  if (at === null) return html`—`;
  const time = new Date(at);
  return html`<time datetime="${time.toISOString()}" data-relative>${momentText({ language, zone }, time)}</time>`;
}

/** The same as plain text. */
export function momentText({ language, zone }: Pick<PartContext, 'language' | 'zone'>, time: Date): string {
  return localTime(time.getTime(), zone).toFormat(DATE_TIME[language]);
}

/** The day of a moment in the school's zone. @param at a Date or RFC 3339 */
export const dayText = (shown: Pick<PartContext, 'language' | 'zone'>, at: Date | string): string =>
  momentText(shown, new Date(at)).replace(/ .*/, '');

/** A message of the catalogue in the reader's language. */
export function said({ language }: Pick<PartContext, 'language'>, text: string): string {
  return translate(text, language);
}

/** A list of facts; entries without a value are left out. */
export function facts(entries: readonly (readonly [string, Html | string | number | null])[]): Html {
  const rows = entries.flatMap(([label, value]) =>
    value === null || value === '' ? [] : [html`<dt>${label}</dt><dd>${value}</dd>`],
  );
  return html`<dl class="facts">${rows}</dl>`;
}

export interface DataColumn<Row> {
  head: string | Html;
  cell: (row: Row) => Html | string | number | null | false;
  numeric?: boolean;
}

/** A table for people: on a narrow screen each row becomes a small card. `empty` is shown where there is no row. */
export function dataTable<Row>(
  shown: Pick<PartContext, 'language'>,
  {
    caption,
    columns,
    rows,
    empty,
    id,
  }: { caption: string; columns: DataColumn<Row>[]; rows: readonly Row[]; empty?: string; id?: string },
): Html {
  if (rows.length === 0) return html`<p class="soft">${empty ?? FRAME_WORDS[shown.language].none}</p>`;
  const head = columns.map(
    (column) => html`<th scope="col"${column.numeric === true && html` class="num"`}>${column.head}</th>`,
  );
  const body = rows.map(
    (row) =>
      html`<tr>${columns.map((column) => html`<td data-label="${typeof column.head === 'string' ? column.head : ''}"${column.numeric === true && html` class="num"`}>${column.cell(row)}</td>`)}</tr>`,
  );
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${caption}"><table class="wide"${id !== undefined && html` id="${id}"`}><caption>${caption}</caption><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>`;
}

/** A query string with its question mark. */
export const queryString = (entries: Record<string, string> | [string, string][] | URLSearchParams): string =>
  `?${new URLSearchParams(entries)}`;

/** Links to the next page of a list, and back to its first. */
export function pager(
  { language }: Pick<PartContext, 'language'>,
  query: Record<string, string>,
  next: string | null,
): Html | null {
  const words = FRAME_WORDS[language];
  const at = (cursor: string | null) => {
    const entries = Object.entries(query).filter(([name, value]) => name !== 'cursor' && value !== '');
    return `${queryString(cursor === null ? entries : [...entries, ['cursor', cursor]])}`;
  };
  if (next === null && query['cursor'] === undefined) return null;
  return html`<nav class="row" aria-label="${words.next}">${query['cursor'] !== undefined && html`<a class="button quiet" href="${at(null)}">${words.first}</a>`}${next !== null && html`<a class="button quiet" rel="next" href="${at(next)}">${words.next}</a>`}</nav>`;
}

export type Tone = 'good' | 'bad' | 'warn' | 'none';

export const tag = (tone: Tone, text: string): Html => html`<span class="tag ${tone}">${text}</span>`;

export const note = (tone: Tone, text: Html | string): Html =>
  html`<div class="note ${tone}" role="status"><p>${text}</p></div>`;

/** A picture of a diploma; it is drawn when it is asked for, and until then a text says so. */
export function paper(
  { language }: Pick<PartContext, 'language'>,
  picture: { src: string; alt: string; width: number; height: number; lazy?: boolean },
): Html {
  const { src, alt, width, height, lazy = false } = picture;
  return html`<span class="sheet" data-wait="${FRAME_WORDS[language].drawing}"><img class="paper" src="${src}" alt="${alt}"${lazy && html` loading="lazy"`} width="${width}" height="${height}"></span>`;
}

/** An e-mail address; a narrow column breaks it before its "@" sooner than in the middle of a word. */
export function emailText(address: string): Html {
  const at = address.lastIndexOf('@');
  return html`<span class="mail">${at > 0 ? html`${address.slice(0, at)}<wbr>${address.slice(at)}` : address}</span>`;
}

export interface FieldSpec {
  name: string;
  label: string;
  hint?: string;
  value?: string | null;
  kind?: 'text' | 'email' | 'date' | 'number' | 'password' | 'lines';
  options?: readonly (readonly [string, string])[];
  required?: boolean;
  /** Language of the text that is typed, for spelling and screen readers. */
  lang?: string;
}

export interface FormSpec {
  action: string;
  /** Tells forms with one action on one page apart. */
  name?: string;
  submit: string;
  fields: FieldSpec[];
  hidden?: Record<string, string>;
  tone?: 'danger' | 'quiet';
  /** Controls before the fields. */
  before?: Html;
  /** Further controls before the button. */
  extra?: Html;
  /** What a dialog asks before the form is sent; without the script the form is sent at once. */
  ask?: string;
  /** `extra` has the buttons. */
  ownButtons?: boolean;
}

/** The refusal of this form; null where the form was not refused. */
export function refusalOf(
  { refusal }: PartContext,
  { action, name = '' }: Pick<FormSpec, 'action' | 'name'>,
): Refusal | null {
  return refusal?.action === action && (refusal.values['form'] ?? '') === name ? refusal : null;
}

/** A form that posts to `action`. After a refusal it keeps what was typed and names the faulty fields. */
export function form(shown: PartContext, spec: FormSpec): Html {
  const { action, name = '', submit, fields, hidden = {}, tone, extra, ask } = spec;
  const refusal = refusalOf(shown, spec);
  const secret = Object.entries({ ...(name === '' ? {} : { form: name }), ...hidden }).map(
    ([key, value]) => html`<input type="hidden" name="${key}" value="${value}">`,
  );
  const shownFields = fields.map((field) => fieldOf(shown, `${action}-${name}`, field, refusal));
  const dialog = ask === undefined ? null : { id: `ask-${idOf(`${action}-${name}`)}`, question: ask };
  return html`<form method="post" action="${shown.base}${action}" accept-charset="utf-8"${dialog !== null && html` data-ask="${dialog.id}"`}>${refusal !== null && faultList(shown, refusal)}${secret}${spec.before ?? null}${shownFields}${extra ?? null}${spec.ownButtons !== true && html`<button${tone !== undefined && html` class="${tone}"`}>${submit}</button>`}</form>${dialog !== null && dialogOf(shown, dialog, spec)}`;
}

const idOf = (text: string): string => text.replace(/\W+/g, '-');

function dialogOf(
  { language }: PartContext,
  { id, question }: { id: string; question: string },
  { submit, tone }: Pick<FormSpec, 'submit' | 'tone'>,
): Html {
  const { back } = FRAME_WORDS[language];
  return html`<dialog id="${id}" aria-labelledby="${id}-question"><p id="${id}-question">${question}</p><form method="dialog" class="row"><button value="no" class="quiet" autofocus>${back}</button><button value="yes"${tone !== undefined && html` class="${tone}"`}>${submit}</button></form></dialog>`;
}

/** A form behind a line that opens it; open from the start after a refusal, or where `open` says so. */
export function foldedForm(shown: PartContext, summary: string, spec: FormSpec, open = false): Html {
  return html`<details${(open || refusalOf(shown, spec) !== null) && html` open`}><summary>${summary}</summary>${form(shown, spec)}</details>`;
}

/** The faults of a refused form. */
export function faultList(shown: PartContext, { detail, faults }: Refusal): Html {
  const lines = faults.map(
    (fault) =>
      html`<li>${fault.pointer === '' ? '' : `${fieldName(shown, fault.pointer.slice(1))}: `}${said(shown, fault.detail)}</li>`,
  );
  // The message for programs speaks of their request.
  const heading = detail === message('http.form') ? FRAME_WORDS[shown.language].faults : said(shown, detail);
  return html`<div class="note bad" role="alert" tabindex="-1"><p>${heading}</p>${lines.length > 0 && html`<ul>${lines}</ul>`}</div>`;
}

function fieldOf(shown: PartContext, formId: string, field: FieldSpec, refusal: Refusal | null): Html {
  const { name, label, hint, kind = 'text', options, required = false, lang } = field;
  const id = `f${idOf(formId)}-${name}`;
  const typed = refusal?.values[name];
  const value = (Array.isArray(typed) ? typed[0] : typed) ?? field.value ?? '';
  const fault = refusal?.faults.find(({ pointer }) => pointer.slice(1).split('/')[0] === name);
  const shared = html` id="${id}" name="${name}"${required && html` required`}${fault !== undefined && html` aria-invalid="true"`}${(hint !== undefined || fault !== undefined) && html` aria-describedby="${id}-hint"`}${lang !== undefined && html` lang="${lang}"`}`;
  const about = html`${hint !== undefined && html`<span class="hint">${hint}</span>`}${fault !== undefined && html`<span class="fault">${said(shown, fault.detail)}</span>`}`;
  return html`<div class="field"><label for="${id}">${label}</label><span id="${id}-hint">${about}</span>${control(shared, kind, value, options)}</div>`;
}

function control(
  shared: Html,
  kind: NonNullable<FieldSpec['kind']>,
  value: string,
  options: FieldSpec['options'],
): Html {
  if (options !== undefined)
    return html`<select${shared}>${options.map(([key, text]) => html`<option value="${key}"${key === value && html` selected`}>${text}</option>`)}</select>`;
  if (kind === 'lines') return html`<textarea${shared}>${value}</textarea>`;
  return html`<input type="${kind}"${shared} value="${value}" autocomplete="off">`;
}

/** The field for the reason of an act, which the audit list keeps. */
export function reasonField({ language }: Pick<PartContext, 'language'>, required = true): FieldSpec {
  const { reason, reasonHint, reasonFree } = FRAME_WORDS[language];
  return { name: 'reason', label: reason, hint: required ? reasonHint : reasonFree, kind: 'lines', required };
}
