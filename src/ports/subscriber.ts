/** Another system's answer to an event; status null: no complete answer came. */
export interface SubscriberAnswer {
  status: number | null;
  /** Why no answer came, without address. */
  error: string | null;
  /** Seconds of `Retry-After`. */
  retryAfter: number | null;
}

/** Posts events to addresses of other systems; never throws for faults of the network or the receiver. */
export interface Subscribers {
  /** @param at time of the attempt, which the signature covers */
  post(url: string, event: { id: string; body: string }, at: Date): Promise<SubscriberAnswer>;
}
