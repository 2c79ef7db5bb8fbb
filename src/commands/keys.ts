import { loadIssuer } from '../adapters/templates-dir/load-rulebook.ts';
import type { Config } from '../config.ts';
import { openKeyFolder } from '../credential/keys/key-folder.ts';
import { KEY_PURPOSES, type KeyPurpose } from '../domain/certificate/credential-facts.ts';
import { systemClock } from '../platform/system-clock.ts';
import { selectSigningKeys } from '../records/certificates/signing-keys.ts';
import { addKeys } from '../signing-keys/agree-on-keys.ts';
import { rotateKeys } from '../signing-keys/rotate-keys.ts';
import { withDatabase } from './with-database.ts';

type Say = (line: string) => void;

/**
 * `gramota keys create`: creates missing keys named in `issuer.yaml`, and registers the folder's keys for all hosts.
 */
export async function runKeysCreate(config: Config, say: Say): Promise<void> {
  const issuer = await loadIssuer(config.TEMPLATES_DIR);
  await withDatabase(config, async (db) => {
    const { added, made } = await addKeys(db, config.SIGNING_KEYS_DIR, issuer, systemClock.now());
    for (const id of added) say(`${id}  ${made.includes(id) ? 'made, self-issued' : 'taken from the folder'}`);
    if (added.length === 0) say('nothing to do: every key that issuer.yaml names is there and known');
    else say(`the keys are in ${config.SIGNING_KEYS_DIR}: back them up, and copy them to every host`);
  });
}

/** `gramota keys rotate`: replaces the signing keys of one purpose or of all; prints the remaining steps. */
export async function runKeysRotate(config: Config, options: { purpose?: KeyPurpose }, say: Say): Promise<void> {
  const issuer = await loadIssuer(config.TEMPLATES_DIR);
  const purposes = options.purpose === undefined ? KEY_PURPOSES : [options.purpose];
  const dir = config.SIGNING_KEYS_DIR;
  await withDatabase(config, async (db) => {
    const rotated = await rotateKeys(db, dir, issuer, purposes, systemClock.now());
    for (const { id, made, retired } of rotated) {
      say(`${id}  ${made ? 'made' : 'taken from the folder'}; signs what is awarded from now on`);
      for (const old of retired) say(`${old}  retired: signs nothing new; keep its file`);
    }
    say(`copy to SIGNING_KEYS_DIR of every other host, now: ${rotated.map(({ id }) => `${dir}/${id}.pem`).join(', ')}`);
    say('running processes need no restart; on a host that lacks a key, what needs it waits until it is there');
  });
}

/** `gramota keys list`: all keys in the database, and whether this host has them. */
export async function runKeysList(config: Config, say: Say): Promise<void> {
  const held = await openKeyFolder(config.SIGNING_KEYS_DIR).keys();
  await withDatabase(config, async (db) => {
    const known = await selectSigningKeys(db);
    for (const { id, purpose, algorithm, createdAt, retiredAt, fingerprint } of known) {
      const own = held.find((key) => key.id === id);
      const here =
        own === undefined ? 'not on this host' : own.fingerprint === fingerprint ? 'held' : 'another on this host';
      const state = retiredAt === null ? 'in use' : `retired ${retiredAt.toISOString()}`;
      say(
        `${id.padEnd(14)}  ${purpose.padEnd(10)}  ${algorithm.padEnd(7)}  since ${createdAt.toISOString()}  ${state}  ${here}`,
      );
    }
    if (known.length === 0) say('no keys yet: the first start makes them, or "gramota keys create"');
  });
}
