import { z } from 'zod';
import { jsonRoute } from '../platform/http/api-route.ts';
import type { Route } from '../platform/http/declare-route.ts';
import { cursorOf, Limit, pageOf, plainText, toPage } from '../platform/http/validate.ts';
import type { Db } from '../records/rows.ts';
import { selectReleasePage } from '../records/student-groups/release-counts.ts';
import { SAMPLE } from './shared-schemas.ts';

const ReleaseItem = z
  .object({
    id: z.string(),
    title: z.string().nullable().describe('For people; null where the LMS has none.'),
    closed: z.boolean().describe('As the LMS has it.'),
    counts: z
      .object({ total: z.int().describe('Student groups that are in it now.') })
      .catchall(z.int())
      .describe('Student groups by state. States without any are left out.'),
    lastBatchId: z.uuid().nullable().describe('The newest batch over this release, dry runs included.'),
  })
  .meta({ id: 'ListedRelease', description: 'A release in a list.' });
export type ReleaseItem = z.infer<typeof ReleaseItem>;

export const ReleaseList = z.strictObject({ limit: Limit, cursor: cursorOf(plainText(200)) });

/** One page of releases, for HTTP, the command line and pages alike. */
export async function listReleases(
  db: Db,
  { limit, cursor }: z.output<typeof ReleaseList>,
): Promise<{ items: ReleaseItem[]; nextCursor: string | null }> {
  const rows = await selectReleasePage(db, { after: cursor, limit: limit + 1 });
  return toPage(
    rows,
    limit,
    ({ id }) => id,
    ({ counts, ...release }) => {
      const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
      return { ...release, counts: { total, ...counts } };
    },
  );
}

/** The list of releases. */
export function releaseListRoutes({ db }: { db: Db }): Route[] {
  return [
    jsonRoute({
      method: 'GET',
      path: '/api/releases',
      name: 'listReleases',
      tag: 'Releases',
      summary: 'List releases',
      description: 'Those that Gramota has read from the LMS, greatest id first.',
      role: 'viewer',
      query: ReleaseList,
      answer: {
        description: 'One page of releases.',
        schema: pageOf(ReleaseItem),
        example: {
          items: [
            {
              id: SAMPLE.release,
              title: 'Autumn 2026',
              closed: true,
              counts: { total: 712, 'not-met': 58, held: 9, waiting: 402, sent: 243 },
              lastBatchId: SAMPLE.batch,
            },
          ],
          nextCursor: null,
        },
      },
      handle: ({ query }) => listReleases(db, query),
    }),
  ];
}
