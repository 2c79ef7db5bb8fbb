import { readFieldMap } from '../adapters/lms/field-map.ts';
import { loadDeliveryMap } from '../adapters/sendsay/delivery-map.ts';
import { limitWarnings } from '../adapters/sendsay/limits.ts';
import { loadIssuer, loadRulebook } from '../adapters/templates-dir/load-rulebook.ts';
import { openArtefacts } from '../compose/open-artefacts.ts';
import { openLms } from '../compose/open-base.ts';
import { openMail } from '../compose/open-mail.ts';
import { type Config, describeConfig, NEEDED, readConfig } from '../config.ts';
import { loadTemplates } from '../diploma/template/load-templates.ts';
import { InputError } from '../domain/failure.ts';
import { releaseWarnings } from '../domain/student-group/release-warnings.ts';
import { contactWarnings } from '../domain/time/contact-warnings.ts';
import { mskWarnings } from '../domain/time/send-window.ts';
import { zoneDataEdition } from '../domain/time/zone-data.ts';
import { openDatabase } from '../platform/database/database.ts';
import { schemaState } from '../platform/database/schema-migrations.ts';
import { messageOf } from '../platform/log.ts';
import { selectNewestDiploma } from '../records/certificates/diplomas.ts';
import type { Db } from '../records/rows.ts';
import { selectReleases } from '../records/student-groups/student-groups.ts';
import { checkKeys } from '../signing-keys/agree-on-keys.ts';
import { letterLine, letterTable } from './letter-table.ts';

/** A release that no LMS has: requesting it checks address and token without reading personal data. */
const NO_RELEASE = 'gramota-check';

/**
 * `gramota check`: every setting with its source, then templates, database, LMS and Sendsay.
 * @throws InputError with one line per fault
 */
export async function runCheck(env: Record<string, string | undefined>, say: (line: string) => void): Promise<void> {
  const faults: string[] = [];
  let config: Config;
  try {
    config = readConfig(env, NEEDED.check);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    faults.push(...error.faults);
    try {
      config = readConfig(env, []);
    } catch {
      throw new InputError(faults);
    }
  }
  for (const { name, value, source } of describeConfig(config, env)) say(`${name.padEnd(26)} ${value}  (${source})`);

  const step = async (what: string, run: () => Promise<string>): Promise<boolean> => {
    try {
      say(`${what}: ${await run()}`);
      return true;
    } catch (error) {
      faults.push(...(error instanceof InputError ? error.faults : [`${what}: ${messageOf(error)}`]));
      return false;
    }
  };
  if (config.LMS_WEBHOOK_SECRET === undefined) say('warning: LMS_WEBHOOK_SECRET is not set; "gramota serve" needs it');
  for (const warning of limitWarnings(config)) say(`warning: ${warning}`);
  await step('templates', () => checkTemplates(config, say));
  await step('time zones', () => checkZoneData(new Date(), say));
  await step('lms.yaml', () => checkFieldMap(config));
  await step('delivery', () => checkDelivery(config));
  if (config.DATABASE_URL === undefined) throw new InputError(faults);
  const db = openDatabase({ url: config.DATABASE_URL, poolMax: 4, applicationName: 'gramota-check' });
  try {
    // The limits of LMS and Sendsay are kept in the database, so they cannot be queried without it.
    if (!(await step('database', () => checkDatabase(db))))
      say('LMS, Sendsay: not asked, since the database is not ready');
    else {
      for (const release of await selectReleases(db))
        for (const { code, detail } of releaseWarnings(release))
          say(`warning: release ${release.id}: ${code}: ${detail}`);
      await step('signing keys', async () =>
        checkKeys(db, config.SIGNING_KEYS_DIR, await loadIssuer(config.TEMPLATES_DIR), new Date(), say),
      );
      await step('artefacts', () => checkArtefacts(config, db));
      if (config.LMS_BASE_URL && config.LMS_TOKEN) await step('LMS', () => checkLms(config, db));
      if (config.SENDSAY_ACCOUNT && (config.SENDSAY_API_KEY || config.SENDSAY_PASSWORD)) {
        await step('Sendsay', async () => {
          await (await openMail(config, db)).ready();
          return 'answers, and knows us';
        });
      }
    }
  } finally {
    await db.destroy();
  }
  if (faults.length > 0) throw new InputError([...new Set(faults)]);
  say('everything is in order');
}

