import type { Express, Request, RequestHandler, Response } from 'express';
import { buildAchievement, buildProfile } from '../credential/build-credential.ts';
import { achievementAddress, narrativeOf } from '../credential/freeze.ts';
import { didWeb } from '../domain/certificate/did-web.ts';
import { type Issuer, printedIn } from '../domain/rulebook.ts';
import { declareRoute, pathParam } from '../platform/http/declare-route.ts';
import { Problem } from '../platform/http/problem.ts';
import { wasAwardedIn } from '../records/certificates/achievements.ts';
import type { Db } from '../records/rows.ts';
import { selectRelease } from '../records/student-groups/student-groups.ts';
import { achievementPage, type Course } from './achievement-page.ts';
import { pageFor, sendPage, wantsHtml } from './answer.ts';
import { FORM_POLICY } from './page-policy.ts';

interface AchievementContext {
  db: Db;
  publicUrl: string;
  issuer: Pick<Issuer, 'name' | 'url' | 'address' | 'logo'>;
}

const PATTERN = '/achievements/:programme/:release/:language';
/** Maximum length of a part of the address; longer ones do not exist. */
const LONGEST = 200;

/** What a course's certificates attest: JSON-LD, or a page where `Accept` prefers HTML. */
export function declareAchievement(
  app: Express,
  ctx: AchievementContext,
  sendLinkedData: (req: Request, res: Response, body: object) => void,
): void {
  const send: RequestHandler = async (req, res) => {
    const [programmeId, releaseId, language] = ['programme', 'release', 'language'].map((part) => pathParam(req, part));
    const course = await findCourse(ctx, programmeId ?? '', releaseId ?? '', language ?? '');
    if (course === null) throw new Problem(404, 'There is no such achievement.');
    if (wantsHtml(req, 'json')) {
      res.set('Content-Security-Policy', FORM_POLICY);
      res.vary('Accept-Language');
      sendPage(res, 200, achievementPage(course, pageFor(req, course.language)));
      return;
    }
    const { name, ...rest } = ctx.issuer;
    const creator = buildProfile({ ...rest, id: didWeb(ctx.publicUrl), name: printedIn(name, course.language) });
    const id = achievementAddress(ctx.publicUrl, programmeId ?? '', releaseId ?? '', course.language);
    const achievement = buildAchievement({ id, name: course.courseTitle, narrative: narrativeOf(course) });
    sendLinkedData(req, res, { ...achievement, creator });
  };
  declareRoute(app, PATTERN, { GET: [send] });
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
