/** A fault of a webhook's body, with its JSON pointer; the whole body has the empty one. */
export interface WebhookFault {
  pointer: string;
  detail: string;
}

/** A webhook that was not taken. */
export interface RefusedWebhook {
  ok: false;
  /** 401: wrong or stale signature; 400: malformed. */
  status: 400 | 401;
  detail: string;
  /** Faults of the body; without any, the whole body or a header is faulty. */
  faults?: WebhookFault[];
}
