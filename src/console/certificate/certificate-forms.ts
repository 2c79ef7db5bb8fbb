import type { CertificateAnswer } from '../../coordinate/certificate-schema.ts';
import { REVOCATION_CLASSES } from '../../domain/certificate/revocation.ts';
import { type Html, html } from '../../platform/http/html.ts';
import { foldedForm, type PartContext, reasonField } from '../frame/parts.ts';
import { CERTIFICATE_WORDS } from './certificate-words.ts';

/** What a coordinator may do with a certificate now. */
export function certificateActs(shown: PartContext, view: CertificateAnswer): Html {
  const words = CERTIFICATE_WORDS[shown.language];
  const at = (verb: string) => `/console/certificates/${view.id}/${verb}`;
  const reason = reasonField(shown);
  const classes = REVOCATION_CLASSES.map((name) => [name, words[name]] as const);
  const isRevoked = view.validity === 'revoked';
  const open = view.reason?.code === 'outcome-unknown';
  return html`<section class="card"><h2>${words.what}</h2>
${
  open &&
  foldedForm(
    shown,
    words.resolveAct,
    {
      action: at('resolve'),
      submit: words.resolveAct,
      fields: [
        {
          name: 'outcome',
          label: words.outcome,
          options: [
            ['sent', words.resolveSent],
            ['not-sent', words.resolveNotSent],
          ],
        },
        reason,
      ],
    },
    true,
  )
}
${!isRevoked && html`<details${view.needsReissue && html` open`}><summary>${words.reissueAct}</summary><p>${words.reissueText}</p><a class="button" href="${shown.base}${at('reissue')}">${words.reissueSee}</a></details>`}
${!isRevoked && foldedForm(shown, words.resendAct, { action: at('resend'), submit: words.resendAct, before: html`<p class="soft small">${words.resendText}</p>`, fields: [reason] })}
${!isRevoked && foldedForm(shown, words.revokeAct, { action: at('revoke'), submit: words.revokeAct, tone: 'danger', fields: [{ name: 'class', label: words.class, hint: words.revokeText, options: classes, value: 'other' }, reason] })}
${isRevoked && foldedForm(shown, words.reinstateAct, { action: at('reinstate'), submit: words.reinstateAct, before: html`<p class="soft small">${words.reinstateText}</p>`, fields: [reason] }, true)}
</section>`;
}
