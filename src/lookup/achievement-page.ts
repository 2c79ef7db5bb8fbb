import { html } from '../platform/http/html.ts';
import { frame, type Page } from './page-frame.ts';
import { entry, hours, issuerOf, programmeTable } from './page-parts.ts';
import { PAGE_TEXTS, type PageLanguage } from './texts/page-texts.ts';

/** A course as printed on its certificates in one language. */
export interface Course {
  courseTitle: string;
  hoursTotal: number;
  programme: { title: string; hours: number }[];
  issuer: { name: string; url: string };
  /** BCP 47. */
  language: string;
}

const NOTE: Record<PageLanguage, { text: string; verify: string }> = {
  ru: {
    text: 'Здесь сказано, что подтверждают дипломы этого курса. Кто его окончил, эта страница не говорит.',
    verify: 'Проверить диплом',
  },
  en: {
    text: 'This is what the diplomas of this course attest. The page does not say who completed it.',
    verify: 'Verify a diploma',
  },
  kk: {
    text: 'Мұнда осы курстың дипломдары нені растайтыны айтылған. Оны кім аяқтағанын бұл бет айтпайды.',
    verify: 'Дипломды тексеру',
  },
  uz: {
    text: 'Bu yerda ushbu kurs diplomlari nimani tasdiqlashi aytilgan. Uni kim tamomlagani bu sahifada aytilmaydi.',
    verify: 'Diplomni tekshirish',
  },
};

/** Page about what a course's diplomas attest: course texts in the course's language, labels in the reader's. */
export function achievementPage(course: Course, page: Page): string {
  const { language, root } = page;
  const texts = PAGE_TEXTS[language];
  const programme = html`<section class="sheet" aria-labelledby="programme"><h2 id="programme">${texts.programme}</h2>
${programmeTable(course, texts, language, 'programme')}</section>`;
  const content = html`<div class="sheet"><p class="kind">${texts.completed}</p><h1 class="title" lang="${course.language}">${course.courseTitle}</h1>
<dl>${course.hoursTotal > 0 && entry(texts.hours, hours(course.hoursTotal, texts, language), true)}${entry(texts.issuer, issuerOf(course.issuer), true)}</dl>
<p class="note after">${NOTE[language].text} <a href="${root}">${NOTE[language].verify}</a></p></div>
${course.programme.length > 0 && programme}`;
  return frame(page, course.courseTitle, content);
}
