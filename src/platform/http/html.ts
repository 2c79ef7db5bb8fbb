import { closeDirections, hasDirection } from './text-direction.ts';

/** Safe markup: only `html` creates it, and it escapes every value that is not markup itself. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type Value = Html | readonly Html[] | string | number | null | false;

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/**
 * Builds markup. Values are escaped for text and quoted attributes; `null` and `false` become empty. A text that is
 * written from right to left, or that changes the direction of writing, is isolated: it cannot move its neighbours.
 */
export function html(parts: TemplateStringsArray, ...values: Value[]): Html {
  let text = parts[0] ?? '';
  for (let index = 1; index < parts.length; index += 1)
    text += render(values[index - 1] ?? null, text) + (parts[index] ?? '');
  return new Html(text);
}

function render(value: Value, before: string): string {
  if (value === null || value === false) return '';
  if (value instanceof Html) return value.text;
  if (typeof value === 'object') return value.map((item) => item.text).join('');
  if (typeof value === 'number') return String(value);
  return hasDirection(value) ? renderIsolated(value, before) : escapeText(value);
}

/** Most texts have nothing to escape. */
const escapeText = (text: string): string =>
  /[&<>"']/.test(text) ? text.replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? '') : text;

/** Within a tag, and where a person types, a text stays as it is; a title has no markup. */
function renderIsolated(text: string, before: string): string {
  if (before.lastIndexOf('<') > before.lastIndexOf('>') || /<textarea[^>]*>$/.test(before)) return escapeText(text);
  const closed = escapeText(closeDirections(text));
  // An element that takes its direction from its text does not look into an inner <bdi>.
  if (/<(bdi\b[^>]*|[^<>]*\sdir="auto"[^<>]*)>$/.test(before)) return closed;
  return /<(title|option)\b[^>]*>[^<]*$/.test(before) ? closed : `<bdi>${closed}</bdi>`;
}

/** A user-supplied address, if it is safe as a link; else null. */
export function webAddress(text: string | null): string | null {
  if (text === null || !URL.canParse(text)) return null;
  return /^https?:$/.test(new URL(text).protocol) ? text : null;
}
