import { randomUUID } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { fetch } from 'undici';
import { z } from 'zod';

/** Target of webhooks, and the `whsec_…` secret that signs them. */
export interface WebhookTarget {
  url: string;
  secret: string;
}

/** A webhook to send, as given to the control plane. */
export const WebhookOrder = z.strictObject({
  type: z.string().min(1),
  studentGroupId: z.string().optional(),
  releaseId: z.string().optional(),
  /** `webhook-id`; repeat an earlier one to send a duplicate. */
  id: z.string().optional(),
  url: z.string().optional(),
  /** `webhook-timestamp` as RFC 3339; for stale webhooks. */
  at: z.iso.datetime({ offset: true }).optional(),
});
export type WebhookOrder = z.infer<typeof WebhookOrder>;

/** The receiver's answer; status 0 when it did not answer within ten seconds. */
export interface WebhookReceipt {
  id: string;
  status: number;
  error?: string;
}

/** Sends one webhook signed by Standard Webhooks (standardwebhooks.com, symmetric `v1`). */
export async function sendWebhook(
  target: WebhookTarget,
  order: WebhookOrder,
  now: () => Date,
): Promise<WebhookReceipt> {
  const id = order.id ?? `msg_${randomUUID().replaceAll('-', '')}`;
  const sentAt = order.at === undefined ? now() : new Date(order.at);
  const data = {
    ...(order.studentGroupId === undefined ? {} : { studentGroupId: order.studentGroupId }),
    ...(order.releaseId === undefined ? {} : { releaseId: order.releaseId }),
  };
  const payload = JSON.stringify({ type: order.type, timestamp: sentAt.toISOString(), data });
  try {
    const response = await fetch(order.url ?? target.url, {
      method: 'POST',
      body: payload,
      headers: {
        'content-type': 'application/json',
        'webhook-id': id,
        'webhook-timestamp': String(Math.floor(sentAt.getTime() / 1000)),
        'webhook-signature': new Webhook(target.secret).sign(id, sentAt, payload),
      },
      signal: AbortSignal.timeout(10_000),
    });
    await response.arrayBuffer();
    return { id, status: response.status };
  } catch (error) {
    return { id, status: 0, error: error instanceof Error ? error.name : 'unreachable' };
  }
}
