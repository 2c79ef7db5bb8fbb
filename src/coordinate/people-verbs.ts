import { z } from 'zod';
import { comparableEmail } from '../domain/letter/email-address.ts';
import { message } from '../domain/messages/message.ts';
import { ROLES } from '../domain/role.ts';
import { Problem } from '../platform/http/problem.ts';
import { endInvitation, upsertPerson } from '../records/console-people.ts';
import { recordAct } from '../records/tokens.ts';
import type { TokenContext } from './token-verbs.ts';

type PeopleContext = Omit<TokenContext, 'random'>;

const Invited = z.object({ email: z.email().max(254), role: z.enum(ROLES) });

/**
 * Lets a person sign in to the console by OpenID Connect with this verified e-mail address. A second invitation of the
 * same address changes its role, also in sessions that are open.
 * @throws Problem 400 for an address or a role that is none
 */
export async function invitePerson(ctx: PeopleContext, wanted: { email: string; role: string }): Promise<void> {
  const parsed = Invited.safeParse(wanted);
  const email = parsed.success ? comparableEmail(parsed.data.email) : null;
  if (!parsed.success || email === null)
    throw new Problem(400, message('console.invitation', { roles: ROLES.join(', ') }));
  const at = ctx.clock.now();
  const { role } = parsed.data;
  await ctx.db.transaction(async (trx) => {
    const id = await upsertPerson(trx, { id: ctx.newId(), email, role, invitedBy: ctx.actor }, at);
    const act = { id: ctx.newId(), actor: ctx.actor, verb: 'person.invite', subject: id, reason: null };
    await recordAct(trx, { ...act, detail: { role } }, at);
  });
}

/**
 * Ends an invitation, and at once the sessions of that person.
 * @throws Problem 409 when it is not in force
 */
export async function withdrawInvitation(ctx: PeopleContext, id: string): Promise<void> {
  const at = ctx.clock.now();
  const isId = z.uuid().safeParse(id).success;
  await ctx.db.transaction(async (trx) => {
    if (!isId || !(await endInvitation(trx, id, at))) throw new Problem(409, message('console.not-invited'));
    const act = { id: ctx.newId(), actor: ctx.actor, verb: 'person.end', subject: id, reason: null };
    await recordAct(trx, { ...act, detail: {} }, at);
  });
}
