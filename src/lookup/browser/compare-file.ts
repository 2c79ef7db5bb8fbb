/**
 * The only script of the public pages; it runs in the reader's browser. It computes the SHA-256 of a file that the
 * reader chose or dropped, and shows the answer that the page already contains. It sends nothing; the page's
 * Content-Security-Policy also forbids all requests.
 */

/** The parts of the DOM that are used; the project has no DOM types. */
interface Part {
  hidden: boolean;
  textContent: string | null;
  querySelector(selector: string): Part | null;
  replaceChildren(...parts: Part[]): void;
  cloneNode(deep: boolean): Part;
  addEventListener(type: string, listener: (event: Happening) => void): void;
}
interface Chosen {
  arrayBuffer(): Promise<ArrayBuffer>;
}
interface Happening {
  preventDefault(): void;
  dataTransfer?: { types: readonly string[]; files: ArrayLike<Chosen>; dropEffect: string } | null;
}
declare const document: Part & { documentElement: { toggleAttribute(name: string, on: boolean): void } };

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
    if (!show(`[data-sha256="${hash}"]`)) show(isPdf(bytes) ? '[data-answer=differs]' : '[data-answer=not-pdf]', hash);
  } catch {
    if (mine === turn) show('[data-answer=unreadable]');
  }
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
