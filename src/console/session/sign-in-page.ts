import { z } from 'zod';
import { type Html, html } from '../../platform/http/html.ts';
import { type DeskView, deskPage, type Reader } from '../frame/desk-frame.ts';
import { note } from '../frame/parts.ts';
import type { ConnectionKind } from './session-cookie.ts';
import { SIGN_IN_WORDS } from './sign-in-words.ts';

/** A form that was posted without a session, kept in the page until the sign-in. */
export const InterruptedForm = z.object({
  /** Path of the form's act. */
  action: z.string().regex(/^\/console(\/[A-Za-z0-9._~%-]+)*$/),
  fields: z.record(z.string(), z.union([z.string(), z.array(z.string())])),
});
export type Interrupted = z.infer<typeof InterruptedForm>;

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
    interrupted !== null && html`<input type="hidden" name="interrupted" value="${JSON.stringify(interrupted)}">`;
  const provider = html`<form method="post" action="${base}/console/session/openid"><input type="hidden" name="next" value="${next}">${kept}<button>${words.provider}</button></form><p class="soft">${words.or}</p>`;
  const content = html`<h1>${words.title}</h1><p class="lead">${words.lead}</p>
<section class="card" aria-label="${words.title}">
${interrupted !== null && note('warn', words.ended)}
${fault !== null && html`<div class="note bad" role="alert"><p>${fault}</p></div>`}
${transport === 'insecure' && note('bad', words.insecure)}
${hasProvider && provider}
<form method="post" action="${base}/console/session"><div class="field"><label for="token">${words.token}</label><span class="hint" id="token-hint">${words.tokenHint}</span><input type="password" id="token" name="token" required autocomplete="current-password" aria-describedby="token-hint"></div><input type="hidden" name="next" value="${next}">${kept}<button>${words.submit}</button></form>
</section>
${transport === 'loopback' && html`<p class="small soft">${words.plain}</p>`}`;
  const view: DeskView = { title: words.title, content, menu: null };
  return deskPage({ ...reader, name: null }, view);
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

function formOf({ language, base }: Pick<Reader, 'language' | 'base'>, { action, fields }: Interrupted): Html {
  const words = SIGN_IN_WORDS[language];
  const entries = Object.entries(fields).flatMap(([name, values]) =>
    (Array.isArray(values) ? values : [values]).map((value) => [name, value] as const),
  );
  const hidden = entries.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`);
  const rows = entries.map(([name, value]) => html`<tr><td>${name}</td><td>${value}</td></tr>`);
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${words.resumeText}"><table><thead><tr><th scope="col">${words.field}</th><th scope="col">${words.value}</th></tr></thead><tbody>${rows}</tbody></table></div>
<form method="post" action="${base}${action}">${hidden}<button>${words.resume}</button></form>`;
}
