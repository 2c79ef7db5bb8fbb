import type { Clock } from '../../ports/clock.ts';

export interface CredentialAlarm {
  /** Until when no letter needs to be tried; null when the credentials are not known to be refused. */
  pausedUntil(): Date | null;
  /** Whether the provider has refused the credentials and not accepted them since. */
  raised(): boolean;
  /** Records a refusal: starts a new pause, and calls the callback once until the credentials are accepted again. */
  raise(detail: string): void;
  /** Records that the provider accepted the credentials. */
  clear(): void;
}

/**
 * State of the credentials in this process. While they are refused, posting more letters is useless, and repeated
 * failing logins may lock the account.
 */
export function createCredentialAlarm(options: {
  clock: Pick<Clock, 'now'>;
  /** Milliseconds without attempts after a refusal. */
  pauseMs: number;
  tell: ((event: { refused: true; detail: string } | { refused: false }) => void) | undefined;
}): CredentialAlarm {
  let until: Date | null = null;
  return {
    pausedUntil: () => (until !== null && until > options.clock.now() ? until : null),
    raised: () => until !== null,
    raise(detail) {
      const first = until === null;
      until = new Date(options.clock.now().getTime() + options.pauseMs);
      if (first) options.tell?.({ refused: true, detail });
    },
    clear() {
      if (until === null) return;
      until = null;
      options.tell?.({ refused: false });
    },
  };
}
