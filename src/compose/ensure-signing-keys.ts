import type { Issuer } from '../domain/rulebook.ts';
import { agreeOnKeys, SOON_DAYS } from '../signing-keys/agree-on-keys.ts';
import type { Base } from './open-base.ts';

/** Ensures that this host's keys are the ones shared by all hosts; logs created keys and a seal that expires soon. */
export async function ensureSigningKeys({ db, config, clock, log }: Base, issuer: Issuer): Promise<void> {
  const { references, made, sealDays } = await agreeOnKeys(db, config.SIGNING_KEYS_DIR, issuer, clock.now());
  if (made.length > 0)
    log.warn(
      { event: 'signing-keys-made', keys: made, dir: config.SIGNING_KEYS_DIR },
      'there were no signing keys: self-issued ones were made; back them up and copy them to every host',
    );
  if (sealDays < SOON_DAYS)
    log.warn({ event: 'seal-ends', key: references.seal.id, days: sealDays }, 'the certificate of the seal ends soon');
}
