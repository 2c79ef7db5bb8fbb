import type { DeliveryReport } from '../domain/letter/delivery.ts';

/** A letter ready to go: one certificate's diploma to one student. */
export interface OutgoingLetter {
  /** `customer.id` at the provider: exactly the certificate's id. */
  certificateId: string;
  /** `track.info` at the provider: the personal issue's id, unchanged while that letter is being resolved. */
  personalIssueId: string;
  /** `request.id`: new per attempt. */
  requestId: string;
  to: { email: string; name: string };
  subject: string;
  html: string;
  text: string;
  attachment: { fileName: string; content: Buffer };
  /** 0 to 10 tags of at most 128 characters. */
  labels: string[];
  /** Already url-encoded query string for `link.qsid`, or null. */
  utm: string | null;
}

/** What is known after one call of `issue.send`. */
export type SendOutcome =
  /** `begin` said no, or before it was asked no place under the limits or no credential was to be had: nothing happened. */
  | { kind: 'not-begun' }
  | { kind: 'accepted'; trackId: string }
  /** The provider answered that it will not: final, a person has to look. */
  | { kind: 'refused'; code: string; detail: string; recipient: boolean }
  /** The provider answered that it did not execute: safe to try again after `retryAfterSeconds`. */
  | { kind: 'limited'; detail: string; retryAfterSeconds: number }
  /** Nobody knows: cut, timed out, 5xx, unparseable. Never repeated blindly. */
  | { kind: 'unknown'; detail: string };

/** One tracker of a personal issue as a listing tells it. */
export interface Tracker {
  trackId: string;
  /** `track.info`: our personal issue's id. */
  info: string | null;
  /** Provider's status number: -1 finished, see reference in adapters/sendsay. */
  status: number;
  /** Letter number; null when none was formed. */
  letter: string | null;
  issueId: string | null;
  error: string | null;
  createdAt: Date;
}

export interface TrackerPage {
  trackers: Tracker[];
  /** Rows that could not be read: what is not among `trackers` may be one of them. */
  unreadable: number;
  lastPage: boolean;
}

export interface DeliveryPage {
  reports: DeliveryReport[];
  /** Rows that could not be read. */
  unreadable: number;
  lastPage: boolean;
}

/** What the provider tells of the delivery of letters, where the installation has declared how to read it. */
export interface Deliveries {
  /** How long after sending a letter is first asked about, and until when, in milliseconds. */
  askAfterMs: number;
  untilMs: number;
  /** What is told of the letters of one of the provider's issues, at most 1000 a page. Throws MailUnavailable. */
  list(page: { issueId: string; first: number; skip: number }): Promise<DeliveryPage>;
}

/** The provider could not be asked now; `detail` without personal data. */
export class MailUnavailable extends Error {
  override readonly name = 'MailUnavailable';
}

/** A letter that must not leave this process, found before any call; the message names the field, never its value. */
export class LetterFault extends Error {
  override readonly name = 'LetterFault';
}

/** E-mail provider as the stages see it. */
export interface Mail {
  /**
   * Posts one letter, within the provider's limits for all processes together. `begin` is awaited after a place under
   * those limits was granted and right before the request leaves: it commits the intent and tells the instant after
   * which nothing of this call may leave any more, or null: nothing is posted, `not-begun`.
   * Never throws for what the provider or the network does: every outcome is classified.
   * @throws LetterFault before any call, for a letter that the provider would execute or refuse by its own rules
   */
  send(letter: OutgoingLetter, begin: () => Promise<Date | null>): Promise<SendOutcome>;
  /**
   * Until when no letter needs to be tried, since the provider turns our credentials down and only a person can mend
   * that; null while nothing is known against them. Known in this process alone; costs no request.
   */
  pausedUntil(): Date | null;
  /**
   * What stops letters to an address, in words fit for a reason: never the address itself. null when the provider knows
   * of nothing against it. Throws MailUnavailable.
   */
  describeBlock(email: string): Promise<string | null>;
  /** Newest first, trackers of personal issues only. Throws MailUnavailable. */
  listTrackers(page: { first: number; skip: number }): Promise<TrackerPage>;
  /** null when the provider no longer knows it. Throws MailUnavailable. */
  getTracker(trackId: string): Promise<Tracker | null>;
  /** Null where nobody has declared how this provider's account tells of delivery: then nobody is asked. */
  deliveries: Deliveries | null;
  /** Authenticated readiness call. Throws MailUnavailable. */
  ready(): Promise<void>;
}
