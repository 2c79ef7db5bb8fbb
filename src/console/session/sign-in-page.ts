import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { z } from 'zod';
import { type Html, html } from '../../platform/http/html.ts';
import { type DeskView, deskPage, type Reader } from '../frame/desk-frame.ts';
import { note } from '../frame/parts.ts';
import { fill } from '../frame/words.ts';
import type { ConnectionKind } from './session-cookie.ts';
import { SIGN_IN_WORDS } from './sign-in-words.ts';

/** A form that was posted without a session, kept in the page until the sign-in. */
export const InterruptedForm = z.object({
  /** Path of the form's act. */
  action: z.string().regex(/^\/console(\/[A-Za-z0-9._~!'()*%-]+)*$/),
  fields: z.record(z.string(), z.union([z.string(), z.array(z.string())])),
  /** Names of the files by field; their contents are not kept. */
  files: z.record(z.string(), z.string()).optional(),
});
export type Interrupted = z.infer<typeof InterruptedForm>;

/** Several times the largest form. */
const UNPACKED_LIMIT = 4_000_000;

/** The interrupted form as the value of a field. It is compressed, so that the form of the sign-in is not larger than it. */
const packInterrupted = (interrupted: Interrupted): string =>
  deflateRawSync(JSON.stringify(interrupted)).toString('base64url');

/** What `packInterrupted` has made; null for anything else. */
export function unpackInterrupted(text: string): Interrupted | null {
  try {
    const unpacked = inflateRawSync(Buffer.from(text, 'base64url'), { maxOutputLength: UNPACKED_LIMIT });
    return InterruptedForm.safeParse(JSON.parse(unpacked.toString())).data ?? null;
  } catch {
    return null;
  }
}

interface SignIn {
  /** Path to go to after the sign-in. */
  next: string;
  transport: ConnectionKind;
  fault: string | null;
  interrupted: Interrupted | null;
  /** Whether OpenID Connect is configured. */
  hasProvider: boolean;
}

/** The page of the sign-in. */
export function signInPage(reader: Reader, { next, transport, fault, interrupted, hasProvider }: SignIn): string {
  const words = SIGN_IN_WORDS[reader.language];
  const { base } = reader;
  const kept =
    interrupted !== null && html`<input type="hidden" name="interrupted" value="${packInterrupted(interrupted)}">`;
  const chosen = html`<input type="hidden" name="lang" value="${reader.language}">`;
  const provider = html`<form method="post" action="${base}/console/session/openid"><input type="hidden" name="next" value="${next}">${chosen}${kept}<button>${words.provider}</button></form><p class="soft">${words.or}</p>`;
  const content = html`<h1>${words.title}</h1><p class="lead">${words.lead}</p>
<section class="card" aria-label="${words.title}">
${interrupted !== null && note('warn', endedText(reader, interrupted))}
${fault !== null && html`<div class="note bad" role="alert"><p>${fault}</p></div>`}
${transport === 'insecure' && note('bad', words.insecure)}
${hasProvider && provider}
<form method="post" action="${base}/console/session"><div class="field"><label for="token">${words.token}</label><span class="hint" id="token-hint">${words.tokenHint}</span><input type="password" id="token" name="token" required autocomplete="current-password" aria-describedby="token-hint"></div><input type="hidden" name="next" value="${next}">${chosen}${kept}<button>${words.submit}</button></form>
</section>
${transport === 'loopback' && html`<p class="small soft">${words.plain}</p>`}`;
  const view: DeskView = { title: words.title, content, menu: null };
  return deskPage({ ...reader, name: null, here: next }, view);
}

function endedText({ language }: Pick<Reader, 'language'>, { files = {} }: Interrupted): string {
  const words = SIGN_IN_WORDS[language];
  const [name] = Object.values(files);
  return name === undefined ? words.ended : fill(words.endedFile, { name });
}

/** What was typed into a form that could not be carried out, with a button to send it again; null: nothing was. */
export function keptForm(reader: Pick<Reader, 'language' | 'base'>, action: string, fields: unknown): Html | null {
  const kept = InterruptedForm.safeParse({ action, fields }).data;
  return kept === undefined || Object.keys(kept.fields).length === 0
    ? null
    : html`<div class="card">${formOf(reader, kept)}</div>`;
}

/** After the sign-in: the interrupted form, to be sent by a click of the person. */
export function resumePage(reader: Reader, interrupted: Interrupted): string {
  const words = SIGN_IN_WORDS[reader.language];
  const content = html`<h1>${words.resumeTitle}</h1><p class="lead">${words.resumeText}</p>
<div class="card">${formOf(reader, interrupted)}<p><a class="button quiet" href="${reader.base}/console">${words.discard}</a></p></div>`;
  return deskPage(reader, { title: words.resumeTitle, content, menu: null });
}

function formOf(
  { language, base }: Pick<Reader, 'language' | 'base'>,
  { action, fields, files = {} }: Interrupted,
): Html {
  const words = SIGN_IN_WORDS[language];
  const entries = Object.entries(fields).flatMap(([name, values]) =>
    (Array.isArray(values) ? values : [values]).map((value) => [name, value] as const),
  );
  const hidden = entries.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`);
  const rows = entries.map(([name, value]) => html`<tr><td>${name}</td><td>${value}</td></tr>`);
  const chosen = Object.entries(files).map(
    ([name, file]) =>
      html`<div class="field"><label for="again-${name}">${words.file}</label><span class="fault" id="again-${name}-hint">${fill(words.fileLost, { name: file })}</span><input type="file" id="again-${name}" name="${name}" required aria-describedby="again-${name}-hint"></div>`,
  );
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${words.resumeText}"><table><thead><tr><th scope="col">${words.field}</th><th scope="col">${words.value}</th></tr></thead><tbody>${rows}</tbody></table></div>
<form method="post" action="${base}${action}"${chosen.length > 0 && html` enctype="multipart/form-data"`}>${hidden}${chosen}<button>${words.resume}</button></form>`;
}
