/**
 * The only script of the console. Every page reads and acts without it; it adds a few behaviours to elements that ask
 * for them by `data-` attributes. It writes text only, never markup (Trusted Types forbid that).
 *
 * - `data-live="URL"`: a stream of server-sent events; each is `{values: {key: text}, meters: {key: number}, state}`.
 *   Inside, `data-value="key"` gets the text, `data-meter="key"` (a progress element) the number.
 *   `data-hide-zero` hides an element while its value is 0. When `state` differs
 *   from `data-state`, the page is loaded again, or `data-changed` is shown if a form on it is being filled in.
 * - `data-filter="#id"` (an input): hides the rows of that table which do not contain its text.
 * - `data-ask="dialog id"` (a form): asks before it is submitted. `data-count` elements in it show the selected rows.
 * - A page is never loaded again under a form that a person has begun or opened, and the focus stays where it was.
 * - `data-script`: is hidden without this script.
 * - `data-all` (a checkbox): selects all visible checkboxes of its table.
 * - `data-copy="text"` (a button): copies the text.
 * - `data-cells` (a table): arrow keys, Enter and paste from a spreadsheet move through and fill its inputs.
 * - `data-rest` (in the form of such a table): is shown when pasted rows found no place; its textarea keeps their text,
 *   and `data-text` is the sentence that says so, with `{count}` and `{rows}`.
 * - `data-again` (the main part): loads the page again soon, because what it shows is about to change.
 * - `time[data-relative]`: says how long ago it was, in its title.
 */

const $ = <T extends Element>(selector: string, within: ParentNode = document): T[] => [
  ...within.querySelectorAll<T>(selector),
];
const language = document.documentElement.lang;
let edited = false;
// Of any form, the search at the top included: a page that is loaded again would lose what is being typed.
document.addEventListener('input', ({ target }) => {
  if (target instanceof HTMLElement && target.closest('form')) edited = true;
});
/** Until when the page is being left: loading it again would take the person back. A download does not leave it. */
let leavingUntil = 0;
addEventListener('beforeunload', () => {
  leavingUntil = Date.now() + 10_000;
});
const unfolded = new Set($<HTMLDetailsElement>('main details[open]'));

interface News {
  values?: Record<string, string>;
  meters?: Record<string, number>;
  state?: string;
}

function follow(block: HTMLElement): void {
  const source = new EventSource(block.dataset['live'] ?? '');
  source.addEventListener('news', (event) => {
    const { values = {}, meters = {}, state } = JSON.parse((event as MessageEvent<string>).data) as News;
    for (const [key, text] of Object.entries(values))
      for (const place of $<HTMLElement>(`[data-value="${CSS.escape(key)}"]`, block)) {
        place.textContent = text;
        const cell = place.closest<HTMLElement>('[data-hide-zero]');
        if (cell) cell.hidden = text === '0' && !cell.contains(document.activeElement);
      }
    for (const [key, value] of Object.entries(meters))
      for (const meter of $<HTMLProgressElement>(`[data-meter="${CSS.escape(key)}"]`, block)) meter.value = value;
    if (state !== undefined && state !== block.dataset['state']) reload();
  });
  source.addEventListener('end', () => {
    source.close();
    reload();
  });
  // Closed for good: the session has ended. Otherwise the browser connects again by itself.
  source.addEventListener('error', () => {
    if (source.readyState === EventSource.CLOSED) reload();
  });
  addEventListener('pagehide', () => source.close());
}

function reload(): void {
  const opened = $<HTMLDetailsElement>('main details[open]').some((one) => !unfolded.has(one));
  if (edited || opened || Date.now() < leavingUntil || document.querySelector('dialog[open]') !== null) {
    for (const note of $<HTMLElement>('[data-changed]')) note.hidden = false;
    return;
  }
  const { activeElement: at } = document;
  if (at !== null && at !== document.body) sessionStorage.setItem(FOCUS, placeOf(at));
  location.reload();
}

