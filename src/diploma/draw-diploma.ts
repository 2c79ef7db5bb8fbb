import type { DiplomaFacts } from '../domain/diploma-facts.ts';
import { type FaceBook, forgetGlyphs } from './faces.ts';
import { drawFirstPage } from './first-page.ts';
import { drawProgrammePages } from './programme-pages.ts';
import { TaggedDocument } from './tagged-document.ts';
import type { TemplateDefinition } from './template-definition.ts';

/**
 * Draws a diploma: the first page to be framed, then the programme. Same facts, definition and faces, same bytes,
 * whatever was drawn before. The drawing itself is synchronous, so one set of faces serves all documents of a thread.
 * @throws Error when a fact has no glyph or does not fit; both are checked before award
 */
export function drawDiploma(facts: DiplomaFacts, definition: TemplateDefinition, faces: FaceBook): Promise<Buffer> {
  forgetGlyphs(faces);
  const info = {
    title: `${definition.texts.heading} ${facts.number} – ${facts.holderName}`,
    author: facts.issuer.name,
    subject: facts.courseTitle,
    keywords: facts.number,
    language: definition.language,
    date: new Date(`${facts.issueDate}T00:00:00Z`),
  };
  const document = new TaggedDocument(info, faces);
  const sheet = { document, facts, definition, faces };
  drawFirstPage(sheet);
  drawProgrammePages(sheet);
  return document.finish();
}
