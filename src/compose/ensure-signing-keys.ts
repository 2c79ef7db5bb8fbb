import type { Issuer } from '../domain/rulebook.ts';
import { agreeOnKeys, SOON_DAYS } from '../signing-keys/agree-on-keys.ts';
import type { Base } from './open-base.ts';

/**
 * Ensures that this host has the same signing keys as all other hosts; logs new keys and a seal certificate that
 * expires soon.
 */
export async function ensureSigningKeys({ db, config, clock, log }: Base, issuer: Issuer): Promise<void> {
  const { references, made, sealDays } = await agreeOnKeys(db, config.SIGNING_KEYS_DIR, issuer, clock.now());
  if (made.length > 0)
    log.warn(
      { event: 'signing-keys-made', keys: made, dir: config.SIGNING_KEYS_DIR },
      'there were no signing keys, so new ones were created; back them up and copy them to every host',
    );
  if (sealDays < SOON_DAYS)
    log.warn({ event: 'seal-ends', key: references.seal.id, days: sealDays }, 'the seal certificate expires soon');
}
