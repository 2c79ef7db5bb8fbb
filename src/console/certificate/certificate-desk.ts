import type { CertificateAnswer } from '../../coordinate/certificate-schema.ts';
import {
  ResendRequest,
  ResolveRequest,
  resendCertificate,
  resolveCertificate,
} from '../../coordinate/certificate-verbs.ts';
import { viewCertificate } from '../../coordinate/certificate-view.ts';
import { findCertificate } from '../../coordinate/find-certificate.ts';
import {
  ReinstateRequest,
  RevokeRequest,
  reinstateCertificate,
  revokeCertificate,
} from '../../coordinate/validity-verbs.ts';
import { message } from '../../domain/messages/message.ts';
import { type Html, html } from '../../platform/http/html.ts';
import { Problem } from '../../platform/http/problem.ts';
import { parseInput } from '../../platform/http/validate.ts';
import type { Certificate } from '../../records/certificates/certificates.ts';
import type { DeskContext, DeskPart } from '../desk-context.ts';
import { type DeskActSpec, type DeskInput, type Fields, fieldOf, isDone } from '../desk-route.ts';
import type { DeskView } from '../frame/desk-frame.ts';
import { FRAME_WORDS } from '../frame/frame-words.ts';
import { note, tag } from '../frame/parts.ts';
import { plainly } from '../frame/plain-words.ts';
import { isPassing, nextOf, stateTag } from '../frame/state-words.ts';
import { fill } from '../frame/words.ts';
import { mendingOf, reasonName } from '../held/reason-words.ts';
import { certificateActs } from './certificate-forms.ts';
import { certificateFacts } from './certificate-sheet.ts';
import { CERTIFICATE_WORDS } from './certificate-words.ts';

/** How long after an act its effect may still be on the way. */
const RECENT_MS = 60_000;

/** One certificate: the diploma, its versions and letters, and what a coordinator may do with it. */
export function certificatePages(ctx: DeskContext): DeskPart {
  const show = (input: DeskInput) => showCertificate(ctx, input);
  const verb = (
    name: string,
    run: (certificate: Certificate, request: Fields, actor: string) => Promise<unknown>,
  ): DeskActSpec => ({
    path: `/console/certificates/:id/${name}`,
    page: show,
    act: async ({ params, fields, visitor }) => {
      const certificate = await findCertificate(ctx.db, params['id'] ?? '');
      if (certificate === null) throw new Problem(404, message('unknown.certificate'));
      await run(certificate, fields, visitor.actor);
      return `/console/certificates/${certificate.id}?done=1`;
    },
  });
  const why = (fields: Fields) => ({ reason: fieldOf(fields, 'reason') });
  return {
    pages: [{ path: '/console/certificates/:id', show }],
    acts: [
      verb('resend', (certificate, fields, actor) =>
        resendCertificate(ctx, certificate, { actor, ...parseInput(ResendRequest, why(fields)) }),
      ),
      verb('revoke', (certificate, fields, actor) => {
        const request = parseInput(RevokeRequest, { ...why(fields), class: fieldOf(fields, 'class') });
        return revokeCertificate(ctx, certificate, { actor, ...request });
      }),
      verb('reinstate', (certificate, fields, actor) =>
        reinstateCertificate(ctx, certificate, { actor, ...parseInput(ReinstateRequest, why(fields)) }),
      ),
      verb('resolve', (certificate, fields, actor) => {
        const request = parseInput(ResolveRequest, { ...why(fields), outcome: fieldOf(fields, 'outcome') });
        return resolveCertificate(ctx, certificate, { actor, ...request });
      }),
    ],
  };
}

async function showCertificate(ctx: DeskContext, input: DeskInput): Promise<DeskView | null> {
  const certificate = await findCertificate(ctx.db, input.params['id'] ?? '');
  if (certificate === null) return null;
  const view = await viewCertificate(ctx, certificate, ctx.clock.now());
  const words = CERTIFICATE_WORDS[input.language];
  // A version or letter that was asked for a moment ago is made by a worker.
  const isRecent = view.acts.some(({ at }) => new Date(at).getTime() > ctx.clock.now().getTime() - RECENT_MS);
  const title = fill(words.title, { number: view.number });
  const open = view.reissues.find(({ settledAt }) => settledAt === null);
  const news =
    open !== undefined ? note('warn', words.underWay) : isDone(input) && note('good', FRAME_WORDS[input.language].done);
  const content = html`<h1>${title}</h1><p class="lead">${validityTag(input, view)} ${view.state !== 'revoked' && stateTag(input, view.state)}</p>
${news}${whyNote(input, view)}${view.needsReissue && open === undefined && note('warn', words.needsReissue)}
<div class="split"><div>${certificateFacts(input, view)}</div><div>${certificateActs(input, view)}</div></div>`;
  return { title, content, menu: 'people', again: isPassing(view.state) || isRecent };
}

/** What the state means; of a revocation what the public is told. */
function whyNote(input: DeskInput, view: CertificateAnswer): Html {
  const words = CERTIFICATE_WORDS[input.language];
  if (view.validity === 'revoked' && view.revocationClass !== null)
    return note(
      'bad',
      view.revocationClass === 'other'
        ? words.toldNone
        : fill(words.told, { class: (words as Record<string, string>)[view.revocationClass] ?? view.revocationClass }),
    );
  const { reason, state } = view;
  if (reason === null) return note('none', nextOf(input, state));
  const todo = mendingOf(input, reason.code) ?? nextOf(input, state);
  return note(
    'warn',
    html`<strong>${reasonName(input, reason.code)}.</strong> ${plainly(input, reason.detail)} <br>${todo}`,
  );
}

const validityTag = (input: DeskInput, { validity }: CertificateAnswer) =>
  tag(
    validity === 'valid' ? 'good' : validity === 'revoked' ? 'bad' : 'warn',
    CERTIFICATE_WORDS[input.language][validity],
  );
