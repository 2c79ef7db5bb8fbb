import { bodyText, type HttpAnswer, headerOf } from '../../platform/http/http.ts';
import { parseExact } from './exact-json.ts';

/** The content of an answer, or why it is unreadable: status, content type and form, never its content. */
export type ReadAnswer = { ok: true; content: unknown } | { ok: false; detail: string };

/** The JSON of an answer; numbers as in `parseExact`. */
export function readAnswer(answer: HttpAnswer): ReadAnswer {
  const text = bodyText(answer);
  if (text === null) return { ok: false, detail: faultIn(answer, null, null) };
  try {
    return { ok: true, content: parseExact(text) };
  } catch (error) {
    return { ok: false, detail: faultIn(answer, text, error) };
  }
}

function faultIn(answer: HttpAnswer, text: string | null, error: unknown): string {
  const media = /^[\w!#$&^.+-]{1,60}\/[\w!#$&^.+-]{1,60}/.exec(headerOf(answer, 'content-type') ?? '')?.[0];
  return `status ${answer.status}, ${media === undefined ? 'no content type' : `content type ${media}`}: ${formOf(answer, text, error)}`;
}

function formOf({ body, codingFault }: HttpAnswer, text: string | null, error: unknown): string {
  if (codingFault !== undefined) return codingFault;
  if (body.length === 0) return 'its body is empty';
  if (body[0] === 0x1f && body[1] === 0x8b) return 'it is gzip data, but has no Content-Encoding header';
  if (text === null) return 'it is not UTF-8';
  if (text.trimStart().startsWith('<')) return 'it is HTML or XML, expected JSON';
  if (error instanceof RangeError) return 'it is nested too deeply';
  // The library's own message quotes the input.
  const at = Number(/ at position (\d+)$/.exec(error instanceof Error ? error.message : '')?.[1] ?? 0);
  return at >= text.trimEnd().length
    ? `its JSON ends too early, after ${text.length} characters`
    : `it is not JSON: the fault is at character ${at + 1} of ${text.length}`;
}
