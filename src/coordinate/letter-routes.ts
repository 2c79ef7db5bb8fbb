import { z } from 'zod';
import { type LetterSource, previewLetter } from '../domain/letter/letter-preview.ts';
import { LETTER_OCCASIONS } from '../domain/letter/occasions.ts';
import { message } from '../domain/messages/message.ts';
import { contentRoute } from '../platform/http/api-route.ts';
import type { Route } from '../platform/http/declare-route.ts';
import { Problem } from '../platform/http/problem.ts';
import { plainText } from '../platform/http/validate.ts';

export interface LetterContext {
  letters: LetterSource;
  /** Marks that the mail provider executes; see `Mail.instructions`. */
  mailInstructions: readonly string[];
  publicUrl: string;
}

const Query = z.strictObject({
  language: plainText(35)
    .optional()
    .describe('BCP 47 language of the letter; default: the first language of the letter.')
    .meta({ example: 'ru' }),
  format: z
    .enum(['html', 'text'], message('input.one-of', { known: 'html, text' }))
    .default('html')
    .describe('`text` begins with a line that contains the subject.'),
  occasion: z
    .enum(LETTER_OCCASIONS, message('input.one-of', { known: LETTER_OCCASIONS.join(', ') }))
    .default('first')
    .describe('Why the letter is written: the first letter, a corrected or reinstated diploma, or the same once more.'),
  extreme: z
    .enum(['true', 'false'], message('input.boolean'))
    .default('false')
    .describe('Fill the letter with the longest possible texts.'),
});
/** The coordinator's own HTML: it may be shown, but must not run, load or link anything, and has no origin. */
const SHOWN_ONLY =
  "sandbox; default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Previews of letters with invented facts. */
export function letterRoutes(ctx: LetterContext): Route[] {
  return [
    contentRoute({
      method: 'GET',
      path: '/api/letters/:id/preview',
      name: 'previewLetter',
      tag: 'Templates and letters',
      summary: 'Preview a letter',
      description: 'The letter is filled with invented data.',
      role: 'viewer',
      subject: {
        params: z.object({
          id: z.string().describe('Name of the letter, which is the name of its folder.').meta({ example: 'diploma' }),
        }),
        find: async ({ id }) => (ctx.letters.letters.has(id) ? id : null),
        missing: () =>
          message('unknown.letter', { known: [...ctx.letters.letters.keys()].sort().join(', ') || 'none' }),
      },
      query: Query,
      answers: {
        200: {
          description: 'The letter as the recipient would get it.',
          content: {
            'text/html': { schema: z.string(), example: '<!doctype html><title>Your diploma</title>…' },
            'text/plain': { schema: z.string(), example: 'Subject: Your diploma\n\nDear Assel, …' },
          },
        },
      },
      handle: ({ res, subject: letter, query: { language = null, format, extreme, occasion } }) => {
        const wanted = {
          letter,
          language,
          extreme: extreme === 'true',
          occasion,
          publicUrl: ctx.publicUrl,
          instructions: ctx.mailInstructions,
        };
        const result = previewLetter(ctx.letters, wanted);
        if (!result.ok) throw new Problem(404, result.detail);
        const { preview } = result;
        res.set({ 'Content-Security-Policy': SHOWN_ONLY, 'Content-Language': preview.language });
        if (format === 'html') res.type('text/html').send(preview.html);
        else res.type('text/plain').send(`Subject: ${preview.subject}\n\n${preview.text}`);
      },
    }),
  ];
}
