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
  /** Explanation of the row. */
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
    reason: 'the provider turned login or password down; nothing was sent and only a person can mend it',
    judge: (result) =>
      result.kind === 'no-credential' && isAuthFailure(result.login) ? refusedAuth(result.login) : null,
  },
  {
    outcome: 'limited',
    name: 'no session',
    reason: 'the login got no usable answer, so the call itself was never made',
    judge: (result) =>
      result.kind === 'no-credential'
        ? limited(`login: ${describeReply(result.login)}`, retryAfter(result.login) ?? WAIT.login)
        : null,
  },
  {
    outcome: 'limited',
    name: 'not sent',
    reason: 'no connection, or no turn before the deadline: not a byte of the request left',
    judge: (result) => {
      const reply = replyOf(result);
      return reply?.kind === 'failure' && reply.sent === 'not-sent' ? limited(reply.detail, WAIT.notSent) : null;
    },
  },
  {
    outcome: 'unknown',
    name: 'no complete answer',
    reason: 'cut, timed out or too long after the request began to leave: it may have been executed',
    judge: (result) => {
      const reply = replyOf(result);
      return reply?.kind === 'failure' ? unknown(reply.detail) : null;
    },
  },
  {
    outcome: 'unknown',
    name: 'stray redirect',
    reason: 'a redirect that is not followed does not say whether the request was executed',
    judge: (result) => {
      const reply = replyOf(result);
      return reply?.kind === 'stray' ? unknown(reply.detail) : null;
    },
  },
  {
    outcome: 'unknown',
    name: 'another request',
    reason: 'the answer names another request.id: it belongs to another call, whatever else it says',
    judge: (result, { requestId }) => {
      const named = wireText(answerOf(result)?.content?.['request.id']);
      const other = named !== null && named.trim().toLowerCase() !== requestId.toLowerCase();
      return other ? unknown('an answer with the request.id of another call') : null;
    },
  },
  {
    outcome: 'accepted',
    name: 'queued',
    reason:
      'HTTP 200 with a track.id: queued, even when errors or warnings stand beside it; the tracker tells the rest',
    judge: (result) => {
      const reply = answerOf(result);
      const trackId = reply?.status === 200 ? idOf(reply.content?.['track.id']) : null;
      return trackId === null ? null : { kind: 'accepted', trackId };
    },
  },
  {
    outcome: 'unknown',
    name: 'repeated request',
    reason: 'repeated_request.id: this attempt was accepted once already, but its track.id is not told',
    judge: (result) =>
      hasError(result, (error) => error.id === 'repeated_request.id')
        ? unknown('repeated_request.id: accepted before, tracker not told')
        : null,
  },
  {
    outcome: 'refused',
    name: 'credential refused',
    reason: 'error/auth/failed that no new session cures, or force_change_password: not executed, a person has to act',
    judge: (result) => {
      const reply = answerOf(result);
      if (reply === null || !isAuthFailure(reply)) return null;
      const passing = result.kind === 'called' && result.renewable && isExpiry(reply);
      return passing ? null : refusedAuth(reply);
    },
  },
  {
    outcome: 'limited',
    name: 'session expired again',
    reason: 'error/auth/failed expired after bounded new logins: not executed',
    judge: (result) => {
      const reply = answerOf(result);
      return reply !== null && isAuthFailure(reply) ? limited('sessions expire at once', WAIT.expired) : null;
    },
  },
  {
    outcome: 'limited',
    name: 'rate limit',
    reason: 'a parsed rate_limit and nothing else: not executed, whatever the HTTP status',
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
    reason: 'the provider calls it an unknown execution error; a bare 503 is among them',
    judge: (result) => {
      const reply = answerOf(result);
      return reply !== null && reply.status !== 200 ? unknown(`HTTP ${reply.status}`) : null;
    },
  },
  {
    outcome: 'refused',
    name: 'any other error id',
    reason: 'the provider answered that it will not; unknown ids are for a person, never for a retry',
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
