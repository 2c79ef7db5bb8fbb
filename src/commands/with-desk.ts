import { loadRulebook } from '../adapters/templates-dir/load-rulebook.ts';
import { need, openLms } from '../compose/open-base.ts';
import { MAIL_INSTRUCTIONS } from '../compose/open-mail.ts';
import type { Config } from '../config.ts';
import type { BatchContext } from '../coordinate/create-batch.ts';
import type { OverrideContext } from '../coordinate/override-student-group.ts';
import type { ReissueRouteContext } from '../coordinate/reissue-routes.ts';
import { createPrinter } from '../diploma/create-printer.ts';
import { createPreviews } from '../diploma/preview/create-previews.ts';
import { loadTemplates } from '../diploma/template/load-templates.ts';
import { InputError } from '../domain/failure.ts';
import { Problem } from '../platform/http/problem.ts';
import { withQueue } from './batch.ts';
import { withDatabase } from './with-database.ts';

/** What acts on one student group or certificate need, without a server. */
export type Desk = BatchContext & OverrideContext & ReissueRouteContext;

async function openDesk(config: Config, ctx: BatchContext): Promise<Desk & { close: () => Promise<void> }> {
  const templates = await loadTemplates(config.TEMPLATES_DIR);
  const rulebook = await loadRulebook(config.TEMPLATES_DIR, templates);
  const previews = createPreviews(templates);
  // It only measures; its threads, which draw, never start.
  const printer = createPrinter({
    templates,
    bundleByHash: async () => null,
    threads: 1,
    unmailable: MAIL_INSTRUCTIONS,
  });
  return {
    ...ctx,
    lms: await openLms(config, ctx.db),
    rulebook,
    criteria: rulebook.criteria,
    templates: () => templates.map(({ id }) => id),
    mailInstructions: MAIL_INSTRUCTIONS,
    printer,
    previews,
    publicUrl: need(config.PUBLIC_URL, 'PUBLIC_URL'),
    close: async () => {
      await Promise.all([previews.close(), printer.close()]);
    },
  };
}

/** Gives a short command the database, the queue, LMS, rules and templates; refusals of the API become lines. */
export async function withDesk(config: Config, run: (desk: Desk) => Promise<void>): Promise<void> {
  await withDatabase(config, (db) =>
    withQueue(config, db, async (ctx) => {
      const desk = await openDesk(config, ctx);
      try {
        await inLines(() => run(desk));
      } finally {
        await desk.close();
      }
    }),
  );
}

/**
 * What HTTP answers as a problem is one line for each fault here.
 * @throws InputError
 */
export async function inLines<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    throw new InputError(
      error.errors?.map(({ pointer, detail }) => faultOf(pointer.split('/')[1], detail)) ?? error.message,
    );
  }
}

/** A fault of a request, with the option that the field comes from: `issueDate` → `--issue-date`. */
export function faultOf(field: PropertyKey | undefined, detail: string): string {
  if (field === undefined || field === '') return detail;
  const option = OPTIONS[String(field)] ?? String(field);
  return `--${option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}: ${detail}`;
}

const OPTIONS: Record<string, string> = { certTemplate: 'template', excluded: 'exclude' };