async function checkTemplates(config: Config, say: (line: string) => void): Promise<string> {
  const bundles = await loadTemplates(config.TEMPLATES_DIR);
  const rulebook = await loadRulebook(config.TEMPLATES_DIR, bundles);
  const now = new Date();
  for (const warning of [...mskWarnings(rulebook.countries, now), ...contactWarnings(rulebook.countries, now)])
    say(`warning: ${warning}`);
  for (const row of letterTable(rulebook)) say(letterLine(row));
  return `${bundles.length} certificate templates, ${rulebook.criteria.programmes.length} programmes, ${rulebook.letters.size} letters`;
}

/** Age in days from which a warning is given; IANA publishes several editions a year. */
const ZONE_DATA_OLD = 180;

async function checkZoneData(now: Date, say: (line: string) => void): Promise<string> {
  const { version, publishedOn } = zoneDataEdition();
  const days = publishedOn === null ? 0 : Math.floor((now.getTime() - Date.parse(publishedOn)) / 86_400_000);
  if (days > ZONE_DATA_OLD)
    say('warning: the time zone data are old; clocks may have changed since, and letters leave by these data');
  const age = publishedOn === null ? '' : ` of ${publishedOn}, ${days} days old`;
  return `IANA ${version}${age}; to update, on every host alike: npm install --save-exact moment-timezone@latest`;
}

async function checkFieldMap(config: Config): Promise<string> {
  const { studentGroup, release, patch } = await readFieldMap(config.TEMPLATES_DIR);
  const mapped = studentGroup.size + release.size;
  const issued = patch.issued === null ? 'not told of sent diplomas' : `told "${patch.issued.status}" of sent diplomas`;
  return `${mapped === 0 ? "the LMS uses our fields' names" : `${mapped} fields mapped`}; ${issued}`;
}

async function checkDelivery(config: Config): Promise<string> {
  const map = await loadDeliveryMap(config.TEMPLATES_DIR);
  if (map === null) return 'not asked about, letters stay "sent": no delivery in sendsay.yaml';
  const { letter, issue, status } = map.select;
  return `asked of stat.uni by ${letter} and ${issue}; ${map.outcomes.size} values of ${status} declared`;
}

async function checkDatabase(db: Db): Promise<string> {
  const state = await schemaState(db);
  if (state !== 'current') throw new InputError(`database: its schema is ${state}; run "gramota migrate"`);
  const { rows } = await db.raw<{ rows: { server_version: string }[] }>('show server_version');
  return `PostgreSQL ${rows[0]?.server_version ?? '?'}, schema current`;
}

async function checkArtefacts({ ARTEFACTS_URL }: Config, db: Db): Promise<string> {
  const artefacts = openArtefacts(ARTEFACTS_URL, db);
  await artefacts.ready();
  const newest = await selectNewestDiploma(db);
  if (newest === null) return 'ready; no diploma has been drawn yet';
  if (!(await artefacts.has(newest)))
    throw new InputError(
      `ARTEFACTS_URL: ${ARTEFACTS_URL} does not hold the newest diploma (SHA-256 ${newest}): every host must name the store that the diplomas were written to`,
    );
  return 'ready; the newest diploma is there';
}

async function checkLms(config: Config, db: Db): Promise<string> {
  const lms = await openLms(config, db);
  await lms.pullRelease(NO_RELEASE);
  return 'answers, and knows us';
}
