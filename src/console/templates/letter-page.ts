import { letterContents } from '../../domain/approval.ts';
import { letterHash } from '../../lifecycle/lacking-approval.ts';
import { html } from '../../platform/http/html.ts';
import type { DeskContext } from '../desk-context.ts';
import { type DeskInput, isDone } from '../desk-route.ts';
import { DESK_POLICY } from '../frame/desk-assets.ts';
import type { DeskView } from '../frame/desk-frame.ts';
import { FRAME_WORDS } from '../frame/frame-words.ts';
import { note } from '../frame/parts.ts';
import { fill } from '../frame/words.ts';
import { approvalPart, approvalsBySubject } from './approval-part.ts';
import { languageName } from './language-name.ts';
import { TEMPLATE_WORDS } from './template-words.ts';

/** CSS pixels: a mail program on a computer, and a phone. */
const WIDTHS = [600, 390] as const;

/** A letter in each of its languages, at two widths. */
export async function showLetter(ctx: DeskContext, input: DeskInput): Promise<DeskView | null> {
  const words = TEMPLATE_WORDS[input.language];
  const id = input.params['id'] ?? '';
  const languages = ctx.rulebook.letters.get(id);
  if (languages === undefined) return null;
  const approvals = await approvalsBySubject(ctx);
  const sections = [...languages].map(([language, text]) => {
    const { subject } = letterContents(id, language, letterHash(text));
    const view = approvals.get(subject);
    const path = `/console/letters/${encodeURIComponent(id)}/${encodeURIComponent(language)}`;
    const source = `${input.base}/console/letters/${encodeURIComponent(id)}/preview?language=${encodeURIComponent(language)}`;
    const frames = WIDTHS.map((width) => {
      const title = fill(words.letterAt, { language: languageName(input, language), width });
      return html`<figure><figcaption class="soft small">${fill(words.wide, { width })}</figcaption><iframe sandbox="" loading="lazy" width="${width}" height="720" src="${source}" title="${title}"></iframe></figure>`;
    });
    return html`<section class="card"><h2>${languageName(input, language)}</h2>${view !== undefined && approvalPart(input, path, view)}<div class="scroll row" tabindex="0" role="region" aria-label="${languageName(input, language)}">${frames}</div></section>`;
  });
  // This page alone shows frames: letters of ours, without scripts, requests and origin.
  input.res.set('Content-Security-Policy', `${DESK_POLICY}; frame-src 'self'`);
  const content = html`<h1>${fill(words.letter, { id })}</h1><p class="lead">${words.letterLead}</p>${isDone(input) && note('good', FRAME_WORDS[input.language].done)}${sections}`;
  return { title: fill(words.letter, { id }), content, menu: 'templates' };
}
