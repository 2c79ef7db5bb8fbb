import { UNKNOWN_IN_A_ROW } from '../domain/send-brake.ts';
import type { Log } from '../platform/log.ts';

/** Told once by whoever found the last outcome that made all letters stop. */
export function tellStopped(log: Log, detail?: string): void {
  log.error(
    { event: 'sending-stopped', detail },
    `${UNKNOWN_IN_A_ROW} calls of Sendsay in a row had no known outcome: no letter leaves until one does; look at SENDSAY_URL`,
  );
}

export function tellReleased(log: Log): void {
  log.info({ event: 'sending-released' }, 'Sendsay took a letter: letters leave again');
}
