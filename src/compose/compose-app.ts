import { setTimeout as wait } from 'node:timers/promises';
import { verifyLmsWebhook } from '../adapters/lms/webhook.ts';
import { createSpreadsheets } from '../adapters/spreadsheet/create-spreadsheets.ts';
import { loadForms } from '../adapters/templates-dir/load-forms.ts';
import { loadRulebook } from '../adapters/templates-dir/load-rulebook.ts';
import type { AppDeps } from '../app.ts';
import type { Config } from '../config.ts';
import { openKeyFolder } from '../credential/keys/key-folder.ts';
import { createPrinter } from '../diploma/create-printer.ts';
import { createPictures } from '../diploma/picture/create-pictures.ts';
import { pageFaces } from '../diploma/picture/page-faces.ts';
import { loadLogo } from '../diploma/picture/page-logo.ts';
import { createPreviews } from '../diploma/preview/create-previews.ts';
import { loadTemplates } from '../diploma/template/load-templates.ts';
import { hostZone } from '../domain/time/local-time.ts';
import { enqueueWith } from '../pipeline/context.ts';
import { openDatabase } from '../platform/database/database.ts';
import type { Lms } from '../ports/lms.ts';
import { ensureSigningKeys } from './ensure-signing-keys.ts';
import { type Base, need } from './open-base.ts';
import { MAIL_INSTRUCTIONS, mailProvider } from './open-mail.ts';
import { readinessOf } from './process-readiness.ts';
import { storedRules } from './stored-rules.ts';

function openIdOf(config: Config): AppDeps['openId'] {
  if (config.OIDC_ISSUER === undefined) return null;
  return {
    issuer: config.OIDC_ISSUER,
    clientId: need(config.OIDC_CLIENT_ID, 'OIDC_CLIENT_ID'),
    clientSecret: need(config.OIDC_CLIENT_SECRET, 'OIDC_CLIENT_SECRET'),
    roleClaim: config.OIDC_ROLE_CLAIM,
    roleMap: config.OIDC_ROLE_MAP ?? null,
  };
}

/** The end of a serving process, in this order. */
export interface Leaving {
  /** Not ready any more, but requests are still served. */
  leaving: AbortSignal;
  /** Ends long answers, such as the progress of a batch. */
  stopping: AbortSignal;
}

/**
 * Dependencies of the HTTP side.
 * @returns with `close`, which ends the threads; call it when no request is running any more
 */
export async function composeApp(
  base: Base,
  lms: Lms,
  { leaving, stopping }: Leaving,
): Promise<AppDeps & { close: () => Promise<void> }> {
  const { config, db, jobs, clock, log, newId, artefacts } = base;
  const templates = await loadTemplates(config.TEMPLATES_DIR);
  const rulebook = await loadRulebook(config.TEMPLATES_DIR, templates);
  const provider = mailProvider(config);
  // Only workers use the file, but a fault in it stops this start too, like any fault in the folder.
  await provider.checkFile();
  await ensureSigningKeys(base, rulebook.issuer);
  await artefacts.ready();
  const forms = await loadForms(config.TEMPLATES_DIR);
  const secrets = need(config.LMS_WEBHOOK_SECRET, 'LMS_WEBHOOK_SECRET');
  const publicUrl = need(config.PUBLIC_URL, 'PUBLIC_URL');
  const previews = createPreviews(templates);
  // It only measures; its threads, which draw, never start.
  const printer = createPrinter({
    templates,
    bundleByHash: async () => null,
    threads: 1,
    unmailable: MAIL_INSTRUCTIONS,
  });
  const pictures = createPictures(templates);
  const look = {
    faces: templates[0] ? pageFaces(templates[0]) : [],
    logo: await loadLogo(config.TEMPLATES_DIR, rulebook.issuer.pictures.logo),
  };
  const spreadsheets = createSpreadsheets();
  const closing = [previews, printer, pictures, spreadsheets];
  const streamsDb = openDatabase({
    url: need(config.DATABASE_URL, 'DATABASE_URL'),
    poolMax: 2,
    applicationName: 'gramota-serve-streams',
  });
  return {
    db,
    enqueue: enqueueWith(jobs),
    clock,
    log,
    newId,
    artefacts,
    lms,
    countries: rulebook.countries,
    lettersPerSecond: provider.pace.lettersPerSecond,
    criteria: rulebook.criteria,
    rulesOf: (hash) => storedRules(db, hash),
    letters: rulebook,
    mailInstructions: MAIL_INSTRUCTIONS,
    issuer: rulebook.issuer,
    signer: openKeyFolder(config.SIGNING_KEYS_DIR),
    publicUrl,
    school: { ...rulebook.issuer, look },
    organizationId: rulebook.issuer.linkedIn?.organizationId ?? null,
    pictures,
    trustProxy: config.TRUST_PROXY,
    verifyLmsWebhook: (input) => verifyLmsWebhook({ secrets, ...input }),
    callbacks: provider.callbacks,
    previews,
    printer,
    rulebook,
    spreadsheets,
    forms,
    templates: () => templates.map((template) => template.id),
    sleep: async (milliseconds, signal) => {
      await wait(milliseconds, undefined, { signal });
    },
    stopping,
    streamsDb,
    zone: config.CONSOLE_ZONE ?? hostZone(),
    openId: openIdOf(config),
    readiness: readinessOf(base, leaving),
    metrics: base.metrics,
    close: async () => {
      await Promise.all(closing.map((one) => one.close()));
      await streamsDb.destroy();
    },
  };
}
