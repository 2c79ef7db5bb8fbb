import type { ComparedFacts, Comparison } from './file-facts.ts';

/**
 * The script of a certificate's page; it runs in the reader's browser. It computes the SHA-256 of a file that the reader
 * chose or dropped, and shows the answer that the page already contains; for another file it loads `file-facts.ts` and shows
 * which facts differ. It sends nothing; the page's Content-Security-Policy also forbids all requests. Beside that it copies
 * the link and enlarges the picture.
 */

/** The parts of the DOM that are used; the project has no DOM types. */
interface Part {
  hidden: boolean;
  textContent: string | null;
  querySelector(selector: string): Part | null;
  replaceChildren(...parts: Part[]): void;
  cloneNode(deep: boolean): Part;
  addEventListener(type: string, listener: (event: Happening) => void | Promise<void>): void;
  dataset: Record<string, string | undefined>;
  append(...parts: (Part | string)[]): void;
  remove(): void;
}
interface Chosen {
  arrayBuffer(): Promise<ArrayBuffer>;
}
interface Happening {
  preventDefault(): void;
  ctrlKey?: boolean;
  metaKey?: boolean;
  shiftKey?: boolean;
  dataTransfer?: { types: readonly string[]; files: ArrayLike<Chosen>; dropEffect: string } | null;
}
declare const document: Part & {
  body: Part;
  documentElement: { toggleAttribute(name: string, on: boolean): void };
  createElement(name: string): Part & { className: string; scope: string; showModal(): void; close(): void };
};
declare const navigator: { clipboard?: { writeText(text: string): Promise<void> } };

const area = document.querySelector('#check-file');
const input = document.querySelector('#check-input') as
  | (Part & { files: ArrayLike<Chosen> | null; value: string })
  | null;
const answer = document.querySelector('#check-answer');
const place = document.querySelector('#check-place');
/** Counts chosen files, so that the slow answer for a large file does not replace a later one. */
let turn = 0;

/** Shows one of the answers that the page contains as a template. */
function show(selector: string, hash = ''): boolean {
  const prepared = document.querySelector(`template${selector}`) as (Part & { content: Part }) | null;
  if (prepared === null || answer === null) return false;
  const copy = prepared.content.cloneNode(true);
  const own = copy.querySelector('[data-own]');
  if (own !== null) own.textContent = hash;
  answer.replaceChildren(copy);
  return true;
}

const hex = (bytes: ArrayBuffer): string =>
  Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('');

/** PDF readers accept the header anywhere in the first kilobyte. */
const isPdf = (bytes: ArrayBuffer): boolean => new TextDecoder('latin1').decode(bytes.slice(0, 1024)).includes('%PDF-');

async function check(file: Chosen | undefined): Promise<void> {
  if (file === undefined) return;
  turn += 1;
  const mine = turn;
  show('[data-answer=busy]');
  try {
    const bytes = await file.arrayBuffer();
    const hash = hex(await crypto.subtle.digest('SHA-256', bytes));
    if (mine !== turn) return;
    if (show(`[data-sha256="${hash}"]`)) return;
    if (!isPdf(bytes)) {
      show('[data-answer=not-pdf]', hash);
      return;
    }
    const found = await compare(new Uint8Array(bytes));
    if (mine !== turn) return;
    show(`[data-answer=${found?.kind ?? 'differs'}]`, hash);
    if (found?.differences) showDifferences(found);
  } catch {
    if (mine === turn) show('[data-answer=unreadable]');
  }
}

/** What the file says about itself, beside what the page says; null when it cannot be read. */
async function compare(bytes: Uint8Array): Promise<Comparison | null> {
  try {
    const { readFacts, compareFacts } = await import('./file-facts.ts');
    return compareFacts(await readFacts(bytes), JSON.parse(area?.dataset['facts'] ?? '') as ComparedFacts);
  } catch {
    return null;
  }
}

function showDifferences({ differences = [] }: Comparison): void {
  const rows = answer?.querySelector('[data-rows]');
  const made = differences.map(({ label, inFile, onPage }) => {
    const [row, head, file, page] = ['tr', 'th', 'td', 'td'].map((name) => document.createElement(name));
    if (!row || !head || !file || !page) return '';
    head.scope = 'row';
    file.className = 'odd';
    head.append(label);
    file.append(inFile ?? rows?.dataset['absent'] ?? '');
    page.append(onPage);
    row.append(head, file, page);
    return row;
  });
  rows?.append(...made);
}

/** Without this, a file dropped elsewhere on the page would replace the page. */
function takeDrops(): void {
  const over = (on: boolean): void => document.documentElement.toggleAttribute('data-over', on);
  document.addEventListener('dragover', (event) => {
    if (event.dataTransfer?.types.includes('Files') !== true) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = 'copy';
    over(true);
  });
  document.addEventListener('dragleave', () => over(false));
  document.addEventListener('drop', (event) => {
    if (event.dataTransfer?.types.includes('Files') !== true) return;
    event.preventDefault();
    over(false);
    void check(event.dataTransfer.files[0]);
  });
}

if (area !== null && input !== null && place !== null) {
  area.hidden = false;
  // Browsers offer `crypto.subtle` on secure pages only.
  if ('subtle' in crypto) {
    input.addEventListener('change', () => {
      void check(input.files?.[0]);
      // Lets the reader choose the same file again after a change.
      input.value = '';
    });
    takeDrops();
  } else {
    place.hidden = true;
    show('[data-answer=insecure]');
  }
}

const copy = document.querySelector('#copy');
if (copy !== null && navigator.clipboard !== undefined) {
  copy.hidden = false;
  copy.addEventListener('click', async () => {
    await navigator.clipboard?.writeText(copy.dataset['copy'] ?? '');
    copy.textContent = copy.dataset['done'] ?? '';
  });
}

const picture = document.querySelector('#picture') as (Part & { href: string }) | null;
picture?.addEventListener('click', (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const dialog = document.createElement('dialog');
  const image = picture.querySelector('img');
  const close = document.createElement('button');
  close.textContent = picture.dataset['close'] ?? '';
  if (image !== null) dialog.append(image.cloneNode(true));
  dialog.append(close);
  dialog.addEventListener('click', () => dialog.close());
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
});
