import { INSTRUCTIONS } from '../adapters/sendsay/issue-send-body.ts';
import type { Config } from '../config.ts';
import type { Log } from '../platform/log.ts';
import type { Clock } from '../ports/clock.ts';
import type { Mail, MailCallbacks } from '../ports/mail.ts';
import type { Db } from '../records/rows.ts';
import { sendsay } from './sendsay.ts';

/** A mail provider as an installation sets it up. Making one costs nothing; only `open` needs its credentials. */
export interface MailProvider {
  /** As people know it. */
  name: string;
  /** Whether the settings hold what `open` needs. */
  canOpen: boolean;
  /** The address that letters come from, where it is set. */
  sender: string | undefined;
  callbacks: MailCallbacks;
  /** Settings that are accepted, but unwise; one line each. */
  warnings: string[];
  pace: {
    /** Deadline of one call. */
    timeoutSeconds: number;
    /** How soon after acceptance the outcome is first asked for. */
    pollSeconds: number;
    /** How long after a lost call's deadline a listing may count as proof that it never arrived. */
    settleSeconds: number;
    /** Calls that may change something at once, of all processes together. */
    concurrency: number;
    /** Letters that all processes together send in a second, cautiously estimated. */
    lettersPerSecond: number;
  };
  /**
   * Reads the provider's file in TEMPLATES_DIR, and says in one line what it declares.
   * @throws InputError when it cannot be read
   */
  checkFile(): Promise<string>;
  /** The client behind the limits that all processes share. @throws InputError when a setting is missing */
  open(db: Db, clock: Clock, log?: Log): Promise<Mail>;
}

/** The provider that the settings choose. Another one is a folder in `adapters/`, a file like `sendsay.ts`, and its place here. */
export function mailProvider(config: Config): MailProvider {
  return sendsay(config);
}

/**
 * What any provider would execute in a letter: a name that holds it is held, in other text it is broken up. Of all
 * providers, so that a decision does not depend on which one is in use.
 */
export const MAIL_INSTRUCTIONS: readonly string[] = [...INSTRUCTIONS];
