import { randomUUID } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { fetch } from 'undici';
import { z } from 'zod';

/** Where webhooks go, and the `whsec_…` secret that signs them. */
export interface WebhookTarget {
  url: string;
  secret: string;
}

/** One webhook as the control plane orders it. */
export const WebhookOrder = z.strictObject({
  type: z.string().min(1),
  studentGroupId: z.string().optional(),
  releaseId: z.string().optional(),
  /** `webhook-id`; give a former one to repeat it. */
  id: z.string().optional(),
  url: z.string().optional(),
  /** `webhook-timestamp` as RFC 3339; for stale ones. */
  at: z.iso.datetime({ offset: true }).optional(),
});
export type WebhookOrder = z.infer<typeof WebhookOrder>;

/** What the receiver said; status 0 when it could not be reached within ten seconds. */
export interface WebhookReceipt {
  id: string;
  status: number;
  error?: string;
}

/** Sends one webhook signed by the Standard Webhooks rules (standardwebhooks.com, symmetric `v1`). */
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
