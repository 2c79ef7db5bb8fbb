import { randomUUID } from 'node:crypto';
import type { Db } from '../../src/records/rows.ts';
import { hold } from '../../src/records/student-groups/holds.ts';
import { award, draw } from '../support/award.ts';

/** Creates a certificate and its student group, by default with a drawn diploma. */
export async function certificate(db: Db, drawn = true): Promise<{ id: string; group: string }> {
  const group = `sg_${randomUUID()}`;
  const { id } = await award(db, group);
  if (drawn) await draw(db, id);
  return { id, group };
}

/** Creates the first letter of a certificate in the given state; returns its id. */
export async function letter(db: Db, certificateId: string, state: string): Promise<string> {
  const id = randomUUID();
  const at = new Date(Date.now() - 60_000);
  await db('personal_issue').insert({
    ...{ id, certificate_id: certificateId, version: 1, purpose: 'first', state, recipient: 'old@example.org' },
    ...{ due_at: at, send_after: at, created_at: at, changed_at: at },
    ...(state === 'accepted' ? { track_id: id } : {}),
    ...(state === 'sent' || state === 'delivered' ? { letter: '7' } : {}),
    ...(state === 'refused' || state === 'bounced' ? { reason_code: 'recipient-blocked' } : {}),
  });
  return id;
}

/** Holds a certificate because the outcome of its letter is unknown. */
export const unknown = (db: Db, group: string, certificateId: string): Promise<void> =>
  hold(
    db,
    {
      ...{ id: randomUUID(), studentGroupId: group, certificateId, stage: 'track' },
      ...{ code: 'outcome-unknown', detail: 'no complete listing' },
    },
    new Date(),
  );
