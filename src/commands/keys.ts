import { randomUUID } from 'node:crypto';
import { loadIssuer } from '../adapters/templates-dir/load-rulebook.ts';
import type { Config } from '../config.ts';
import { openKeyFolder } from '../credential/keys/key-folder.ts';
import type { KeyPurpose } from '../domain/certificate/credential-facts.ts';
import { KEY_PURPOSES } from '../domain/certificate/key-purposes.ts';
import { systemClock } from '../platform/system-clock.ts';
import { selectSigningKeys } from '../records/certificates/signing-keys.ts';
import type { Db } from '../records/rows.ts';
import { recordAct } from '../records/tokens.ts';
import { addKeys } from '../signing-keys/agree-on-keys.ts';
import { rotateKeys } from '../signing-keys/rotate-keys.ts';
import { actor } from './actor.ts';
import { shownTime } from './shown-time.ts';
import { withDatabase } from './with-database.ts';

type Say = (line: string) => void;

/**
 * `gramota keys create`: creates missing keys named in `issuer.yaml`, and registers the folder's keys for all hosts.
 */
export async function runKeysCreate(config: Config, say: Say): Promise<void> {
  const issuer = await loadIssuer(config.TEMPLATES_DIR);
  await withDatabase(config, async (db) => {
    const { added, made } = await db.transaction(async (trx) => {
      const done = await addKeys(trx, config.SIGNING_KEYS_DIR, issuer, systemClock.now());
      await recordKeyActs(trx, 'keys.create', done.added);
      return done;
    });
    for (const id of added) say(`${id}  ${made.includes(id) ? 'made, self-issued' : 'from the folder'}`);
    if (added.length === 0) say('nothing to do: all keys that issuer.yaml names exist and are registered');
    else say(`the keys are in ${config.SIGNING_KEYS_DIR}: back them up, and copy them to every host`);
  });
}

/** `gramota keys rotate`: replaces the signing keys of one purpose or of all; prints the remaining steps. */
export async function runKeysRotate(config: Config, options: { purpose?: KeyPurpose }, say: Say): Promise<void> {
  const issuer = await loadIssuer(config.TEMPLATES_DIR);
  const purposes = options.purpose === undefined ? KEY_PURPOSES : [options.purpose];
  const dir = config.SIGNING_KEYS_DIR;
  await withDatabase(config, async (db) => {
    const rotated = await db.transaction(async (trx) => {
      const done = await rotateKeys(trx, dir, issuer, purposes, systemClock.now());
      await recordKeyActs(
        trx,
        'keys.rotate',
        done.map(({ id }) => id),
      );
      return done;
    });
    for (const { id, made, retired } of rotated) {
      say(`${id}  ${made ? 'created' : 'taken from the folder'}; signs all new awards`);
      for (const old of retired) say(`${old}  retired: signs no new awards; keep its file to verify old signatures`);
    }
    say(`now copy to SIGNING_KEYS_DIR of every other host: ${rotated.map(({ id }) => `${dir}/${id}.pem`).join(', ')}`);
    say('no restart is needed; a host without the new key waits until it gets the key');
  });
}

async function recordKeyActs(trx: Db, verb: 'keys.create' | 'keys.rotate', ids: string[]): Promise<void> {
  for (const subject of ids)
    await recordAct(trx, { id: randomUUID(), actor: actor(), verb, subject, reason: null }, systemClock.now());
}

/** `gramota keys list`: all keys in the database, and whether this host has them. */
export async function runKeysList(config: Config, say: Say): Promise<void> {
  const held = await openKeyFolder(config.SIGNING_KEYS_DIR).keys();
  await withDatabase(config, async (db) => {
    const known = await selectSigningKeys(db);
    for (const { id, purpose, algorithm, createdAt, retiredAt, fingerprint } of known) {
      const own = held.find((key) => key.id === id);
      const here =
        own === undefined
          ? 'not on this host'
          : own.fingerprint === fingerprint
            ? 'held'
            : 'this host has a different key with this name';
      const state = retiredAt === null ? 'in use' : `retired ${shownTime(retiredAt)}`;
      say(
        `${id.padEnd(14)}  ${purpose.padEnd(10)}  ${algorithm.padEnd(7)}  since ${shownTime(createdAt)}  ${state}  ${here}`,
      );
    }
    if (known.length === 0)
      say('no keys yet: run "gramota keys create", or start "gramota serve" or "gramota work", which creates them');
  });
}
