import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import type { Answer } from '../fault-effects.ts';
import type { FaultPlan } from '../faults.ts';
import type { Meter } from '../meter.ts';
import { type AddressBook, AddressOrder } from './addresses.ts';
import type { LetterBook } from './letters.ts';
import { type Statistics, Vocabulary } from './statistics.ts';

/** The answer to a call over the limits; `mixed` alternates between the API error and HTTP 503. */
export const LIMIT_STYLES = ['mixed', 'error', '503', 'timeout'] as const;
export type LimitStyle = (typeof LIMIT_STYLES)[number];

/** State that the control API of the stand-in Sendsay can read and change. */
export interface SendsayControl {
  letters: LetterBook;
  addresses: AddressBook;
  statistics: Statistics;
  faults: FaultPlan;
  meter: Meter;
  byAction: Map<string, number>;
  setLimitStyle(style: LimitStyle): void;
  reset(): void;
}

const Limits = z.strictObject({ style: z.enum(LIMIT_STYLES) });

/** Routes under `/sandbox/`, except letters. No authentication, loopback only. */
export function answerSendsayControl(method: string, path: string, body: string, control: SendsayControl): Answer {
  const input = parsed(body);
  if (input === undefined) return bad('the body must be JSON');
  switch (`${method} ${path}`) {
    case 'GET /sandbox/record': {
      const { refused, ...record } = control.meter.record();
      const byAction = Object.fromEntries(control.byAction);
      return { status: 200, body: { ...record, refusedRateLimit: refused, letters: control.letters.count, byAction } };
    }
    case 'POST /sandbox/faults': {
      const fault = control.faults.replace(input);
      return fault === null ? done() : bad(fault);
    }
    case 'POST /sandbox/addresses': {
      const order = AddressOrder.safeParse(input);
      if (!order.success) return bad(z.prettifyError(order.error));
      control.addresses.order(order.data);
      return done();
    }
    case 'POST /sandbox/statistics': {
      const vocabulary = Vocabulary.safeParse(input);
      if (!vocabulary.success) return bad(z.prettifyError(vocabulary.error));
      control.statistics.speak(vocabulary.data);
      return done();
    }
    case 'POST /sandbox/limits': {
      const limits = Limits.safeParse(input);
      if (!limits.success) return bad(z.prettifyError(limits.error));
      control.setLimitStyle(limits.data.style);
      return done();
    }
    case 'POST /sandbox/reset':
      control.reset();
      return done();
    default:
      return { status: 404, body: { error: 'there is no such control route' } };
  }
}

/** `GET /sandbox/letters?brief=1&skip=&limit=`: streamed, because there may be 100,000 letters. */
export async function streamLetters(
  response: ServerResponse,
  query: URLSearchParams,
  letters: LetterBook,
): Promise<void> {
  const number = (name: string, absent: number) => Number(query.get(name) ?? absent) || absent;
  const wish = { brief: query.get('brief') === '1', skip: number('skip', 0), limit: number('limit', 1e9) };
  response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' });
  function* text() {
    yield `{"total":${letters.count},"letters":[`;
    let separator = '';
    for (const letter of letters.list(wish)) {
      yield separator + JSON.stringify(letter);
      separator = ',';
    }
    yield ']}';
  }
  // The reader may disconnect at any time.
  await pipeline(Readable.from(text()), response).catch(() => undefined);
}

function parsed(body: string): unknown {
  try {
    return body === '' ? {} : JSON.parse(body);
  } catch {
    return undefined;
  }
}

function done(): Answer {
  return { status: 200, body: { ok: true } };
}

function bad(error: string): Answer {
  return { status: 400, body: { error } };
}
