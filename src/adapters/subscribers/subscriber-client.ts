import { Webhook } from 'standardwebhooks';
import { createHttpClient, HttpFailure, retryAfterOf } from '../../platform/http/http.ts';
import type { Subscribers } from '../../ports/subscriber.ts';

/** Milliseconds for one attempt; Standard Webhooks advises 15 to 30 seconds. */
const DEADLINE_MS = 15_000;
/** The answer's body is not used. */
const MAX_ANSWER_BYTES = 64 * 1024;

/**
 * Posts events signed by Standard Webhooks (standardwebhooks.com, symmetric `v1`). Redirects are not followed.
 * @param secrets `whsec_…`; with several, the event carries a signature of each, so that a receiver can change over
 */
export function createSubscribers(secrets: readonly string[]): Subscribers & { close(): Promise<void> } {
  const http = createHttpClient({ maxAnswerBytes: MAX_ANSWER_BYTES });
  const signers = secrets.map((secret) => new Webhook(secret));
  return {
    async post(url, { id, body }, at) {
      const headers = {
        'content-type': 'application/json',
        'webhook-id': id,
        'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
        'webhook-signature': signers.map((signer) => signer.sign(id, at, body)).join(' '),
      };
      try {
        const request = { method: 'POST', url: new URL(url), headers, body, deadlineMs: DEADLINE_MS } as const;
        const answer = await http.exchange(request);
        return { status: answer.status, error: null, retryAfter: retryAfterOf(answer, at) };
      } catch (error) {
        // An answer that is too long came from a receiver that has taken the event or not: it is posted again.
        return { status: null, error: error instanceof HttpFailure ? error.reason : 'failed', retryAfter: null };
      }
    },
    close: () => http.close(),
  };
}
