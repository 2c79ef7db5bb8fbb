import { resolve } from 'node:path';
import { createPrinter } from '../../src/diploma/create-printer.ts';
import { loadTemplates } from '../../src/diploma/template/load-templates.ts';
import { pageSize } from '../../src/diploma/template/page-size.ts';
import type { TemplateBundle } from '../../src/diploma/template/template.ts';
import type { DiplomaFacts } from '../../src/domain/certificate/diploma-facts.ts';
import type { Printer } from '../../src/ports/printer.ts';
import { diplomaFacts } from '../support/diploma-facts.ts';

/** The repository's own templates. */
export const TEMPLATES_DIR = resolve('templates');

/** A few of the templates: every language once, the families in turn. */
export function oneOfEachLanguage(templates: readonly TemplateBundle[]): TemplateBundle[] {
  const languages = [...new Set(templates.map(({ language }) => language))].sort();
  return languages.flatMap((language, index) => {
    const found = templates.filter((one) => one.language === language);
    return found[index % found.length] ?? [];
  });
}

/** How near to the edges of its pages a template lets texts come, with a little slack for ink; and how wide they are. */
export function edgesOf({ definition }: TemplateBundle): { first: number; following: number; width: number } {
  const { first, following } = definition;
  return { first: first.margin - 6, following: following.margin - 6, width: pageSize(definition).width };
}

export type Sample = Partial<DiplomaFacts> & { holderName: string };

/** Facts of an invented teacher, for a template. */
export function factsFor(bundle: TemplateBundle, sample: Sample): DiplomaFacts {
  return diplomaFacts({
    latinName: null,
    language: bundle.language,
    courseTitle: 'Цифровая педагогика: смешанное обучение',
    programme: [
      { title: 'Основы цифровой дидактики', hours: 24 },
      { title: 'Проектная мастерская', hours: 48 },
    ],
    project: { title: 'Смешанный модуль по дробям', url: 'https://projects.example/2026/42', grade: 'отлично' },
    signatory: { name: 'Мария Соколова', position: 'Директор школы' },
    issuer: { name: 'Международная школа педагогов', url: 'https://school.example' },
    templateId: bundle.id,
    templateHash: bundle.hash,
    ...sample,
  });
}

export interface Workshop {
  printer: Printer;
  templates: TemplateBundle[];
  /** @throws Error when the repository has no such template */
  template(id: string): TemplateBundle;
  /** Draws a sample with a template. */
  draw(id: string, sample: Sample): Promise<Buffer>;
}

/** A printer over the repository's templates with fresh threads. The caller closes the printer. */
export async function openWorkshop(threads = 1): Promise<Workshop> {
  const templates = await loadTemplates(TEMPLATES_DIR);
  const printer = createPrinter({ templates, bundleByHash: async () => null, threads });
  const template = (id: string): TemplateBundle => {
    const bundle = templates.find((one) => one.id === id);
    if (bundle === undefined) throw new Error(`no template ${id}`);
    return bundle;
  };
  return { printer, templates, template, draw: (id, sample) => printer.draw(factsFor(template(id), sample)) };
}
