import { z } from 'zod';
import { DiplomaFacts } from '../domain/certificate/diploma-facts.ts';
import { formatCode } from '../domain/certificate/lookup-code.ts';
import { message } from '../domain/messages/message.ts';
import { BYTES, json, problemAnswer } from '../platform/http/answers.ts';
import { contentRoute } from '../platform/http/api-route.ts';
import type { Route } from '../platform/http/declare-route.ts';
import { PREVIEW_FORMATS, type PreviewFormat, type Previews } from '../ports/previews.ts';
import { CERTIFICATE_EXAMPLE } from './certificate-schema.ts';
import {
  FactsHash,
  IssueDateGiven,
  previewReissue,
  type ReissueContext,
  type ReissuePreview,
  ReissueRequest,
  reissueCertificate,
} from './reissue-certificate.ts';
import { SAMPLE } from './shared-schemas.ts';
import { BUSY, SHOWN_ONLY, TYPES, unlessBusy } from './template-routes.ts';
import { AskedVersion } from './validity-verbs.ts';
import { LMS_UNAVAILABLE, onCertificate, VERSION_EXAMPLE } from './verb-routes.ts';

export interface ReissueRouteContext extends ReissueContext {
  previews: Previews;
  publicUrl: string;
}

const Value = z.union([z.string(), z.number()]).nullable();

/** Answer to a dry run of a reissue. */
export const ReissuePreviewAnswer = z
  .object({
    dryRun: z.literal(true),
    certificateId: z.uuid(),
    number: z.string(),
    version: z.int().describe('Number of the version that a reissue would make.'),
    facts: DiplomaFacts.omit({ credential: true, certificateId: true, version: true }).describe(
      'Everything that the new diploma would print.',
    ),
    factsHash: z
      .string()
      .describe(
        'SHA-256 over the facts and the address: with it as `expect`, a reissue makes exactly this version or none.',
      ),
    changes: z
      .array(
        z.object({
          field: z.string().describe('Path in `facts`, such as `holderName` or `programme[0].title`.'),
          before: Value.describe('As the present version prints it; null: it does not.'),
          after: Value.describe('As the new version would print it; null: it would not.'),
        }),
      )
      .describe('What differs from the present version; empty: nothing that is printed.'),
    recipient: z.string().describe('E-mail address that the letter would go to.'),
    letter: z
      .object({
        language: z.string().describe('BCP 47.'),
        subject: z.string(),
        text: z.string().describe('Its text version.'),
      })
      .nullable()
      .describe('The letter that would bring it; null where others send it.'),
    preview: z.url().describe('The new diploma as a watermarked PDF, for as long as it would be just this.'),
    picture: z.url().describe('The same as a picture.'),
  })
  .meta({
    id: 'ReissuePreview',
    description: 'What a reissue would make; nothing has been changed. It holds personal data.',
  });
export type ReissuePreviewAnswer = z.infer<typeof ReissuePreviewAnswer>;

const ADDRESS = `https://verify.school.example/api/certificates/${SAMPLE.certificate}/reissue/preview`;
const EXAMPLE: ReissuePreviewAnswer = {
  dryRun: true,
  certificateId: SAMPLE.certificate,
  number: SAMPLE.number,
  version: 2,
  facts: {
    number: SAMPLE.number,
    code: SAMPLE.code,
    lookupUrl: CERTIFICATE_EXAMPLE.links?.page ?? '',
    holderName: 'Әсел Нұрмұхамедова',
    latinName: 'Assel Nurmukhamedova',
    language: 'kk',
    courseTitle: 'Цифрлық педагогика',
    hoursTotal: 72,
    programme: [{ title: 'Сабақты жоспарлау', hours: 72 }],
    project: null,
    issueDate: '2026-11-20',
    signatory: { name: 'Ғалия Мысалова', position: 'Директор' },
    issuer: { name: 'Үлгі мектебі', url: 'https://school.example' },
    country: 'KZ',
    templateId: 'teacher-kk',
    templateHash: SAMPLE.hash,
    validUntil: null,
  },
  factsHash: SAMPLE.hash,
  changes: [{ field: 'holderName', before: 'Әсел Нурмухамедова', after: 'Әсел Нұрмұхамедова' }],
  recipient: 'assel@example.kz',
  letter: { language: 'kk', subject: 'Сертификат', text: 'Құрметті Әсел Нұрмұхамедова! …' },
  preview: `${ADDRESS}.pdf?facts=${SAMPLE.hash}`,
  picture: `${ADDRESS}.png?facts=${SAMPLE.hash}`,
};

