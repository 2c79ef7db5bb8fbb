import type { DeliveryReport } from '../domain/letter/delivery.ts';
import type { LetterOutcome } from '../domain/letter/personal-issue.ts';

/** A letter ready to send: one certificate's diploma to one student. */
export interface OutgoingLetter {
  /** The certificate's id. The provider keeps it with the letter. */
  certificateId: string;
  /** The personal issue's id, the same for all attempts of this letter. The provider's listing returns it. */
  personalIssueId: string;
  /** Id of this attempt; each attempt has a new one. */
  requestId: string;
  /** `name` is always the teacher's. */
  to: { email: string; name: string };
  /** The address is not the teacher's, so the letter does not name its recipient. */
  isCopy?: boolean;
  subject: string;
  html: string;
  text: string;
  attachment: { fileName: string; content: Buffer };
  /** 0 to 10 tags of at most 128 characters. */
  labels: string[];
  /** URL-encoded query string for every link of the letter, or null. */
  utm: string | null;
}

/** Outcome of one call that posts a letter. */
export type SendOutcome =
  /** `begin` returned null, or no slot within the limits or no credential was available: nothing was sent. */
  | { kind: 'not-begun' }
  | { kind: 'accepted'; trackId: string }
  /** The provider refused: final, a person must look. */
  | { kind: 'refused'; code: string; detail: string; recipient: boolean }
  /** The provider answered that it did not execute the call: safe to retry after `retryAfterSeconds`. */
  | { kind: 'limited'; detail: string; retryAfterSeconds: number }
  /** Unknown: connection cut, timeout, 5xx, or unparseable answer. Never retried without proof of absence. */
  | { kind: 'unknown'; detail: string };

/** The provider's record of one accepted letter, as a listing returns it. */
export interface Tracker {
  trackId: string;
  /** The id that was posted with the letter; null if the provider does not return it. */
  personalIssueId: string | null;
  outcome: LetterOutcome;
  createdAt: Date;
}

export interface TrackerPage {
  trackers: Tracker[];
  /** Number of unreadable rows; a letter missing from `trackers` may be one of them. */
  unreadable: number;
  lastPage: boolean;
}

export interface DeliveryPage {
  reports: DeliveryReport[];
  /** Number of rows that could not be read. */
  unreadable: number;
  lastPage: boolean;
}

/** Delivery results of the provider, if the installation declares how to read them. */
export interface Deliveries {
  /** How long after sending a letter is queried first, and until when, in milliseconds. */
  askAfterMs: number;
  untilMs: number;
  /**
   * Delivery results for letters of one issue, at most `first` per page.
   * @throws MailUnavailable
   */
  list(page: { issueId: string; first: number; skip: number }): Promise<DeliveryPage>;
}

/** The provider cannot be queried now; `detail` has no personal data. */
export class MailUnavailable extends Error {
  override readonly name = 'MailUnavailable';
}

/** A letter that must not be sent, found before any call; the message names the field, never its value. */
export class LetterFault extends Error {
  override readonly name = 'LetterFault';
}

/**
 * A callback of the provider about its letters. Its contents are not trusted: it only makes Gramota query the provider
 * sooner.
 */
export interface MailCallbacks {
  /** The provider's name in the address `/webhooks/{route}/{secret}` and in the metric that counts callbacks. */
  route: string;
  /** The setting with the secret part of the address, and its value; without a value the address does not exist. */
  secretSetting: string;
  secret: string | undefined;
  /** Reads a body of unknown origin and never throws; `detail` describes the fault. */
  parse(rawBody: Buffer): { ok: true; events: number } | { ok: false; detail: string };
}

/** The e-mail provider as the stages use it. */
export interface Mail {
  /** Marks of instructions that the provider executes in a letter, each of two or more characters. */
  instructions: readonly string[];
  /** How long the provider keeps a tracker, in milliseconds. */
  remembersMs: number;
  /**
   * Posts one letter within the provider's limits for all processes. After a slot within the limits was granted and
   * right before the request, it awaits `begin`. `begin` commits the intent and returns the deadline after which
   * nothing of this call may be sent, or null: then nothing is posted and the outcome is `not-begun`. It never throws
   * for errors of provider or network; every outcome is classified.
   * @throws LetterFault before any call, for a letter that the provider would execute or refuse by its own rules
   */
  send(letter: OutgoingLetter, begin: () => Promise<Date | null>): Promise<SendOutcome>;
  /**
   * Until when no letter needs to be tried, because the provider refuses our credentials and a person must correct
   * them; null when they are not known to be refused. Known to this process only; costs no request.
   */
  pausedUntil(): Date | null;
  /**
   * What blocks letters to an address, in words fit for a reason, without the address; null when nothing does.
   * @throws MailUnavailable
   */
  describeBlock(email: string): Promise<string | null>;
  /**
   * Trackers of personal issues, newest first.
   * @throws MailUnavailable
   */
  listTrackers(page: { first: number; skip: number }): Promise<TrackerPage>;
  /**
   * One tracker; null when the provider no longer has it.
   * @throws MailUnavailable
   */
  getTracker(trackId: string): Promise<Tracker | null>;
  /** Null when the installation does not declare how to read delivery results; they are then not queried. */
  deliveries: Deliveries | null;
  /**
   * Whether the provider has confirmed the sender's address; null when its answer does not say so.
   * @throws MailUnavailable
   */
  senderConfirmed(): Promise<boolean | null>;
  /**
   * Checks with an authenticated call that the provider is ready.
   * @throws MailUnavailable
   */
  ready(): Promise<void>;
}
