import { randomBytes, randomInt } from 'node:crypto';
import { loadRulebook } from '../adapters/templates-dir/load-rulebook.ts';
import { createPrinter } from '../diploma/create-printer.ts';
import type { DrawThreads } from '../diploma/draw-threads.ts';
import { loadTemplates } from '../diploma/template/load-templates.ts';
import { bundleAssets, bundleToRow, type TemplateBundle } from '../diploma/template/template.ts';
import { shortAddress } from '../diploma/template/wording.ts';
import { makeCode } from '../domain/certificate/lookup-code.ts';
import { InputError } from '../domain/failure.ts';
import { comparableEmail } from '../domain/letter/email-address.ts';
import { mostUnknown } from '../domain/letter/send-brake-limits.ts';
import { enqueueWith } from '../pipeline/context.ts';
import type { PipelineContext } from '../pipeline/run-stages.ts';
import { publishTemplate } from '../records/certificates/diplomas.ts';
import type { Db } from '../records/rows.ts';
import { selectKeysInUse } from '../signing-keys/agree-on-keys.ts';
import { ensureSigningKeys } from './ensure-signing-keys.ts';
import { type Base, need, openLms } from './open-base.ts';
import { MAIL_INSTRUCTIONS, mailProvider } from './open-mail.ts';
import { publishRules, storedBundle } from './published-rules.ts';

/**
 * Dependencies of the stages. Templates and rules are published first, so that any host can draw and replay what this
 * host awards.
 * @param drawing threads shared by several pipelines of a process; default: own ones
 */
export async function openPipeline(
  base: Base,
  drawing?: DrawThreads,
): Promise<PipelineContext & { close: () => Promise<void> }> {
  const { config, db, log, clock, newId, artefacts, jobs } = base;
  const bundles = await loadTemplates(config.TEMPLATES_DIR);
  const rulebook = await loadRulebook(config.TEMPLATES_DIR, bundles);
  await ensureSigningKeys(base, rulebook.issuer);
  await artefacts.ready();
  for (const bundle of bundles) {
    await publishTemplate(db, {
      ...bundleToRow(bundle),
      id: bundle.id,
      assets: bundleAssets(bundle),
    });
  }
  await publishRules(db, rulebook);
  const printer = createPrinter({
    templates: bundles,
    bundleByHash: (hash) => bundleOf(db, bundles, hash),
    threads: config.RENDER_THREADS,
    signingKeysDir: config.SIGNING_KEYS_DIR,
    drawing,
    unmailable: MAIL_INSTRUCTIONS,
  });
  const publicUrl = need(config.PUBLIC_URL, 'PUBLIC_URL').replace(/\/+$/, '');
  const unprintable = bundles.flatMap(({ id }) => {
    const fault = printer.checkText(id, shortAddress(`${publicUrl}/c/code`), 'address');
    return fault === null ? [] : [`PUBLIC_URL: every diploma prints it: ${fault}`];
  });
  if (unprintable.length > 0) {
    await printer.close();
    throw new InputError([...new Set(unprintable)]);
  }
  const provider = mailProvider(config);
  const { timeoutSeconds, pollSeconds, settleSeconds, concurrency } = provider.pace;
  const lms = await openLms(config, db, clock, base);
  const mail = await provider.open(db, clock, base);
  const enqueue = enqueueWith(jobs);
  const forImports = {
    ...{ db, enqueue, clock, newId, lms, criteria: rulebook.criteria },
    templates: () => rulebook.templates.keys(),
    mailInstructions: MAIL_INSTRUCTIONS,
  };
  const forBulk = {
    ...{ db, enqueue, clock, log, newId, lms, rulebook, criteria: rulebook.criteria },
    templates: () => bundles.map(({ id }) => id),
    mailInstructions: mail.instructions,
  };
  // Acts of coordinators are loaded when there is one: express and the schemas of the API come with them.
  return {
    db,
    enqueue,
    clock,
    log,
    newId,
    artefacts,
    rulebook,
    printer,
    lms,
    applyImport: async (id) => (await import('../coordinate/apply-import.ts')).applyImport(forImports, id),
    mail,
    normaliseEmail: comparableEmail,
    newCode: () => makeCode(randomInt),
    random: randomBytes,
    randomBelow: randomInt,
    keysInUse: (trx) => selectKeysInUse(trx, rulebook.issuer, clock.now()),
    publicUrl,
    lookupUrl: (code) => `${publicUrl}/c/${code}`,
    timeoutSeconds,
    pollSeconds,
    settleSeconds,
    mostUnknown: mostUnknown(concurrency),
    retention: {
      events: config.RETENTION_EVENTS_DAYS,
      importRows: config.RETENTION_IMPORT_ROWS_DAYS,
      // 0: until it is erased
      dryRuns: config.RETENTION_DRY_RUNS_DAYS || null,
      unawarded: config.RETENTION_UNAWARDED_DAYS || null,
    },
    runBulk: async (job) => (await import('../coordinate/bulk/run-bulk.ts')).makeRunBulk(forBulk)(job),
    close: () => printer.close(),
  };
}

async function bundleOf(db: Db, loaded: TemplateBundle[], hash: string): Promise<TemplateBundle | null> {
  return loaded.find((bundle) => bundle.hash === hash) ?? (await storedBundle(db, hash));
}
