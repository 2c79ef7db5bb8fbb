import type { DiplomaFacts } from '../domain/certificate/diploma-facts.ts';
import { drawFirstPage } from './first-page.ts';
import { sealBytes, sealPdf } from './pdf/seal.ts';
import { TaggedDocument } from './pdf/tagged-document.ts';
import type { Trust } from './pdf/trust.ts';
import { drawProgrammePages } from './programme-pages.ts';
import { openSheet } from './sheet.ts';
import { paperFor } from './template/paper.ts';
import type { PreparedTemplate } from './template/prepared-template.ts';

const JSON_ATTACHMENT = {
  name: 'credential.json',
  mediaType: 'application/ld+json',
  description: 'Open Badges 3.0 credential (W3C Verifiable Credential)',
  relationship: 'Data',
} as const;
const JWT_ATTACHMENT = {
  name: 'credential.jwt',
  mediaType: 'application/jwt',
  description: 'The same credential as VC-JWT',
  relationship: 'Alternative',
} as const;

/**
 * Draws a diploma: the first page, then the programme pages. The same facts and template give the same bytes. With
 * `trust` the credential is attached and the file is sealed. Drawing is synchronous, so a thread can use one prepared
 * template for all documents.
 * @throws Error when a fact has no glyph or does not fit; both are checked before the award
 */
export async function drawDiploma(
  facts: DiplomaFacts,
  template: PreparedTemplate,
  trust: Trust | null,
): Promise<Buffer> {
  const { definition } = template;
  const heading = facts.further?.kind ?? definition.texts.heading;
  const { size, placement } = paperFor(definition, facts.country);
  const info = {
    title: `${heading} ${facts.number} – ${facts.holderName}`,
    author: facts.issuer.name,
    subject: facts.courseTitle,
    keywords: facts.number,
    language: definition.language,
    date: new Date(`${facts.issueDate}T00:00:00Z`),
    page: size,
  };
  const sealRoom = trust === null ? 0 : await sealBytes(trust.seal);
  const document = new TaggedDocument(info, definition.format > 2, placement);
  const sheet = openSheet(document, facts, template);
  drawFirstPage(sheet);
  drawProgrammePages(sheet);
  if (trust === null) return document.finish();
  const date = trust.at;
  document.attach({ ...JSON_ATTACHMENT, bytes: trust.json, date });
  document.attach({ ...JWT_ATTACHMENT, bytes: trust.jwt, date });
  const { issuer, number } = facts;
  document.reserveSeal({
    bytes: sealRoom,
    at: date,
    signer: issuer.name,
    reason: `${heading} ${number}`,
  });
  return sealPdf(await document.finish(), trust.seal);
}
