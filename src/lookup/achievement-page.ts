import { html } from '../platform/http/html.ts';
import { frame, type Page } from './page-frame.ts';
import { entry, hours, issuerOf, programmeTable } from './page-parts.ts';
import { PAGE_TEXTS } from './texts/page-texts.ts';

/** A course as printed on its certificates in one language. */
export interface Course {
  courseTitle: string;
  hoursTotal: number;
  programme: { title: string; hours: number }[];
  issuer: { name: string; url: string };
  /** Language as BCP 47 tag. */
  language: string;
}

/**
 * The page that says what the diplomas of a course prove: course texts in the language of the course, labels in the
 * reader's language.
 */
export function achievementPage(course: Course, page: Page): string {
  const { language, root } = page;
  const texts = PAGE_TEXTS[language];
  const programme = html`<section class="sheet" aria-labelledby="programme"><h2 id="programme">${texts.programme}</h2>
${programmeTable(course, texts, language, 'programme')}</section>`;
  const content = html`<div class="sheet"><p class="kind">${texts.completed}</p><h1 class="title" lang="${course.language}">${course.courseTitle}</h1>
<dl>${course.hoursTotal > 0 && entry(texts.hours, hours(course.hoursTotal, texts, language), true)}${entry(texts.issuer, issuerOf(course.issuer), true)}</dl>
<p class="note after">${texts.achievement.text} <a href="${root}">${texts.achievement.verify}</a></p></div>
${course.programme.length > 0 && programme}`;
  return frame(page, course.courseTitle, content);
}