const FOCUS = 'focus';
/** Tells an element from the others of its page, before and after the page is loaded again. */
const placeOf = (one: Element): string => {
  const label = one.matches('button, summary') ? one.textContent : one.getAttribute('aria-label');
  return [location.href, one.tagName, one.id, one.getAttribute('href'), one.getAttribute('name'), label].join(' ');
};

function returnFocus(): void {
  const place = sessionStorage.getItem(FOCUS);
  sessionStorage.removeItem(FOCUS);
  if (place === null) return;
  const found = $<HTMLElement>('a, button, input, select, textarea, summary, [tabindex]').find(
    (one) => placeOf(one) === place,
  );
  found?.focus({ preventScroll: true });
}

function filterRows(input: HTMLInputElement): void {
  const wanted = input.value.trim().toLocaleLowerCase(language);
  for (const row of $<HTMLTableRowElement>(`${input.dataset['filter']} tbody tr`))
    row.hidden = wanted !== '' && !(row.textContent ?? '').toLocaleLowerCase(language).includes(wanted);
}

function showCount(table: Element): void {
  const boxes = $<HTMLInputElement>('tbody input[type=checkbox]', table);
  const count = boxes.filter((box) => box.checked).length;
  const form = boxes[0]?.form;
  for (const place of form ? $('[data-count]', form) : []) place.textContent = String(count);
  const all = table.querySelector<HTMLInputElement>('input[data-all]');
  if (!all) return;
  all.checked = count > 0 && count === boxes.length;
  all.indeterminate = count > 0 && count < boxes.length;
}

function selectAll(all: HTMLInputElement): void {
  const table = all.closest('table');
  if (!table) return;
  for (const row of $<HTMLTableRowElement>('tbody tr', table)) {
    const box = row.hidden ? null : row.querySelector<HTMLInputElement>('input[type=checkbox]');
    if (box) box.checked = all.checked;
  }
  showCount(table);
}

function ask(form: HTMLFormElement): void {
  const dialog = document.getElementById(form.dataset['ask'] ?? '');
  if (!(dialog instanceof HTMLDialogElement)) return;
  let submitter: HTMLElement | null = null;
  form.addEventListener('submit', (event) => {
    if (dialog.returnValue === 'yes') return;
    event.preventDefault();
    submitter = event.submitter;
    dialog.showModal();
  });
  dialog.addEventListener('close', () => {
    if (dialog.returnValue === 'yes') form.requestSubmit(submitter);
    dialog.returnValue = '';
  });
}

async function copy(button: HTMLButtonElement): Promise<void> {
  await navigator.clipboard.writeText(button.dataset['copy'] ?? '');
  const before = button.textContent;
  button.textContent = button.dataset['copied'] ?? before;
  setTimeout(() => {
    button.textContent = before;
  }, 1500);
}

/** The inputs of a table by row; a row without inputs is left out. */
const gridOf = (table: Element): HTMLInputElement[][] =>
  $<HTMLTableRowElement>('tbody tr', table)
    .map((row) => $<HTMLInputElement>('input:not([type=checkbox],[type=hidden]),select', row))
    .filter((cells) => cells.length > 0);

function moveInCells(table: Element, event: KeyboardEvent): void {
  const step = { ArrowUp: -1, ArrowDown: 1, Enter: 1 }[event.key];
  if (step === undefined || !(event.target instanceof HTMLInputElement)) return;
  const grid = gridOf(table);
  const row = grid.findIndex((cells) => cells.includes(event.target as HTMLInputElement));
  const next = grid[row + step]?.[grid[row]?.indexOf(event.target) ?? 0];
  if (next === undefined && event.key !== 'Enter') return;
  event.preventDefault();
  next?.focus();
  if (next instanceof HTMLInputElement) next.select();
}

