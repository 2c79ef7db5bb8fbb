import type { SendOutcome } from '../../ports/mail.ts';
import type { Reply } from './transport.ts';
import { explainText, idOf, quoteSafely, type SendsayError, wireText } from './wire.ts';

/**
 * Result of a call: the provider's reply, or the login's reply when there was no credential. `renewable`: the
 * credential was a session, which a new login can replace.
 */
export type CallResult = { kind: 'called'; reply: Reply; renewable: boolean } | { kind: 'no-credential'; login: Reply };

export const AUTH_FAILED = 'error/auth/failed';
const FORCE_CHANGE_PASSWORD = 'force_change_password';

/** Delays in seconds before a call that was not executed is retried. */
const WAIT = { rateLimit: 2, notSent: 10, login: 30, expired: 30 } as const;

/** True when the provider refused the credential. The action was then not executed, whatever the HTTP status. */
export function isAuthFailure(reply: Reply): boolean {
  return reply.kind === 'answer' && reply.errors.some((error) => error.id === AUTH_FAILED);
}

/** True when a person must change the account's password first. */
export function mustChangePassword(reply: Reply): boolean {
  return (
    reply.kind === 'answer' &&
    reply.errors.some((error) => error.id === AUTH_FAILED && explainText(error.explain).includes(FORCE_CHANGE_PASSWORD))
  );
}

interface Row {
  outcome: SendOutcome['kind'];
  name: string;
  /** Explanation of this row of the table. */
  reason: string;
  /** The outcome if this row applies, else null. The first matching row wins. */
  judge(result: CallResult, letter: AskedFor): SendOutcome | null;
}

/** `requestId`: id of this call. `personal`: texts that must not appear in a detail, such as the recipient's name. */
export interface AskedFor {
  requestId: string;
  personal: readonly string[];
}

/**
 * All outcomes of `issue.send` in order of precedence. `limited` is used only when the provider or our side confirmed
 * that nothing was executed; every other doubt is `unknown` and is settled by listings.
 */
export const SEND_OUTCOMES: readonly Row[] = [
  {
    outcome: 'refused',
    name: 'login refused',
    reason: 'Sendsay refused login or password; nothing was sent, and a person must correct the credentials',
    judge: (result) =>
      result.kind === 'no-credential' && isAuthFailure(result.login) ? refusedAuth(result.login) : null,
  },
  {
    outcome: 'limited',
    name: 'no session',
    reason: 'the login got no usable response, so the letter was not sent',
    judge: (result) =>
      result.kind === 'no-credential'
        ? limited(`login: ${describeReply(result.login)}`, retryAfter(result.login) ?? WAIT.login)
        : null,
  },
  {
    outcome: 'limited',
    name: 'not sent',
    reason: 'no connection or no rate-limit slot before the deadline: no byte of the request was sent',
    judge: (result) => {
      const reply = replyOf(result);
      return reply?.kind === 'failure' && reply.sent === 'not-sent' ? limited(reply.detail, WAIT.notSent) : null;
    },
  },
  {
    outcome: 'unknown',
    name: 'no complete response',
    reason: 'the connection was cut or timed out during the request: it may have been executed',
    judge: (result) => {
      const reply = replyOf(result);
      return reply?.kind === 'failure' ? unknown(reply.detail) : null;
    },
  },
  {
    outcome: 'unknown',
    name: 'stray redirect',
    reason: 'a redirect that cannot be followed does not say whether the request was executed',
    judge: (result) => {
      const reply = replyOf(result);
      return reply?.kind === 'stray' ? unknown(reply.detail) : null;
    },
  },
  {
    outcome: 'unknown',
    name: 'another request',
    reason: 'the response has the request.id of another call, so it says nothing about this call',
    judge: (result, { requestId }) => {
      const named = wireText(answerOf(result)?.content?.['request.id']);
      const other = named !== null && named.trim().toLowerCase() !== requestId.toLowerCase();
      return other ? unknown('the response has the request.id of another call') : null;
    },
  },
  {
    outcome: 'accepted',
    name: 'queued',
    reason:
      'HTTP 200 with a track.id: the letter is queued, even with errors or warnings beside it; the tracker has the details',
    judge: (result) => {
      const reply = answerOf(result);
      const trackId = reply?.status === 200 ? idOf(reply.content?.['track.id']) : null;
      return trackId === null ? null : { kind: 'accepted', trackId };
    },
  },
  {
    outcome: 'unknown',
    name: 'repeated request',
    reason: 'repeated_request.id: Sendsay accepted this attempt before, but the response has no track.id',
    judge: (result) =>
      hasError(result, (error) => error.id === 'repeated_request.id')
        ? unknown('repeated_request.id: Sendsay accepted this attempt before; its track.id is unknown')
        : null,
  },
  {
    outcome: 'refused',
    name: 'credential refused',
    reason:
      'error/auth/failed that a new session does not solve, or force_change_password: not executed, a person must act',
    judge: (result) => {
      const reply = answerOf(result);
      if (reply === null || !isAuthFailure(reply)) return null;
      const passing = result.kind === 'called' && result.renewable && isExpiry(reply);
      return passing ? null : refusedAuth(reply);
    },
  },
  {
    outcome: 'limited',
    name: 'the new session has expired again',
    reason: 'error/auth/failed with an expired session after all allowed logins: not executed',
    judge: (result) => {
      const reply = answerOf(result);
      return reply !== null && isAuthFailure(reply) ? limited('new sessions expire at once', WAIT.expired) : null;
    },
  },
  {
    outcome: 'limited',
    name: 'rate limit',
    reason: 'only a rate_limit error in the response: not executed, whatever the HTTP status',
    judge: (result) => {
      const reply = answerOf(result);
      if (reply === null || reply.errors.length === 0) return null;
      if (!reply.errors.every((error) => error.id === 'rate_limit')) return null;
      return limited('rate_limit', reply.retryAfterSeconds ?? WAIT.rateLimit);
    },
  },
  {
    outcome: 'unknown',
    name: 'HTTP status other than 200',
    reason: 'Sendsay reports an unknown execution error; a 503 without a body counts as one',
    judge: (result) => {
      const reply = answerOf(result);
      return reply !== null && reply.status !== 200 ? unknown(`HTTP ${reply.status}`) : null;
    },
  },
  {
    outcome: 'refused',
    name: 'any other error id',
    reason: 'Sendsay refused the request; an unknown error id needs a person and is never retried',
    judge: (result, { personal }) => {
      const reply = answerOf(result);
      const error = reply?.errors.find((each) => each.id !== 'rate_limit');
      return reply === null || error === undefined ? null : refusedFor(reply.errors, error, personal);
    },
  },
  {
    outcome: 'unknown',
    name: 'unreadable answer',
    reason: 'HTTP 200 that is not a JSON object, or an object with neither track.id nor errors',
    judge: (result) => {
      const reply = answerOf(result);
      return unknown(
        reply?.content === null ? 'HTTP 200 without a JSON object' : 'HTTP 200 without track.id or errors',
      );
    },
  },
];

