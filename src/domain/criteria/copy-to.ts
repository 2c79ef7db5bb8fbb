import { z } from 'zod';
import { comparableEmail, normaliseEmail } from '../letter/email-address.ts';

/** More addresses than this are a mailing list, which belongs elsewhere. */
const MOST_COPIES = 5;

/** Fixed addresses that get a copy of each letter, as they are compared with those of teachers. */
export const CopyTo = z
  .array(z.string())
  .max(MOST_COPIES, `expected at most ${MOST_COPIES} addresses: send to a mailing list of your mail server instead`)
  .transform((raw, context) =>
    raw.map((one, index) => {
      const read = normaliseEmail(one);
      const path = [index];
      if (!read.ok)
        context.addIssue({
          code: 'custom',
          path,
          message: read.detail,
        });
      else if (raw.slice(0, index).some((other) => comparableEmail(other) === read.email))
        context.addIssue({ code: 'custom', path, message: 'the address is listed twice: remove one of them' });
      return read.ok ? read.email : one;
    }),
  )
  .nullish()
  .transform((addresses) => addresses ?? []);
