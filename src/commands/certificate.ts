import { writeFile } from 'node:fs/promises';
import type { Config } from '../config.ts';
import { resendCertificate, resolveCertificate } from '../coordinate/certificate-verbs.ts';
import { viewCertificate } from '../coordinate/certificate-view.ts';
import { previewReissue, ReissueRequest, reissueCertificate } from '../coordinate/reissue-certificate.ts';
import { viewPreview } from '../coordinate/reissue-routes.ts';
import { reinstateCertificate, revokeCertificate } from '../coordinate/validity-verbs.ts';
import type { RevocationClass } from '../domain/certificate/revocation.ts';
import { InputError } from '../domain/failure.ts';
import { type Language, message } from '../domain/messages/message.ts';
import { systemClock } from '../platform/system-clock.ts';
import { type Certificate, selectCertificate } from '../records/certificates/certificates.ts';
import { actor } from './actor.ts';
import { certificateInWords, previewInWords } from './certificate-lines.ts';
import { certificateNamed } from './certificate-named.ts';
import { shownTime } from './shown-time.ts';
import { type Desk, faultOf, withDesk } from './with-desk.ts';

type Say = (line: string) => void;

interface Shown {
  json?: boolean;
  language: Language;
}

/** `gramota certificate show`: like `GET /api/certificates/{id}`. */
export async function runCertificateShow(config: Config, of: string, shown: Shown, say: Say): Promise<void> {
  await withDesk(config, async (desk) => show(desk, await certificateNamed(desk.db, of), shown, say));
}

async function show(desk: Desk, { id }: Certificate, { json, language }: Shown, say: Say): Promise<void> {
  const certificate = await selectCertificate(desk.db, id);
  if (certificate === null) throw new Error('a certificate is never deleted');
  const view = await viewCertificate(desk, certificate, desk.clock.now());
  if (json) return say(JSON.stringify(view, null, 2));
  for (const line of certificateInWords(view, language)) say(line);
}

export interface ReissueOptions extends Shown {
  reason?: string;
  dryRun?: boolean;
  issueDate?: string;
  expect?: string;
  /** Ends in .pdf or .png. */
  out?: string;
  wait?: boolean;
}

/** `gramota certificate reissue`: like `POST /api/certificates/{id}/reissue`; with `--dry-run` it only shows. */
export async function runCertificateReissue(
  config: Config,
  of: string,
  options: ReissueOptions,
  say: Say,
): Promise<void> {
  const { reason, dryRun, issueDate, expect } = options;
  const request = ReissueRequest.safeParse({ reason, dryRun, issueDate, expect });
  if (!request.success)
    throw new InputError(request.error.issues.map(({ path, message: detail }) => faultOf(path[0], detail)));
  await withDesk(config, async (desk) => {
    const certificate = await certificateNamed(desk.db, of);
    const wanted = { actor: actor(), issueDate, expect };
    if (dryRun) return preview(desk, certificate, wanted, options, say);
    const asked = await reissueCertificate(desk, certificate, { ...wanted, reason: reason ?? '' });
    if (!options.wait)
      return tell(asked, options, message('line.version-asked', { ...asked, number: certificate.number }), say);
    await made(desk, certificate, asked.version);
    await show(desk, certificate, options, say);
  });
}

async function preview(
  desk: Desk,
  certificate: Certificate,
  wanted: { actor: string; issueDate: string | undefined; expect: string | undefined },
  { out, json, language }: ReissueOptions,
  say: Say,
): Promise<void> {
  const found = await previewReissue(desk, certificate, wanted);
  if (out !== undefined)
    await writeFile(out, await desk.previews.drawFacts(found.facts, /\.png$/i.test(out) ? 'png' : 'pdf'));
  const view = viewPreview(desk, found, wanted.issueDate ?? null);
  if (json) return say(JSON.stringify(view, null, 2));
  for (const line of previewInWords(view, language)) say(line);
  if (out !== undefined) say(message('line.preview-written', { file: out }));
  const date = wanted.issueDate === undefined ? '' : ` --issue-date ${wanted.issueDate}`;
  say(message('line.reissue-this', { number: certificate.number, options: `--expect ${view.factsHash}${date}` }));
}

