import type { Rulebook } from '../../domain/rulebook.ts';
import { releaseWarnings } from '../../domain/student-group/release-warnings.ts';
import type { Lms } from '../../ports/lms.ts';
import { endFlagsOfReturned } from '../../records/student-groups/flags.ts';
import { recordPull, recordRelease, recordReleaseFault } from '../../records/student-groups/student-groups.ts';
import type { StageContext } from '../context.ts';
import { noteGone } from './gone.ts';

export interface IngestContext extends StageContext {
  lms: Lms;
  normaliseEmail: (raw: string) => string | null;
  rulebook: Pick<Rulebook, 'criteria'>;
}

/** Pulls one student group and its release; false when the LMS has no such student group. */
export async function pullOne(ctx: IngestContext, id: string): Promise<boolean> {
  const releaseId = await pullGroup(ctx, id);
  if (releaseId !== null) await pullRelease(ctx, releaseId);
  return releaseId !== null;
}

/** Pulls one student group; returns its release's id, or null when the LMS has no such group or an invalid one. */
export async function pullGroup(ctx: IngestContext, id: string): Promise<string | null> {
  const at = ctx.clock.now();
  const pulled = await ctx.lms.pullOne(id);
  if (pulled === null) {
    await ctx.db.transaction((trx) => noteGone(ctx, trx, id, at));
    return null;
  }
  await recordPull(ctx.db, pulled, at, ctx.normaliseEmail, { id });
  if (!pulled.ok) {
    ctx.log.warn(
      { event: 'student-group-unusable', studentGroupId: id, detail: pulled.detail },
      'the response of the LMS cannot be used',
    );
    return null;
  }
  await endFlagsOfReturned(ctx.db, [id], ctx.clock.now());
  return pulled.studentGroup.group.releaseId;
}

/** Pulls a release's parameters; returns null, or why they are unusable (also logged). */
export async function pullRelease(ctx: IngestContext, releaseId: string): Promise<string | null> {
  const answer = await ctx.lms.pullRelease(releaseId);
  if (answer === null || !answer.ok) {
    const detail = answer === null ? 'unknown to the LMS' : answer.detail;
    await recordReleaseFault(ctx.db, releaseId, detail, ctx.clock.now());
    ctx.log.warn({ event: 'release-unusable', releaseId, detail }, 'the release cannot be used');
    return detail;
  }
  const { release } = answer;
  const isNew = await ctx.db.transaction((trx) => recordRelease(trx, release, ctx.clock.now()));
  if (isNew)
    for (const { code, detail } of releaseWarnings(release))
      ctx.log.warn({ releaseId, code, detail }, 'this release has texts that a person should check');
  return null;
}