function pasteIntoCells(table: Element, event: ClipboardEvent): void {
  const text = event.clipboardData?.getData('text/plain') ?? '';
  if (!/[\t\n]/.test(text.trimEnd()) || !(event.target instanceof HTMLInputElement)) return;
  event.preventDefault();
  const grid = gridOf(table);
  const top = grid.findIndex((cells) => cells.includes(event.target as HTMLInputElement));
  const left = grid[top]?.indexOf(event.target) ?? 0;
  const lines = text.replace(/(\r?\n)+$/, '').split(/\r?\n/);
  const rest: [row: number, line: string][] = [];
  for (const [down, line] of lines.entries())
    for (const [right, value] of line.split('\t').entries()) {
      const cell = grid[top + down]?.[left + right];
      if (cell) cell.value = value.trim();
      else if (value.trim() !== '' && rest.at(-1)?.[0] !== down + 1) rest.push([down + 1, line]);
    }
  for (const place of $<HTMLElement>('[data-rest]', table.closest('form') ?? document)) showRest(place, rest);
  edited = true;
}

/** Says which pasted rows found no place, and keeps their text. */
function showRest(place: HTMLElement, rest: [row: number, line: string][]): void {
  const [kept] = $<HTMLTextAreaElement>('textarea', place);
  if (kept) kept.value = rest.map(([, line]) => line).join('\n');
  place.hidden = rest.length === 0;
  const facts: Record<string, string> = { count: String(rest.length), rows: ranges(rest.map(([row]) => row)) };
  for (const text of $<HTMLElement>('[data-text]', place))
    text.textContent = (text.dataset['text'] ?? '').replace(/\{(\w+)\}/g, (_, name: string) => facts[name] ?? '');
}

/** Ascending numbers as ranges: `3, 5–8`. */
function ranges(numbers: number[]): string {
  const found: [number, number][] = [];
  for (const number of numbers) {
    const last = found.at(-1);
    if (last && last[1] === number - 1) last[1] = number;
    else found.push([number, number]);
  }
  return found.map(([first, last]) => (first === last ? `${first}` : `${first}–${last}`)).join(', ');
}

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
];
function sayHowLongAgo(time: HTMLTimeElement): void {
  const seconds = (Date.parse(time.dateTime) - Date.now()) / 1000;
  const [unit, size] = STEPS.find(([, step]) => Math.abs(seconds) >= step) ?? (['second', 1] as const);
  time.title = new Intl.RelativeTimeFormat(language, { numeric: 'auto' }).format(Math.round(seconds / size), unit);
}

returnFocus();
// A picture that cannot be drawn: its alternative text is shown, and the text that it is being drawn is not.
document.addEventListener(
  'error',
  ({ target }) => (target as Element).closest?.('[data-wait]')?.removeAttribute('data-wait'),
  true,
);
for (const block of $<HTMLElement>('[data-live]')) follow(block);
for (const input of $<HTMLInputElement>('input[data-filter]')) input.addEventListener('input', () => filterRows(input));
for (const form of $<HTMLFormElement>('form[data-ask]')) ask(form);
for (const place of $<HTMLElement>('[data-script]')) place.hidden = false;
for (const all of $<HTMLInputElement>('input[data-all]')) {
  all.hidden = false;
  all.addEventListener('change', () => selectAll(all));
  const table = all.closest('table');
  table?.addEventListener('change', () => showCount(table));
  if (table) showCount(table);
}
for (const button of $<HTMLButtonElement>('button[data-copy]')) {
  button.hidden = false;
  button.addEventListener('click', () => void copy(button));
}
for (const table of $('[data-cells]')) {
  table.addEventListener('keydown', (event) => moveInCells(table, event as KeyboardEvent));
  table.addEventListener('paste', (event) => pasteIntoCells(table, event as ClipboardEvent));
}
for (const time of $<HTMLTimeElement>('time[data-relative]')) sayHowLongAgo(time);
if ($('[data-again]').length > 0) setInterval(reload, 2000);
