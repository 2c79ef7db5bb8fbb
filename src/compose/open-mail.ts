import { INSTRUCTIONS } from '../adapters/sendsay/issue-send-body.ts';
import type { Config } from '../config.ts';
import type { Log } from '../platform/log.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { Clock } from '../ports/clock.ts';
import type { Mail, MailCallbacks } from '../ports/mail.ts';
import type { Db } from '../records/rows.ts';
import { sendsay } from './sendsay.ts';

/** A mail provider and its configuration. Creating this object is cheap; only `open` needs the credentials. */
export interface MailProvider {
  /** Name of the provider for people. */
  name: string;
  /** Whether the settings contain everything that `open` needs. */
  canOpen: boolean;
  /** Sender address of letters, if it is set. */
  sender: string | undefined;
  callbacks: MailCallbacks;
  /** Warnings about settings that are valid but risky, one line each. */
  warnings: string[];
  pace: {
    /** Maximum duration of one call to the provider. */
    timeoutSeconds: number;
    /** Time from acceptance of a letter until its outcome is requested for the first time. */
    pollSeconds: number;
    /** Time after the deadline of a lost call before a list of letters can prove that the letter never arrived. */
    settleSeconds: number;
    /** Maximum number of concurrent calls that may change something, over all processes together. */
    concurrency: number;
    /** Letters that all processes together send in a second, cautiously estimated. */
    lettersPerSecond: number;
  };
  /**
   * Reads the provider's own file in TEMPLATES_DIR and describes it in one line.
   * @throws InputError when the file cannot be read
   */
  checkFile(): Promise<string>;
  /**
   * Creates the client, with the rate limits that all processes share.
   * @param observers of a long-running process: its calls are counted and failing ones are logged
   * @throws InputError when a setting is missing
   */
  open(db: Db, clock: Clock, observers?: { log: Log; metrics: Metrics }): Promise<Mail>;
}

/**
 * The mail provider that the settings choose. A new provider needs a folder in `adapters/`, a file like `sendsay.ts`,
 * and an entry here.
 */
export function mailProvider(config: Config): MailProvider {
  return sendsay(config);
}

/**
 * Marks that a mail provider would execute in a letter. A name that contains such a mark is held; in other text the
 * mark is split. The marks of all providers are used, so that a decision does not depend on the configured provider.
 */
export const MAIL_INSTRUCTIONS: readonly string[] = [...INSTRUCTIONS];
