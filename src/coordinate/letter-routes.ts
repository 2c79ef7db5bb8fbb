import type { Express, RequestHandler } from 'express';
import { z } from 'zod';
import { type LetterSource, previewLetter } from '../domain/letter/letter-preview.ts';
import { requireRole } from '../platform/http/auth.ts';
import { declareRoute, pathParam } from '../platform/http/declare-route.ts';
import { Problem } from '../platform/http/problem.ts';
import { parseInput, plainText } from '../platform/http/validate.ts';

export interface LetterContext {
  /** The inputs of letters. */
  letters: LetterSource;
  /** See `Mail.instructions`. */
  mailInstructions: readonly string[];
  publicUrl: string;
}

const Query = z.strictObject({
  language: plainText(35).optional(),
  format: z.enum(['html', 'text'], 'expected html or text').default('html'),
  extreme: z.enum(['true', 'false'], 'expected true or false').default('false'),
});
/** The coordinator's own HTML: it may be shown, but must not run, load or link anything, and has no origin. */
const SHOWN_ONLY =
  "sandbox; default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Previews of letters with invented facts; `/api` has already authenticated the caller. */
export function declareLetterRoutes(app: Express, ctx: LetterContext): void {
  declareRoute(app, '/api/letters/:id/preview', { GET: [requireRole('viewer'), showPreview(ctx)] });
}

function showPreview(ctx: LetterContext): RequestHandler {
  return (req, res) => {
    const letter = pathParam(req, 'id');
    // 404 before 400: without the letter the query does not matter.
    if (!ctx.letters.letters.has(letter)) {
      const ids = [...ctx.letters.letters.keys()].sort().join(', ') || 'none';
      throw new Problem(404, `There is no such letter; there are: ${ids}.`);
    }
    const { language = null, format, extreme } = parseInput(Query, req.query);
    const wanted = {
      letter,
      language,
      extreme: extreme === 'true',
      publicUrl: ctx.publicUrl,
      instructions: ctx.mailInstructions,
    };
    const result = previewLetter(ctx.letters, wanted);
    if (!result.ok) throw new Problem(404, result.detail);
    const { preview } = result;
    res.set({ 'Content-Security-Policy': SHOWN_ONLY, 'Content-Language': preview.language });
    if (format === 'html') res.type('text/html').send(preview.html);
    else res.type('text/plain').send(`Subject: ${preview.subject}\n\n${preview.text}`);
  };
}
