/**
 * All allowed state transitions. The database refuses every other change (migration `20261128150200_transitions`), and
 * a test compares the two. The state of a certificate is not stored: the view `membership_standing` computes it.
 */

/**
 * A letter. The two transitions back (`sending` and `uncertain` to `waiting`) require the provider's answer or a proof
 * that nothing was executed. A letter that is `uncertain`, or `accepted` and then lost, becomes `cancelled` only by a
 * person who asked the provider. Resend, reissue and retry create a new letter.
 */
export const LETTER_TRANSITIONS = {
  waiting: ['sending', 'cancelled'],
  sending: ['waiting', 'uncertain', 'accepted', 'sent', 'refused'],
  uncertain: ['waiting', 'accepted', 'sent', 'refused', 'cancelled'],
  accepted: ['sent', 'refused', 'uncertain', 'cancelled'],
  sent: ['delivered', 'bounced'],
  delivered: [],
  bounced: [],
  refused: [],
  cancelled: [],
} as const;

/** States of a batch that people control. Whether a batch is finished follows from its items. */
export const BATCH_TRANSITIONS = {
  running: ['paused', 'cancelled'],
  paused: ['running', 'cancelled'],
  cancelled: [],
} as const;

/** States of a batch item: it can be evaluated again at a person's request; "cancelled" is final. */
export const ITEM_TRANSITIONS = {
  pending: ['evaluated', 'cancelled'],
  evaluated: ['pending', 'cancelled'],
  cancelled: [],
} as const;

/** States of a request for a new version. */
export const REISSUE_TRANSITIONS = { asked: ['made', 'refused'], made: [], refused: [] } as const;

/** States of the validity of a certificate. */
export const VALIDITY_TRANSITIONS = { valid: ['revoked'], revoked: ['valid'] } as const;

/** Whether a table allows `from` to become `to`; staying is not a transition. */
export function allows(table: Readonly<Record<string, readonly string[]>>, from: string, to: string): boolean {
  return table[from]?.includes(to) ?? false;
}
