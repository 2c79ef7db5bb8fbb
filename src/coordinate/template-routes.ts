import type { Express, RequestHandler } from 'express';
import { z } from 'zod';
import { requireRole } from '../platform/http/auth.ts';
import { declareRoute, pathParam } from '../platform/http/declare-route.ts';
import { Problem, unavailable } from '../platform/http/problem.ts';
import { cursorOf, Limit, parseInput, plainText, refuseQuery, toPage } from '../platform/http/validate.ts';
import {
  PREVIEW_FORMATS,
  type PreviewChoice,
  type PreviewFormat,
  type Previews,
  PreviewsBusy,
} from '../ports/previews.ts';

export interface TemplateContext {
  previews: Previews;
}

const List = z.strictObject({ limit: Limit, cursor: cursorOf(plainText(250)) });
const Wanted = z
  .strictObject({
    sample: plainText(100).optional(),
    extreme: z.enum(['true', 'false'], 'expected true or false').default('false'),
  })
  .refine((query) => query.sample === undefined || query.extreme === 'false', {
    path: ['extreme'],
    message: 'expected either a sample or the extreme',
  });
/** Shown in the browser's viewer, which must not load, run or link anything. */
const SHOWN_ONLY = "sandbox; default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const RETRY_SECONDS = 2;
const TYPES: Record<PreviewFormat, string> = { pdf: 'application/pdf', png: 'image/png' };

/** Mock-ups and field sheets of certificate templates; `/api` has already authenticated the caller. */
export function declareTemplateRoutes(app: Express, { previews }: TemplateContext): void {
  const viewer = requireRole('viewer');
  declareRoute(app, '/api/templates', { GET: [viewer, listTemplates(previews)] });
  declareRoute(app, '/api/templates/:id/fields', { GET: [viewer, showFields(previews)] });
  for (const format of PREVIEW_FORMATS)
    declareRoute(app, `/api/templates/:id/preview.${format}`, { GET: [viewer, showPreview(previews, format)] });
}

function listTemplates(previews: Previews): RequestHandler {
  return (req, res) => {
    const { limit, cursor } = parseInput(List, req.query);
    const rows = previews
      .templates()
      .sort((a, b) => (a.id < b.id ? -1 : 1))
      .filter((template) => cursor === null || template.id > cursor);
    res.json(
      toPage(
        rows.slice(0, limit + 1),
        limit,
        (template) => template.id,
        (template) => ({ ...template, samples: previews.samples() }),
      ),
    );
  };
}

function noTemplate(previews: Previews): Problem {
  const ids = previews.templates().map((template) => template.id);
  return new Problem(404, `There is no such template; there are: ${ids.sort().join(', ') || 'none'}.`);
}

async function unlessBusy<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof PreviewsBusy)) throw error;
    throw unavailable('Too many mock-ups are wanted at once; try again later.', RETRY_SECONDS);
  }
}

function showFields(previews: Previews): RequestHandler {
  return async (req, res) => {
    const fields = await unlessBusy(previews.fields(pathParam(req, 'id')));
    if (fields === null) throw noTemplate(previews);
    refuseQuery(req);
    res.json({ items: fields });
  };
}

function showPreview(previews: Previews, format: PreviewFormat): RequestHandler {
  return async (req, res) => {
    const id = pathParam(req, 'id');
    // 404 before 400: without the template the query does not matter.
    if (!previews.templates().some((template) => template.id === id)) throw noTemplate(previews);
    const { sample, extreme } = parseInput(Wanted, req.query);
    if (sample !== undefined && !previews.samples().includes(sample))
      throw new Problem(404, `There is no such sample; there are: ${previews.samples().join(', ')}.`);
    const choice: PreviewChoice =
      sample !== undefined ? { kind: 'sample', id: sample } : { kind: extreme === 'true' ? 'extreme' : 'own' };
    const bytes = await unlessBusy(previews.draw(id, choice, format));
    res.set({
      'Content-Type': TYPES[format],
      'Content-Disposition': `inline; filename="${id}-sample.${format}"`,
      'Content-Security-Policy': SHOWN_ONLY,
    });
    res.send(bytes);
  };
}
