import type { Request, RequestHandler, Response } from 'express';
import { z } from 'zod';
import { buildAchievement, buildProfile } from '../credential/build-credential.ts';
import { achievementAddress, narrativeOf } from '../credential/freeze.ts';
import { didWeb } from '../domain/certificate/did-web.ts';
import { type Issuer, printedIn } from '../domain/rulebook.ts';
import { either, NOT_MODIFIED, problemAnswer } from '../platform/http/answers.ts';
import { pathParam, type Route } from '../platform/http/declare-route.ts';
import { Problem } from '../platform/http/problem.ts';
import { wasAwardedIn } from '../records/certificates/achievements.ts';
import type { Db } from '../records/rows.ts';
import { selectRelease } from '../records/student-groups/student-groups.ts';
import { achievementPage, type Course } from './achievement-page.ts';
import { pageFor, sendPage, wantsHtml } from './answer.ts';
import { COMMON, htmlPage, PageQuery } from './lookup-answers.ts';
import { FORM_POLICY } from './page-policy.ts';
import type { School } from './school.ts';

interface AchievementContext {
  db: Db;
  publicUrl: string;
  issuer: Pick<Issuer, 'name' | 'url' | 'address' | 'logo'>;
  school: School;
}

const AchievementParams = z.object({
  programme: z.string().describe('Id of the programme.').meta({ example: 'cis-teachers' }),
  release: z.string().describe('Id of the release.').meta({ example: 'rel_2026a' }),
  language: z.string().describe('Language of the diplomas, BCP 47.').meta({ example: 'kk' }),
});
const Achievement = z
  .looseObject({ '@context': z.array(z.string()), id: z.string(), type: z.array(z.string()), name: z.string() })
  .meta({ id: 'Achievement', description: 'An achievement in the format of Open Badges 3.0, with its issuer.' });
/** A longer path does not exist. */
const LONGEST = 200;

/**
 * What the certificates of a course prove: JSON-LD for machines, and an HTML page if the `Accept` header prefers it.
 */
export function achievementRoute(
  ctx: AchievementContext,
  sendLinkedData: (req: Request, res: Response, body: object) => void,
): Route {
  const send: RequestHandler = async (req, res) => {
    const [programmeId, releaseId, language] = ['programme', 'release', 'language'].map((part) => pathParam(req, part));
    const course = await findCourse(ctx, programmeId ?? '', releaseId ?? '', language ?? '');
    if (course === null) throw new Problem(404, 'There is no such achievement.');
    if (wantsHtml(req, 'json')) {
      res.set('Content-Security-Policy', FORM_POLICY);
      res.vary('Accept-Language');
      sendPage(res, 200, achievementPage(course, pageFor(req, ctx.school, course.language)));
      return;
    }
    const { name, ...rest } = ctx.issuer;
    const creator = buildProfile({ ...rest, id: didWeb(ctx.publicUrl), name: printedIn(name, course.language) });
    const id = achievementAddress(ctx.publicUrl, programmeId ?? '', releaseId ?? '', course.language);
    const achievement = buildAchievement({ id, name: course.courseTitle, narrative: narrativeOf(course) });
    sendLinkedData(req, res, { ...achievement, creator });
  };
  return {
    method: 'GET',
    path: '/achievements/:programme/:release/:language',
    name: 'getAchievement',
    tag: 'Credentials',
    summary: 'Show what the certificates of a course prove',
    description: 'JSON-LD for machines; an HTML page if the `Accept` header prefers it.',
    access: 'anyone',
    params: AchievementParams,
    query: PageQuery,
    answers: {
      200: either(
        'The achievement.',
        htmlPage(''),
        { description: '', content: { 'application/ld+json': { schema: Achievement } } },
        { description: '', content: { 'application/json': { schema: Achievement } } },
      ),
      304: NOT_MODIFIED,
      404: problemAnswer(404, 'There is no certificate for this achievement.', 'There is no such achievement.'),
      ...COMMON,
    },
    handlers: [send],
  };
}

async function findCourse(
  { db, issuer }: AchievementContext,
  programmeId: string,
  releaseId: string,
  language: string,
): Promise<Course | null> {
  const parts = [programmeId, releaseId, language];
  if (parts.some((part) => part.length > LONGEST || /\p{Cc}|\p{Cs}/u.test(part))) return null;
  const release = (await selectRelease(db, releaseId))?.release;
  if (!release || !(await wasAwardedIn(db, { programmeId, releaseId, language }))) return null;
  return {
    courseTitle: printedIn(release.courseTitle, language),
    hoursTotal: release.hoursTotal,
    programme: release.program.map(({ title, hours }) => ({ title: printedIn(title, language), hours })),
    issuer: { name: printedIn(issuer.name, language), url: issuer.url },
    language,
  };
}