/** A new version of a certificate, and how it would look. */
export function reissueRoutes(ctx: ReissueRouteContext): Route[] {
  return [reissueRoute(ctx), ...PREVIEW_FORMATS.map((format) => previewRoute(ctx, format))];
}

function reissueRoute(ctx: ReissueRouteContext): Route {
  return contentRoute({
    ...onCertificate(ctx),
    path: '/api/certificates/:id/reissue',
    name: 'reissueCertificate',
    summary: 'Issue a new version',
    description:
      'Makes a new version of what the LMS and coordinators say now. Number and code stay, and the issue date unless another one is given; the credential of the former version is revoked. With `dryRun` it only shows what would be printed.',
    body: { schema: ReissueRequest, example: { reason: 'The name was corrected in the LMS.' } },
    answers: {
      200: json('Of a dry run: what would be printed. Nothing has been changed.', ReissuePreviewAnswer, EXAMPLE),
      202: json('A worker makes the version.', AskedVersion, VERSION_EXAMPLE),
    },
    problems: {
      409: problemAnswer(
        409,
        'No new version may be made, or it would not be what `expect` names; `detail` says why.',
        'A new version of it is being made already.',
      ),
      503: LMS_UNAVAILABLE,
    },
    handle: async ({ res, subject, body, actor }) => {
      const { reason, dryRun, issueDate, expect } = body;
      if (dryRun) {
        const preview = await previewReissue(ctx, subject, { actor, issueDate, expect });
        res.status(200).json(viewPreview(ctx, preview, issueDate ?? null));
        return;
      }
      const asked = await reissueCertificate(ctx, subject, { actor, reason: reason ?? '', issueDate, expect });
      res.status(202).json(asked);
    },
  });
}

/** A preview as the API and the command line show it. */
export function viewPreview(
  { publicUrl }: { publicUrl: string },
  { version, facts, ...shown }: ReissuePreview,
  issueDate: string | null,
): ReissuePreviewAnswer {
  const { certificateId, version: _, credential: _none, ...printed } = facts;
  const query = new URLSearchParams({ facts: shown.factsHash, ...(issueDate === null ? {} : { issueDate }) });
  const address = (format: PreviewFormat) =>
    `${publicUrl.replace(/\/+$/, '')}/api/certificates/${certificateId}/reissue/preview.${format}?${query}`;
  return {
    dryRun: true,
    certificateId,
    number: facts.number,
    version,
    facts: { ...printed, code: formatCode(facts.code) },
    ...shown,
    preview: address('pdf'),
    picture: address('png'),
  };
}

function previewRoute(ctx: ReissueRouteContext, format: PreviewFormat): Route {
  return contentRoute({
    ...onCertificate(ctx),
    method: 'GET',
    path: `/api/certificates/:id/reissue/preview.${format}`,
    name: format === 'pdf' ? 'previewReissueAsPdf' : 'previewReissueAsPicture',
    summary: format === 'pdf' ? 'See the new version as a PDF' : 'See the new version as a picture',
    description:
      'The diploma that a reissue would make now, with a watermark on every page, without credential and seal. The address comes from a dry run.',
    query: z.strictObject({
      facts: FactsHash.meta({ example: SAMPLE.hash }),
      issueDate: IssueDateGiven.optional()
        .describe('The issue date of the dry run, if it gave one.')
        .meta({ example: '2026-11-20' }),
    }),
    answers: {
      200: {
        description: 'The preview.',
        content: { [TYPES[format]]: { schema: BYTES } },
        headers: { 'Content-Disposition': 'File name for those who save it.' },
      },
    },
    problems: {
      409: problemAnswer(
        409,
        'A reissue would not make this version any more; `detail` says why.',
        message('state.facts-changed'),
      ),
      503: BUSY,
    },
    handle: async ({ res, subject, query: { facts: expect, issueDate }, actor }) => {
      const { facts } = await previewReissue(ctx, subject, { actor, issueDate, expect });
      const bytes = await unlessBusy(ctx.previews.drawFacts(facts, format));
      res.set({
        'Content-Type': TYPES[format],
        'Content-Disposition': `inline; filename="Preview-${encodeURIComponent(subject.id)}.${format}"`,
        'Content-Security-Policy': SHOWN_ONLY,
      });
      res.send(bytes);
    },
  });
}
