import { randomUUID } from 'node:crypto';
import { loadRulebook } from '../adapters/templates-dir/load-rulebook.ts';
import type { Config } from '../config.ts';
import {
  type ApprovalContext,
  type ApprovalView,
  approveContents,
  findContents,
  listApprovals,
  withdrawApproval,
} from '../coordinate/approval-verbs.ts';
import { Why } from '../coordinate/shared-schemas.ts';
import { loadTemplates } from '../diploma/template/load-templates.ts';
import { shortHash } from '../domain/approval.ts';
import { InputError } from '../domain/failure.ts';
import { parseInput } from '../platform/http/validate.ts';
import { actor } from './actor.ts';
import { withQueue } from './batch.ts';
import { shownTime } from './shown-time.ts';
import { table } from './table.ts';
import { withDatabase } from './with-database.ts';
import { inLines } from './with-desk.ts';

type Say = (line: string) => void;
/** Digits of a hash that are enough to name contents. */
const LEAST_DIGITS = 12;

async function withApprovals(config: Config, run: (ctx: ApprovalContext) => Promise<void>): Promise<void> {
  const rulebook = await loadRulebook(config.TEMPLATES_DIR, await loadTemplates(config.TEMPLATES_DIR));
  await withDatabase(config, (db) =>
    withQueue(config, db, (ctx) => inLines(() => run({ ...ctx, newId: randomUUID, rulebook }))),
  );
}

/** `gramota approval list`. */
export async function runApprovalList(config: Config, say: Say): Promise<void> {
  await withApprovals(config, async (ctx) => {
    const { approvals } = ctx.rulebook.issuer;
    say(`issuer.yaml: approvals: ${approvals}`);
    const rows = (await listApprovals(ctx)).map((view) => [view.subject, shortHash(view.hash), approvedBy(view)]);
    for (const line of table(['contents', 'hash', 'approved by'], rows)) say(line);
  });
}

/** Who approved contents and when, for one line. */
export function approvedBy({ approvals, formerlyApproved }: Omit<ApprovalView, 'subject' | 'hash'>): string {
  if (approvals.length > 0) return approvals.map(({ by, at }) => `${by} ${shownTime(new Date(at))}`).join(', ');
  return formerlyApproved ? 'nobody; earlier contents are approved' : 'nobody';
}

/** `gramota approval give`: the hash is that of what the person looked at. */
export async function runApprovalGive(config: Config, subject: string, hash: string, say: Say): Promise<void> {
  await withApprovals(config, async (ctx) => {
    const view = await approveContents(ctx, { subject, hash: wholeHash(ctx, subject, hash) }, actor());
    say(`${view.subject} ${shortHash(view.hash)} approved by ${approvedBy(view)}`);
  });
}

/** `gramota approval withdraw`. */
export async function runApprovalWithdraw(
  config: Config,
  subject: string,
  options: { hash: string; reason: string },
  say: Say,
): Promise<void> {
  await withApprovals(config, async (ctx) => {
    const hash = wholeHash(ctx, subject, options.hash);
    const view = await withdrawApproval(ctx, { subject, hash, reason: parseInput(Why, options.reason) }, actor());
    say(`${view.subject} ${shortHash(hash)}: the approval is withdrawn`);
  });
}

/** Completes the first digits of the present hash; other digits stay as they are, and are refused later. */
function wholeHash(ctx: ApprovalContext, subject: string, given: string): string {
  if (!/^[0-9a-f]{12,64}$/.test(given))
    throw new InputError(
      `--hash: expected at least ${LEAST_DIGITS} digits of the hash, as "gramota approval list" prints`,
    );
  const { hash } = findContents(ctx, subject);
  return hash.startsWith(given) ? hash : given.padEnd(64, '0');
}
