/** A reference to an object. */
export const ref = (id: number): string => `${id} 0 R`;

/** A number with at most six decimals. */
export const numeral = (value: number): string => String(Math.round(value * 1e6) / 1e6);

/** Numbers as an array. */
export const numbers = (values: readonly number[]): string => `[${values.map(numeral).join(' ')}]`;

const ESCAPES: Readonly<Record<string, string>> = {
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\b': '\\b',
  '\f': '\\f',
  '\\': '\\\\',
  '(': '\\(',
  ')': '\\)',
};
const ASCII = /^[\0-\x7f]*$/;

/** A text string (ISO 32000-1, 7.9.2.2): ASCII, or UTF-16 with a byte order mark; each character is one byte. */
export function textString(text: string): string {
  const bytes = ASCII.test(text) ? text : Buffer.from(`\ufeff${text}`, 'utf16le').swap16().toString('latin1');
  return `(${bytes.replace(/[\n\r\t\b\f\\()]/g, (sign) => ESCAPES[sign] ?? sign)})`;
}

/** A date (ISO 32000-1, 7.9.4). */
export const dateString = (date: Date): string => `(D:${date.toISOString().slice(0, 19).replace(/[-:T]/g, '')}Z)`;

/** A name; ASCII only. */
export const pdfName = (text: string): string =>
  `/${text.replace(/[^A-Za-z0-9.+_-]/g, (sign) => `#${sign.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`)}`;
