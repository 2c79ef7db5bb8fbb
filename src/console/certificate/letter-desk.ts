import { z } from 'zod';
import { findCertificate } from '../../coordinate/find-certificate.ts';
import { type RedrawnLetter, redrawLetter } from '../../coordinate/redraw-letter.ts';
import { html } from '../../platform/http/html.ts';
import { Problem } from '../../platform/http/problem.ts';
import type { DeskContext, DeskPart } from '../desk-context.ts';
import type { DeskInput } from '../desk-route.ts';
import { DESK_POLICY } from '../frame/desk-assets.ts';
import type { DeskView } from '../frame/desk-frame.ts';
import { emailText, facts, note } from '../frame/parts.ts';
import { stateTag } from '../frame/state-words.ts';
import { fill } from '../frame/words.ts';
import { FRAMED_CONTENT } from '../templates/framed-content.ts';
import { languageName } from '../templates/language-name.ts';
import { CERTIFICATE_WORDS } from './certificate-words.ts';

const PATH = '/console/certificates/:id/letters/:letter';
const Uuid = z.uuid();

/** A letter of a certificate, drawn again from what is stored. */
export function letterPages(ctx: DeskContext): DeskPart {
  return {
    pages: [{ path: PATH, show: (input) => showLetter(ctx, input) }],
    files: [
      {
        path: `${PATH}/body`,
        send: async (input) => {
          const found = await findLetter(ctx, input);
          if (found?.drawn == null) throw new Problem(404, 'unknown');
          input.res
            .set({ 'Content-Security-Policy': `${FRAMED_CONTENT} 'self'`, 'X-Frame-Options': 'SAMEORIGIN' })
            .set('Content-Language', found.drawn.language)
            .type('html')
            .send(found.drawn.html);
        },
      },
    ],
  };
}

async function findLetter(
  ctx: DeskContext,
  { params }: DeskInput,
): Promise<(RedrawnLetter & { number: string }) | null> {
  const letter = Uuid.safeParse(params['letter']).data;
  const certificate = letter === undefined ? null : await findCertificate(ctx.db, params['id'] ?? '');
  const found = certificate && (await redrawLetter(ctx, certificate, letter ?? ''));
  return found && { ...found, number: certificate.number };
}

async function showLetter(ctx: DeskContext, input: DeskInput): Promise<DeskView | null> {
  const found = await findLetter(ctx, input);
  if (found === null) return null;
  const { issue, drawn, number } = found;
  const words = CERTIFICATE_WORDS[input.language];
  const title = fill(words.letterOf, { number });
  const page = `${input.base}/console/certificates/${issue.certificateId}`;
  // As the page of templates: a letter of ours, without scripts, requests and origin.
  input.res.set('Content-Security-Policy', `${DESK_POLICY}; frame-src 'self'`);
  const letter =
    drawn === null
      ? note('warn', words.letterLost)
      : html`<iframe sandbox="" width="640" height="900" src="${page}/letters/${issue.id}/body" title="${title}"></iframe>`;
  const about = facts([
    [words.to, emailText(issue.recipient)],
    [words.purpose, words[issue.purpose]],
    [words.state, stateTag(input, issue.state)],
    [words.version, issue.version],
    [words.subject, drawn && html`<bdi>${drawn.subject}</bdi>`],
    [words.language, drawn && languageName(input, drawn.language)],
  ]);
  const content = html`<h1>${title}</h1><p class="lead"><a href="${page}">${words.back}</a></p>${note('none', words.letterDrawn)}<section class="card">${about}<div class="scroll" tabindex="0" role="region" aria-label="${title}">${letter}</div></section>`;
  return { title, content, menu: 'people' };
}