/** @throws InputError when no version was made, with the reason */
async function made(desk: Desk, certificate: Certificate, version: number): Promise<void> {
  for (;;) {
    const { versions, reissues, reason } = await viewCertificate(desk, certificate, desk.clock.now());
    if (versions.some((one) => one.version === version && one.sha256 !== null)) return;
    const refused = reissues[0]?.reason ?? (versions[0]?.version === version ? reason : null);
    if (refused) throw new InputError(message('line.row', refused));
    await systemClock.sleep(500);
  }
}

/** `gramota certificate revoke`: like `POST /api/certificates/{id}/revoke`. */
export async function runCertificateRevoke(
  config: Config,
  of: string,
  options: Shown & { reason: string; class: RevocationClass },
  say: Say,
): Promise<void> {
  await withDesk(config, async (desk) => {
    const certificate = await certificateNamed(desk.db, of);
    const by = { actor: actor(), reason: options.reason, class: options.class };
    const revoked = await revokeCertificate(desk, certificate, by);
    const page = `${desk.publicUrl.replace(/\/+$/, '')}/c/${certificate.code}`;
    const letter = revoked.cancelledLetter === null ? [] : [message('line.letter-called-back')];
    tell(revoked, options, message('line.revoked', { number: certificate.number, page }), say, ...letter);
  });
}

/** `gramota certificate reinstate`: like `POST /api/certificates/{id}/reinstate`. */
export async function runCertificateReinstate(
  config: Config,
  of: string,
  options: Shown & { reason: string; wait?: boolean },
  say: Say,
): Promise<void> {
  await withDesk(config, async (desk) => {
    const certificate = await certificateNamed(desk.db, of);
    const asked = await reinstateCertificate(desk, certificate, { actor: actor(), reason: options.reason });
    if (!options.wait)
      return tell(asked, options, message('line.version-asked', { ...asked, number: certificate.number }), say);
    await made(desk, certificate, asked.version);
    await show(desk, certificate, options, say);
  });
}

/** `gramota certificate resend`: like `POST /api/certificates/{id}/resend`. */
export async function runCertificateResend(
  config: Config,
  of: string,
  options: Shown & { reason: string },
  say: Say,
): Promise<void> {
  await withDesk(config, async (desk) => {
    const certificate = await certificateNamed(desk.db, of);
    const letter = await resendCertificate(desk, certificate, { actor: actor(), reason: options.reason });
    tell(letter, options, letterLine(certificate, letter.sendAfter), say);
  });
}

/** `gramota certificate resolve`: like `POST /api/certificates/{id}/resolve`. */
export async function runCertificateResolve(
  config: Config,
  of: string,
  options: Shown & { reason: string; outcome: 'sent' | 'not-sent' },
  say: Say,
): Promise<void> {
  await withDesk(config, async (desk) => {
    const certificate = await certificateNamed(desk.db, of);
    const { reason, outcome } = options;
    const letter = await resolveCertificate(desk, certificate, { actor: actor(), outcome, reason });
    const settled = message('line.resolved', { number: certificate.number, state: letter.state });
    const { notSentAgain } = letter;
    const why = notSentAgain ? [message('line.row', { code: notSentAgain.code, detail: notSentAgain.detail })] : [];
    tell(
      letter,
      options,
      letter.state === 'waiting' ? letterLine(certificate, letter.sendAfter) : settled,
      say,
      ...why,
    );
  });
}

const letterLine = ({ number }: Certificate, sendAfter: string | null) =>
  message('line.letter-waits', { number, time: sendAfter === null ? '-' : shownTime(sendAfter) });

function tell(answer: unknown, { json }: Shown, line: string, say: Say, ...more: string[]): void {
  for (const one of json ? [JSON.stringify(answer, null, 2)] : [line, ...more]) say(one);
}
