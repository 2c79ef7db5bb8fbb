import { z } from 'zod';
import { message } from '../domain/messages/message.ts';
import { BYTES, unavailableAnswer } from '../platform/http/answers.ts';
import { contentRoute, jsonRoute } from '../platform/http/api-route.ts';
import type { Route } from '../platform/http/declare-route.ts';
import { Problem, unavailable } from '../platform/http/problem.ts';
import { cursorOf, Limit, pageOf, plainText, toPage } from '../platform/http/validate.ts';
import {
  PREVIEW_FORMATS,
  type PreviewChoice,
  type PreviewFormat,
  type Previews,
  PreviewsBusy,
} from '../ports/previews.ts';
import { SAMPLE } from './shared-schemas.ts';

export interface TemplateContext {
  previews: Previews;
}

const List = z.strictObject({ limit: Limit, cursor: cursorOf(plainText(250)) });
const Wanted = z
  .strictObject({
    sample: plainText(100).optional().describe('Id of a sample, from the list of templates.').meta({ example: 'kk' }),
    extreme: z
      .enum(['true', 'false'], message('input.boolean'))
      .default('false')
      .describe('True: use the longest possible texts. Cannot be used together with `sample`.'),
  })
  .refine((query) => query.sample === undefined || query.extreme === 'false', {
    path: ['extreme'],
    message: message('input.sample-or-extreme'),
  });
/** Shown in the browser's viewer, which must not load, run or link anything. */
export const SHOWN_ONLY = "sandbox; default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const RETRY_SECONDS = 2;
export const TYPES: Record<PreviewFormat, string> = { pdf: 'application/pdf', png: 'image/png' };
export const BUSY = unavailableAnswer(
  'The database cannot be reached, or too many previews are requested at the same time: try again after `Retry-After`.',
  message('down.mock-ups'),
);

const TemplateAnswer = z
  .object({
    id: z.string(),
    language: z.string().describe('BCP 47.'),
    hash: z.string().describe("SHA-256 hash of the template's contents, which certificates store."),
    samples: z.array(z.string()).describe('Ids of the samples that a preview can show.'),
  })
  .meta({ id: 'Template', description: 'A certificate template.' });
const FieldAnswer = z
  .object({
    name: z.string().describe('The placeholder name, written in braces in the template.'),
    type: z.enum(['text', 'name', 'number', 'date', 'address']),
    required: z.boolean().describe('True if every certificate has a value for this field.'),
    maxLength: z
      .int()
      .nullable()
      .describe('Number of characters that fit in the template; null if the length follows from the data.'),
    sample: z.string(),
  })
  .meta({ id: 'TemplateField', description: 'A data field that a template can print.' });

/** Mock-ups and field sheets of certificate templates. */
export function templateRoutes({ previews }: TemplateContext): Route[] {
  return [
    listRoute(previews),
    fieldsRoute(previews),
    ...PREVIEW_FORMATS.map((format) => previewRoute(previews, format)),
  ];
}

function listRoute(previews: Previews): Route {
  return jsonRoute({
    method: 'GET',
    path: '/api/templates',
    name: 'listTemplates',
    tag: 'Templates and letters',
    summary: 'List certificate templates',
    role: 'viewer',
    query: List,
    answer: {
      description: 'One page of templates, by id.',
      schema: pageOf(TemplateAnswer),
      example: {
        items: [{ id: 'teacher-kk', language: 'kk', hash: SAMPLE.hash, samples: ['en', 'kk', 'ru'] }],
        nextCursor: null,
      },
    },
    handle: ({ query: { limit, cursor } }) => {
      const rows = previews
        .templates()
        .sort((a, b) => (a.id < b.id ? -1 : 1))
        .filter((template) => cursor === null || template.id > cursor);
      return toPage(
        rows.slice(0, limit + 1),
        limit,
        (template) => template.id,
        (template) => ({ ...template, samples: previews.samples() }),
      );
    },
  });
}

const templateId = z.object({ id: z.string().describe('Id of the template.').meta({ example: 'teacher-kk' }) });

function noTemplate(previews: Previews): () => string {
  return () => {
    const ids = previews.templates().map((template) => template.id);
    return message('unknown.template', { known: ids.sort().join(', ') || '-' });
  };
}

export async function unlessBusy<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof PreviewsBusy)) throw error;
    throw unavailable(message('down.mock-ups'), RETRY_SECONDS);
  }
}

function fieldsRoute(previews: Previews): Route {
  return jsonRoute({
    method: 'GET',
    path: '/api/templates/:id/fields',
    name: 'listTemplateFields',
    tag: 'Templates and letters',
    summary: 'Show the fields of a template',
    description: 'Describes each field that the template can print, for the designer of the template.',
    role: 'viewer',
    subject: {
      params: templateId,
      find: ({ id }) => unlessBusy(previews.fields(id)),
      missing: noTemplate(previews),
    },
    answer: {
      description: 'All fields of the template.',
      schema: z.object({ items: z.array(FieldAnswer) }),
      example: {
        items: [{ name: 'holderName', type: 'name', required: true, maxLength: 64, sample: 'Әсел Нұрмұхамедова' }],
      },
    },
    problems: { 503: BUSY },
    handle: ({ subject }) => ({ items: subject }),
  });
}

function previewRoute(previews: Previews, format: PreviewFormat): Route {
  return contentRoute({
    method: 'GET',
    path: `/api/templates/:id/preview.${format}`,
    name: format === 'pdf' ? 'previewTemplateAsPdf' : 'previewTemplateAsPicture',
    tag: 'Templates and letters',
    summary: format === 'pdf' ? 'Preview a template as a PDF' : 'Preview a template as a picture',
    description: 'The diploma is filled with invented data and has a watermark on every page.',
    role: 'viewer',
    subject: {
      params: templateId,
      find: async ({ id }) => (previews.templates().some((template) => template.id === id) ? id : null),
      missing: noTemplate(previews),
    },
    query: Wanted,
    answers: {
      200: {
        description: 'The preview.',
        content: { [TYPES[format]]: { schema: BYTES } },
        headers: { 'Content-Disposition': 'File name for saving the file.' },
      },
    },
    problems: { 503: BUSY },
    handle: async ({ res, subject: id, query: { sample, extreme } }) => {
      if (sample !== undefined && !previews.samples().includes(sample))
        throw new Problem(404, message('unknown.sample', { known: previews.samples().join(', ') }));
      const choice: PreviewChoice =
        sample !== undefined ? { kind: 'sample', id: sample } : { kind: extreme === 'true' ? 'extreme' : 'own' };
      const bytes = await unlessBusy(previews.draw(id, choice, format));
      res.set({
        'Content-Type': TYPES[format],
        'Content-Disposition': `inline; filename="${id}-sample.${format}"`,
        'Content-Security-Policy': SHOWN_ONLY,
      });
      res.send(bytes);
    },
  });
}
