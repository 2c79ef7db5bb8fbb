import type { SenderFindings } from '../adapters/dns/sender-records.ts';
import { readFieldMap } from '../adapters/lms/field-map.ts';
import { loadForms } from '../adapters/templates-dir/load-forms.ts';
import { loadIssuer, loadRulebook } from '../adapters/templates-dir/load-rulebook.ts';
import { openArtefacts } from '../compose/open-artefacts.ts';
import { openLms } from '../compose/open-base.ts';
import { mailProvider } from '../compose/open-mail.ts';
import { type Config, describeConfig, NEEDED, readConfig } from '../config.ts';
import { listApprovals } from '../coordinate/approval-verbs.ts';
import { loadTemplates } from '../diploma/template/load-templates.ts';
import { shortHash } from '../domain/approval.ts';
import { InputError } from '../domain/failure.ts';
import type { Rulebook } from '../domain/rulebook.ts';
import { releaseWarnings } from '../domain/student-group/release-warnings.ts';
import { contactWarnings } from '../domain/time/contact-warnings.ts';
import { mskWarnings } from '../domain/time/send-window.ts';
import { zoneDataEdition } from '../domain/time/zone-data.ts';
import { declaredWarnings, issuerWarnings } from '../lifecycle/declared-warnings.ts';
import { pageReviewLine } from '../lookup/texts/page-texts.ts';
import { openDatabase } from '../platform/database/database.ts';
import { schemaState } from '../platform/database/schema-migrations.ts';
import { messageOf } from '../platform/log.ts';
import { systemClock } from '../platform/system-clock.ts';
import { selectNewestDiploma } from '../records/certificates/diplomas.ts';
import type { Db } from '../records/rows.ts';
import { selectReleases } from '../records/student-groups/student-groups.ts';
import { checkKeys } from '../signing-keys/agree-on-keys.ts';
import { approvedBy } from './approve.ts';
import { checkSenderConfirmed, checkSenderDomain } from './check-sender.ts';
import { letterLine, letterTable, reviewLines } from './letter-table.ts';

/** A release that no LMS has: requesting it checks address and token without reading personal data. */
const NO_RELEASE = 'gramota-check';

type Say = (line: string) => void;

/** Result of one check, before it is printed. */
interface Findings {
  faults: string[];
  warnings: string[];
  ok: string[];
}

/**
 * `gramota check`: every setting with its source, then templates, database, LMS and Sendsay: `fault` lines first, then
 * `warning` and `ok`.
 * @param fail gets the faults, one line each
 * @param options `sender`: ask DNS and the mail provider about the sender too
 * @returns whether there is no fault
 */
export async function runCheck(
  env: Record<string, string | undefined>,
  say: Say,
  fail: Say,
  options: { sender?: boolean } = {},
): Promise<boolean> {
  const found: Findings = { faults: [], warnings: [], ok: [] };
  await lookAtAll(env, found, options.sender === true);
  for (const fault of new Set(found.faults)) fail(`fault    ${fault}`);
  for (const warning of found.warnings) say(`warning  ${warning}`);
  for (const line of found.ok) say(`ok       ${line}`);
  if (found.faults.length === 0) say('everything is in order');
  return found.faults.length === 0;
}

async function lookAtAll(env: Record<string, string | undefined>, found: Findings, alsoSender: boolean): Promise<void> {
  const config = readSettings(env, found);
  if (config === null) return;
  const warn = (text: string) => found.warnings.push(text.replace(/^warning: /, ''));
  const provider = mailProvider(config);
  const step = async (what: string, run: () => Promise<string>): Promise<boolean> => {
    try {
      found.ok.push(`${what}: ${await run()}`);
      return true;
    } catch (error) {
      found.faults.push(...(error instanceof InputError ? error.faults : [`${what}: ${messageOf(error)}`]));
      return false;
    }
  };
  for (const { name, value, source } of describeConfig(config, env))
    found.ok.push(`${name.padEnd(26)} ${value}  (${source})`);
  if (config.LMS_WEBHOOK_SECRET === undefined) warn('LMS_WEBHOOK_SECRET is not set; "gramota serve" needs it');
  for (const warning of provider.warnings) warn(warning);
  const rulebook: { loaded: Rulebook | null } = { loaded: null };
  await step('templates', () => checkTemplates(config, warn, rulebook));
  await step('time zones', () => checkZoneData(new Date(), warn));
  await step('lms.yaml', () => checkFieldMap(config));
  await step('delivery', () => provider.checkFile());
  const letters = (isApproved: ((subject: string) => boolean) | null) => {
    if (rulebook.loaded === null) return;
    for (const row of letterTable(rulebook.loaded)) found.ok.push(letterLine(row, isApproved));
    found.ok.push(...reviewLines(rulebook.loaded), pageReviewLine());
  };
  const sender = alsoSender ? provider.sender : undefined;
  if (sender !== undefined) add(found, await checkSenderDomain(config, sender));
  if (config.DATABASE_URL === undefined) return letters(null);
  const db = openDatabase({ url: config.DATABASE_URL, poolMax: 4, applicationName: 'gramota-check' });
  try {
    // The limits of LMS and Sendsay are kept in the database, so they cannot be queried without it.
    if (!(await step('database', () => checkDatabase(db)))) {
      warn('LMS and Sendsay were not checked, because the database is not ready');
      letters(null);
    } else {
      if (rulebook.loaded !== null)
        letters(await checkApprovals(db, rulebook.loaded, warn, (text) => found.ok.push(text)));
      for (const release of await selectReleases(db))
        for (const { code, detail } of [
          ...releaseWarnings(release),
          ...(rulebook.loaded === null ? [] : declaredWarnings(rulebook.loaded, release)),
        ])
          warn(`release ${release.id}: ${code}: ${detail}`);
      await step('signing keys', async () =>
        checkKeys(db, config.SIGNING_KEYS_DIR, await loadIssuer(config.TEMPLATES_DIR), new Date(), warn),
      );
      await step('artefacts', () => checkArtefacts(config, db));
      if (config.LMS_BASE_URL && config.LMS_TOKEN) await step('LMS', () => checkLms(config, db));
      if (provider.canOpen) {
        await step(provider.name, async () => {
          const mail = await provider.open(db, systemClock);
          await mail.ready();
          if (sender !== undefined) add(found, await checkSenderConfirmed(mail, provider.name, sender));
          return 'reachable; credentials accepted';
        });
      }
    }
  } finally {
    await db.destroy();
  }
}

