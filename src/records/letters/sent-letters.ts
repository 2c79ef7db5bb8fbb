import type { Db } from '../rows.ts';

/** A listing shows that a letter accepted with this tracker was sent. */
export interface SentLetter {
  id: string;
  trackId: string;
  letter: string;
  providerIssueId: string | null;
}

/**
 * Records accepted → sent for many letters in one statement, because one listing covers hundreds; it also ends their
 * `outcome-unknown` holds. Letters no longer accepted with that tracker stay unchanged. All or nothing.
 */
export async function recordSent(db: Db, letters: readonly SentLetter[], at: Date): Promise<void> {
  await db.raw(
    `with moved as (
       update personal_issue i
       set state = 'sent', letter = n.letter, provider_issue_id = n."providerIssueId", sent_at = :at, changed_at = :at,
         reason_code = null, reason_detail = null
       from json_to_recordset(:letters::json) as n (id uuid, "trackId" text, letter text, "providerIssueId" text)
       where i.id = n.id and i.state = 'accepted' and i.track_id = n."trackId"
       returning i.certificate_id, i.copy_of)
     update hold h set released_at = :at, released_by = 'track'
     from moved join certificate c on c.id = moved.certificate_id
     where moved.copy_of is null and h.student_group_id = c.student_group_id and h.certificate_id = c.id and h.code = 'outcome-unknown'
       and h.released_at is null`,
    { letters: JSON.stringify(letters), at },
  );
}