/** Classifies one call of `issue.send`. */
export function classifySend(result: CallResult, letter: AskedFor): SendOutcome {
  for (const row of SEND_OUTCOMES) {
    const outcome = row.judge(result, letter);
    if (outcome !== null) return outcome;
  }
  return unknown('unclassified answer');
}

/** Seconds that all callers should wait after a reply that shows a provider limit, else null. */
export function backOffAfter(reply: Reply): number | null {
  if (reply.kind !== 'answer') return null;
  const isLimit = reply.errors.some((error) => error.id === 'rate_limit');
  return isLimit || reply.status === 503 || reply.status === 429 ? (reply.retryAfterSeconds ?? WAIT.rateLimit) : null;
}

/** One line about an unusable reply, without personal data. */
export function describeReply(reply: Reply): string {
  if (reply.kind !== 'answer') return reply.detail;
  if (mustChangePassword(reply)) return 'force_change_password: change the password of the Sendsay sublogin';
  const [first] = reply.errors;
  if (first !== undefined) {
    const explain = quoteSafely(explainText(first.explain));
    return `${quoteSafely(first.id)}${explain === '' ? '' : ` (${explain})`}`;
  }
  return reply.content === null
    ? `HTTP ${reply.status} without a JSON object`
    : `HTTP ${reply.status}, unusable answer`;
}

const RECIPIENT_IDS = /^(error\/)?(email|member|subscriber|addr)\b/i;
const RECIPIENT_WORDS =
  /stop-?_?\s?list|unsubscri|permanent delivery error|delivery\.?\s?error|error\.lock|haslock|lockremove|multydog/i;
const SENDER_WORDS = /^error\/sender|sender|from\.email|reply\.email/i;

/** Whether an error concerns the recipient's address, so that correcting the address helps. */
export function concernsRecipient(error: SendsayError): boolean {
  const text = `${error.id} ${explainText(error.explain)}`;
  if (SENDER_WORDS.test(text)) return false;
  return RECIPIENT_IDS.test(error.id) || RECIPIENT_WORDS.test(text);
}

function replyOf(result: CallResult): Reply | null {
  return result.kind === 'called' ? result.reply : null;
}

function answerOf(result: CallResult): Extract<Reply, { kind: 'answer' }> | null {
  return result.kind === 'called' && result.reply.kind === 'answer' ? result.reply : null;
}

function hasError(result: CallResult, test: (error: SendsayError) => boolean): boolean {
  return answerOf(result)?.errors.some(test) ?? false;
}

/** True when the session expired; a new login solves it. */
export function isExpiry(reply: Reply): boolean {
  return (
    reply.kind === 'answer' &&
    reply.errors.some((error) => error.id === AUTH_FAILED && /\bexpired\b/.test(explainText(error.explain)))
  );
}

function retryAfter(reply: Reply): number | null {
  return reply.kind === 'answer' ? reply.retryAfterSeconds : null;
}

function limited(detail: string, retryAfterSeconds: number): SendOutcome {
  return { kind: 'limited', detail, retryAfterSeconds };
}

function unknown(detail: string): SendOutcome {
  return { kind: 'unknown', detail };
}

function refusedAuth(reply: Reply): SendOutcome {
  return { kind: 'refused', code: 'auth', detail: describeReply(reply), recipient: false };
}

function refusedFor(all: readonly SendsayError[], first: SendsayError, personal: readonly string[]): SendOutcome {
  const explain = quoteSafely(explainText(first.explain), personal);
  const others = all.length - 1;
  return {
    kind: 'refused',
    code: quoteSafely(first.id, personal).slice(0, 100),
    detail: `${explain || 'no explanation given'}${others > 0 ? `; and ${others} more errors` : ''}`,
    recipient: all.some(concernsRecipient),
  };
}
