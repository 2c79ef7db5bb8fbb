/**
 * Elements that every e-mail program shows alike. Any other element is a fault; add one here on purpose if you need
 * it.
 */
const ELEMENTS: ReadonlySet<string> = new Set(
  (
    'html head meta title body table thead tbody tr td th p br hr div span a b strong i em u small sup sub ' +
    'h1 h2 h3 h4 ul ol li blockquote center'
  ).split(' '),
);
const WHY_NOT: Readonly<Record<string, string>> = {
  script: 'e-mail programs do not run scripts, and many drop the whole letter',
  style: 'many e-mail programs drop it; write style="…" in each element',
  link: 'many e-mail programs drop it; write style="…" in each element',
  img: 'images are loaded from another server, blocked, or taken for advertising; the diploma is attached',
  form: 'a letter with a diploma must not ask for input',
  iframe: 'no e-mail program shows it',
};
/** Allowed link targets of a diploma's letter. */
const TARGETS = /^\{\{\s*(?:lookupUrl|downloadUrl|issuerUrl|contactUrl)\s*\}\}$/;
export const ALLOWED_LINKS = '{{lookupUrl}}, {{downloadUrl}}, {{issuerUrl}} and {{contactUrl}}';
const UNCHANGED = /^\{\{\s*(?:lookupUrl|downloadUrl|contactUrl)\s*\}\}$/;
const TAG =
  /<!--[\s\S]*?-->|<!doctype[^>]*>|<(\/?)([a-z][\w:-]*)((?:\s+[^\s=<>"'/]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'>]+))?)*)\s*\/?>|<(?=[a-z/!?])/gi;
const ATTRIBUTE = /([^\s=<>"'/]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/g;
/** Attributes that load or link something. */
const FETCHING = /^(?:src|srcset|background|poster|action|formaction|ping|cite|data|xlink:href|longdesc)$/i;

/**
 * Faults of a letter's HTML, one per line: what e-mail programs do not support, and what would make the letter
 * advertising. The rule about advertising checks structure, not words: links only to the verification page and the
 * issuer, no images, no forms. The author is responsible for the wording.
 */
export function htmlFaults(file: string, html: string): string[] {
  const faults: string[] = [];
  const at = (index: number) => `${file}:${html.slice(0, index).split('\n').length}`;
  for (const match of html.matchAll(TAG)) {
    const [whole, closing, name = '', attributes = ''] = match;
    const place = at(match.index);
    if (whole === '<') {
      faults.push(`${place}: a tag that cannot be read; close it and quote its attributes, or write &lt;`);
      continue;
    }
    if (whole.startsWith('<!--')) {
      if (/\[if|<!\[/i.test(whole)) faults.push(`${place}: conditional comments are not checked; remove them`);
      continue;
    }
    const element = name.toLowerCase();
    if (whole.startsWith('<!') || closing === '/') continue;
    if (!ELEMENTS.has(element)) {
      faults.push(
        `${place}: <${element}>: ${WHY_NOT[element] ?? `only these elements are allowed: ${[...ELEMENTS].join(', ')}`}; remove it`,
      );
      continue;
    }
    faults.push(...attributeFaults(place, element, attributesOf(attributes)));
  }
  if (!/<html\b[^>]*\slang\s*=\s*["']?[a-z]{2,3}\b/i.test(html))
    faults.push(`${file}:1: <html lang="…"> is missing; screen readers need the language`);
  return faults;
}

function attributeFaults(place: string, element: string, attributes: ReadonlyMap<string, string>): string[] {
  const faults: string[] = [];
  for (const [name, value] of attributes) {
    if (name.startsWith('on')) faults.push(`${place}: ${name}="…": e-mail programs do not run scripts; remove it`);
    if (FETCHING.test(name)) faults.push(`${place}: ${name}="…" loads data from another server; remove it`);
    if (name === 'style' && /url\s*\(|@import|expression\s*\(|\\/i.test(value))
      faults.push(`${place}: style="…" loads data from another server; use only colours and lengths`);
    if (name === 'href' && (element !== 'a' || !TARGETS.test(value.trim())))
      faults.push(
        `${place}: href=${JSON.stringify(value.slice(0, 60))} links to another site; a letter may contain only the links ${ALLOWED_LINKS}`,
      );
    if (name === 'http-equiv')
      faults.push(`${place}: <meta http-equiv> is not allowed, because the mail provider sets the headers; remove it`);
  }
  if (element === 'table' && attributes.get('role') !== 'presentation')
    faults.push(
      `${place}: <table> without role="presentation": screen readers would read it as data; add the attribute`,
    );
  const href = attributes.get('href')?.trim() ?? '';
  const exempt = attributes.get('data-do-link-relink') === '0' && attributes.get('data-no-qsid') === '1';
  if (element === 'a' && UNCHANGED.test(href) && !exempt)
    faults.push(
      `${place}: the link ${href} needs data-do-link-relink="0" data-no-qsid="1"; else the mail provider changes its address`,
    );
  return faults;
}

function attributesOf(text: string): Map<string, string> {
  const attributes = new Map<string, string>();
  for (const [, name = '', double, single, bare] of text.matchAll(ATTRIBUTE))
    attributes.set(name.toLowerCase(), double ?? single ?? bare ?? '');
  return attributes;
}
