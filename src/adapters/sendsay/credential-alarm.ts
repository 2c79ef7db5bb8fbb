import type { Clock } from '../../ports/clock.ts';

export interface CredentialAlarm {
  /** Until when nothing needs to be tried; null while nothing is known against the credentials. */
  pausedUntil(): Date | null;
  /** Whether the provider has turned the credentials down and has not taken them since. */
  raised(): boolean;
  /** The provider turned them down: everything pauses anew, and somebody is told, once until they are taken again. */
  raise(detail: string): void;
  /** The provider took them. */
  clear(): void;
}

/**
 * What this process knows of its own credentials: when they are refused, no letter's fault is to be found by posting the
 * next one, and a login that is refused again and again may lock the account.
 */
export function createCredentialAlarm(options: {
  clock: Pick<Clock, 'now'>;
  /** How long nothing is tried after a refusal. */
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