function add(found: Findings, more: SenderFindings): void {
  found.ok.push(...more.ok);
  found.warnings.push(...more.warnings);
  found.faults.push(...more.faults);
}

/** Null when the settings cannot be read at all. */
function readSettings(env: Record<string, string | undefined>, found: Findings): Config | null {
  try {
    return readConfig(env, NEEDED.check);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    found.faults.push(...error.faults);
  }
  try {
    return readConfig(env, []);
  } catch {
    return null;
  }
}

async function checkTemplates(config: Config, warn: Say, out: { loaded: Rulebook | null }): Promise<string> {
  const bundles = await loadTemplates(config.TEMPLATES_DIR);
  const rulebook = await loadRulebook(config.TEMPLATES_DIR, bundles);
  const forms = await loadForms(config.TEMPLATES_DIR);
  for (const [id, { sample }] of forms)
    if (sample) warn(`forms/${id}.yaml is a sample: compare its headings with your form, then delete "sample"`);
  const now = new Date();
  for (const warning of [...mskWarnings(rulebook.countries, now), ...contactWarnings(rulebook.countries, now)])
    warn(warning);
  for (const warning of issuerWarnings(rulebook)) warn(warning);
  out.loaded = rulebook;
  return `${bundles.length} certificate templates, ${rulebook.criteria.programmes.length} programmes, ${rulebook.letters.size} letters, ${forms.size} forms`;
}

/** Who has approved templates and letters; what lacks an approval although it is required is a warning. */
async function checkApprovals(db: Db, rulebook: Rulebook, warn: Say, tell: Say): Promise<(subject: string) => boolean> {
  const views = await listApprovals({ db, rulebook });
  const required = rulebook.issuer.approvals === 'required';
  for (const view of views) {
    const { subject, hash, approved } = view;
    const line = `${subject} ${shortHash(hash)}: approved by ${approvedBy(view)}`;
    if (required && !approved) warn(`${line}; it is not used until somebody approves it`);
    else if (required || approved) tell(line);
  }
  return (subject) => views.some((view) => view.subject === subject && view.approved);
}

/** Age in days from which a warning is given; IANA publishes several editions a year. */
const ZONE_DATA_OLD = 180;

async function checkZoneData(now: Date, warn: Say): Promise<string> {
  const { version, publishedOn } = zoneDataEdition();
  const days = publishedOn === null ? 0 : Math.floor((now.getTime() - Date.parse(publishedOn)) / 86_400_000);
  if (days > ZONE_DATA_OLD)
    warn(
      'the time zone data are old; if a country has changed its time zone since then, letters are sent at a wrong local time',
    );
  const age = publishedOn === null ? '' : ` of ${publishedOn}, ${days} days old`;
  return `IANA ${version}${age}; to update the time zone data, run on every host: npm install --save-exact moment-timezone@latest`;
}

async function checkFieldMap(config: Config): Promise<string> {
  const { studentGroup, release, patch } = await readFieldMap(config.TEMPLATES_DIR);
  const mapped = studentGroup.size + release.size;
  const issued =
    patch.issued === null
      ? 'sent diplomas are not reported to the LMS'
      : `status "${patch.issued.status}" is reported to the LMS for sent diplomas`;
  return `${mapped === 0 ? 'no fields mapped: the LMS uses the standard names' : `${mapped} fields mapped`}; ${issued}`;
}

async function checkDatabase(db: Db): Promise<string> {
  const state = await schemaState(db);
  if (state !== 'current') throw new InputError(`database: its schema is ${state}; run "gramota migrate"`);
  const { rows } = await db.raw<{ rows: { server_version: string }[] }>('show server_version');
  return `PostgreSQL ${rows[0]?.server_version ?? '?'}, schema up to date`;
}

async function checkArtefacts(config: Config, db: Db): Promise<string> {
  const artefacts = openArtefacts(config, db);
  await artefacts.ready();
  const newest = await selectNewestDiploma(db);
  if (newest === null) return 'ready; no diploma has been drawn yet';
  if (!(await artefacts.has(newest)))
    throw new InputError(
      `ARTEFACTS_URL: ${config.ARTEFACTS_URL} does not hold the newest diploma (SHA-256 ${newest}): set ARTEFACTS_URL on every host to the store that has the diplomas`,
    );
  return 'ready; the store has the newest diploma';
}

async function checkLms(config: Config, db: Db): Promise<string> {
  const lms = await openLms(config, db);
  await lms.pullRelease(NO_RELEASE);
  return 'reachable; credentials accepted';
}
