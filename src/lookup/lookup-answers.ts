import { z } from 'zod';
import {
  type AnswerDescription,
  either,
  json,
  METHOD_NOT_ALLOWED,
  problemAnswer,
  UNAVAILABLE,
} from '../platform/http/answers.ts';
import { ErasedObject, LookupObject } from './lookup-object.ts';
import { PAGE_LANGUAGES } from './texts/page-texts.ts';

/** Responses that several public routes share. */

const page = 'https://verify.school.example/c/K7Q2M9XHDA3TR6WB8ZNE5VJ4P';
export const LOOKUP_EXAMPLE: LookupObject = {
  status: 'valid',
  code: 'K7Q2M-9XHDA-3TR6W-B8ZNE-5VJ4P',
  number: 'INT-26-000042',
  holderName: 'Әсел Нұрмұхамедова',
  courseTitle: 'Цифрлық педагогика',
  hoursTotal: 72,
  issueDate: '2026-11-20',
  issuer: { name: 'Үлгі мектебі', url: 'https://school.example' },
  version: 1,
  sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  links: { page, pdf: `${page}/diploma.pdf`, credential: `${page}/credential.json` },
  versions: [
    {
      version: 1,
      status: 'valid',
      sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
      issuedAt: '2026-11-20T09:00:10.000Z',
    },
  ],
};

export const CodeParam = z.object({
  code: z
    .string()
    .describe('The code of the certificate. Upper or lower case, dashes and spaces make no difference.')
    .meta({ example: 'K7Q2M9XHDA3TR6WB8ZNE5VJ4P' }),
});
const Language = z
  .string()
  .optional()
  .describe(
    `Language of the page, one of ${PAGE_LANGUAGES.join(', ')}. Default: the language in the \`Accept-Language\` header.`,
  )
  .meta({ example: 'en' });
export const PageQuery = z.object({ lang: Language });
export const LANGUAGE = { lang: Language };

export const TAG = { ETag: 'The ETag changes whenever the answer changes.' };

/** An HTML page, if the `Accept` header prefers it. */
export function htmlPage(description: string): AnswerDescription {
  return { description, content: { 'text/html': { schema: z.string(), example: '<!doctype html>…' } } };
}

export const FOUND = either(
  'The certificate is valid or expired.',
  htmlPage(''),
  json('', LookupObject, LOOKUP_EXAMPLE),
);
export const GONE = either(
  'The certificate was revoked or erased; the response still contains its status.',
  htmlPage(''),
  json('', z.union([LookupObject, ErasedObject]), {
    ...LOOKUP_EXAMPLE,
    status: 'revoked',
    revokedAt: '2026-11-23T10:00:00.000Z',
  }),
);
export const MISS = either(
  'No certificate was found. The response is the same for an unknown code and for a malformed code.',
  htmlPage(''),
  problemAnswer(404, '', 'No certificate was found.'),
);
export const COMMON = { 405: METHOD_NOT_ALLOWED, 503: UNAVAILABLE } as const;
