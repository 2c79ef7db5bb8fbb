import { Html, html } from '../platform/http/html.ts';
import { CARD_SIZE, type ShareCard } from '../ports/pictures.ts';
import { pageScript } from './file-check.ts';
import { LOOK_FOLDER } from './page-assets.ts';
import { longDate, type Page } from './page-frame.ts';
import { fillSentence, hours } from './page-parts.ts';
import type { View } from './page-view.ts';

/** Head of a certificate's page: canonical address, link preview, structured data, script. */
export function headOf(view: View, { root }: Page): Html {
  const { address, status, standing } = view;
  const stands = standing === 'valid' || standing === 'expired';
  return html`<link rel="canonical" href="${address}">
${status === 'revoked' ? null : previewOf(view)}
${stands && html`<script type="application/ld+json">${dataBlock(schemaOf(view))}</script>`}
${facesOf(view, root)}
${pageScript(root)}`;
}

/** Asks early for the faces that the name and the title need: one that comes late is not used. */
function facesOf({ facts, words, site }: View, root: string): Html[] {
  const text = [facts.holderName, facts.latinName, words.courseTitle ?? facts.courseTitle].join();
  return site.school.look.faces
    .filter(({ sample }) => sample.test(text))
    .map(
      ({ name, type }) =>
        html`<link rel="preload" as="font" type="${type}" href="${root}${LOOK_FOLDER}/${name}" crossorigin>`,
    );
}

/**
 * The preview never contains the holder's name, because preview services cache it even after a revocation or erasure.
 */
function previewOf({ facts, texts, language, address, site }: View): Html {
  const { title, text } = texts.card;
  const named = fillSentence(title, { course: facts.courseTitle });
  const description = fillSentence(text, { issuer: facts.issuer.name, date: longDate(facts.issueDate, language) });
  const picture = `${address}/og.png`;
  const properties = Object.entries({
    'og:type': 'website',
    'og:site_name': new URL(site.publicUrl).host,
    'og:locale': texts.openGraphLocale,
    'og:url': address,
    'og:title': named,
    'og:description': description,
    'og:image': picture,
    'og:image:type': 'image/png',
    'og:image:width': CARD_SIZE.width,
    'og:image:height': CARD_SIZE.height,
    'og:image:alt': `${texts.card.kicker}: ${facts.courseTitle}. ${facts.issuer.name}`,
  });
  return html`<meta name="description" content="${description}">
${properties.map(([name, value]) => html`<meta property="${name}" content="${value}">\n`)}<meta name="twitter:card" content="summary_large_image">`;
}

/** Contents of the share card, in the words of the page and the diploma. */
export function shareCardOf({ facts, texts, language, site }: View): ShareCard {
  return {
    templateId: facts.templateId,
    language: facts.language,
    kicker: texts.card.kicker.toLocaleUpperCase(language),
    title: facts.courseTitle,
    issuer: facts.issuer.name,
    foot: [
      longDate(facts.issueDate, language),
      ...(facts.hoursTotal > 0 ? [hours(facts.hoursTotal, texts, language)] : []),
    ].join(' · '),
    address: new URL(site.publicUrl).host,
  };
}

/** The certificate as schema.org data, without its holder. */
export function schemaOf({ facts, record, address, texts, language }: View): Record<string, unknown> {
  const issuer = { '@type': 'Organization', name: facts.issuer.name, url: facts.issuer.url };
  return {
    '@context': 'https://schema.org',
    '@type': 'EducationalOccupationalCredential',
    '@id': address,
    url: address,
    name: facts.courseTitle,
    description: fillSentence(texts.card.text, {
      issuer: facts.issuer.name,
      date: longDate(facts.issueDate, language),
    }),
    inLanguage: facts.language,
    identifier: record.number,
    credentialCategory: 'diploma',
    dateCreated: facts.issueDate,
    ...(record.validUntil === null ? {} : { expires: record.validUntil }),
    recognizedBy: issuer,
    about: {
      '@type': 'Course',
      name: facts.courseTitle,
      provider: issuer,
      ...(facts.hoursTotal > 0 ? { timeRequired: `PT${facts.hoursTotal}H` } : {}),
      teaches: facts.programme.map((part) => part.title),
    },
  };
}

/** JSON that cannot close or open an HTML element, whatever it contains. */
function dataBlock(data: unknown): Html {
  return new Html(JSON.stringify(data).replace(/[<>&\u2028\u2029]/g, escaped));
}

const escaped = (sign: string): string => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`;
