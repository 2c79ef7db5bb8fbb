import { z } from 'zod';
import { BATCH_CLASS_NAMES } from '../domain/batch-class.ts';
import { forecastLastLetter, lastLetterInWords } from '../domain/time/last-letter.ts';
import type { CountriesFile } from '../domain/time/send-window.ts';
import {
  countClasses,
  countWaitingLetters,
  selectLettersByZone,
  selectMoves,
  selectRunBefore,
  selectSamples,
} from '../records/batches/batch-classes.ts';
import type { Batch } from '../records/batches/batches.ts';
import type { Db } from '../records/rows.ts';
import { Instant, SAMPLE } from './shared-schemas.ts';

export const ClassName = z.enum(BATCH_CLASS_NAMES).meta({
  id: 'BatchClass',
  description:
    'What a batch found out about a student group: `new` gets a certificate; `already-issued` has one in this release; `written-again` has one, got a letter and gets a further letter; `held` waits for a person; `not-met` does not meet the criteria; `excluded` is left out.',
});
export const Cause = z
  .string()
  .nullable()
  .describe('A reason code; of `not-met` the first unmet criterion; of issued ones the state of the certificate.');
export const PlaceAnswer = z.object({ class: ClassName, cause: Cause });

const LastLetterAnswer = z.object({
  at: Instant,
  country: z.string(),
  zone: z.string().describe('IANA zone of its recipient.'),
  words: z.object({ en: z.string(), ru: z.string() }).describe("The same in words, on the recipient's clock."),
});

const SampleAnswer = z.object({
  kind: z.enum(['longest-name', 'rare-script']),
  studentGroupId: z.string(),
  script: z.string().describe('Script of the name.'),
  nameLength: z.int().describe('Characters of the name.'),
  count: z.int().describe('Names in this script.'),
});

/** The report of a dry run. */
export const ForecastView = z
  .object({
    batchId: z.uuid().describe('The dry run.'),
    releaseId: z.string().nullable(),
    total: z.int().describe('All student groups of the batch: the sum of all classes.'),
    pending: z.int().describe('Those that are not judged yet; the report is complete when there are none.'),
    classes: z
      .array(
        z.object({
          class: ClassName,
          count: z.int(),
          causes: z
            .array(z.object({ cause: Cause, count: z.int(), items: z.string() }))
            .describe('The class by cause; they add up to its count.'),
          items: z.string().describe('Address of the list of its student groups.'),
        }),
      )
      .describe('Every class, also the empty ones. Each student group is in exactly one.'),
    difference: z
      .object({
        since: z
          .object({
            batchId: z.uuid().describe('The earlier batch.'),
            dryRun: z.boolean().describe('Whether that was a dry run.'),
            createdAt: Instant,
          })
          .describe('What it is compared with.'),
        count: z.int().describe('Student groups that moved.'),
        moves: z
          .array(
            z.object({
              from: PlaceAnswer.nullable().describe('Null: it was not in the earlier batch.'),
              to: PlaceAnswer.nullable().describe('Null: it is not in this batch.'),
              count: z.int(),
              studentGroupIds: z.array(z.string()).describe('The first 20; `…/changes` lists all.'),
            }),
          )
          .describe('From which class to which, most first.'),
      })
      .nullable()
      .describe('What changed since the last batch over the same release, a dry run or not; null: there is none.'),
    letters: z
      .object({
        count: z.int().describe('Letters that a real batch would open.'),
        waiting: z.int().describe('Letters of all batches that wait now; they are counted as if they left before.'),
        never: z.int().describe('Letters for which countries.yaml leaves no permitted time.'),
        last: LastLetterAnswer.nullable().describe('When the last one leaves at the latest; null: none leaves.'),
      })
      .describe('By the send windows and the limits of the mail provider.'),
    samples: z.array(SampleAnswer).describe('Diplomas worth a look before the real batch.'),
  })
  .meta({ id: 'Forecast', description: 'What a real batch would do, by the judgement of a dry run.' });
export type ForecastView = z.infer<typeof ForecastView>;

/** Maximum number of ids named for one move. */
const NAMED = 20;
const RARE_SCRIPTS = 3;

export interface ForecastContext {
  countries: CountriesFile;
  /** Letters that all workers together send in a second. */
  lettersPerSecond: number;
}

/** The report of a dry run, from what it stored about each student group. */
export async function viewForecast(
  db: Db,
  { id, releaseId }: Pick<Batch, 'id' | 'releaseId'>,
  ctx: ForecastContext,
  now: Date,
): Promise<ForecastView> {
  const counts = await countClasses(db, id);
  const sum = (rows: readonly { count: number }[]) => rows.reduce((total, { count }) => total + count, 0);
  const address = (query: Record<string, string>) => `/api/batches/${id}/items?${new URLSearchParams(query)}`;
  return {
    batchId: id,
    releaseId,
    total: sum(counts),
    pending: sum(counts.filter((row) => row.class === null)),
    classes: BATCH_CLASS_NAMES.map((name) => {
      const rows = counts.filter((row) => row.class === name).sort((a, b) => b.count - a.count);
      const causes = rows.map(({ cause, count }) => ({
        cause,
        count,
        items: address({ class: name, ...(cause === null ? {} : { cause }) }),
      }));
      return { class: name, count: sum(rows), causes, items: address({ class: name }) };
    }),
    difference: await viewDifference(db, id),
    letters: await viewLetters(db, id, ctx, now),
    samples: await viewSamples(db, id),
  };
}

async function viewDifference(db: Db, id: string): Promise<ForecastView['difference']> {
  const before = await selectRunBefore(db, id);
  if (before === null) return null;
  const moves = await selectMoves(db, id, before, NAMED);
  return {
    since: { batchId: before.id, dryRun: before.dryRun, createdAt: before.createdAt.toISOString() },
    count: moves.reduce((total, { count }) => total + count, 0),
    moves: moves.map(({ ids, ...move }) => ({ ...move, studentGroupIds: ids })),
  };
}

async function viewLetters(db: Db, id: string, ctx: ForecastContext, now: Date): Promise<ForecastView['letters']> {
  const letters = await selectLettersByZone(db, id);
  const waiting = await countWaitingLetters(db);
  const { countries: policies, lettersPerSecond: perSecond } = ctx;
  const { last, never } = forecastLastLetter({ policies, letters, ahead: waiting, perSecond, now });
  return {
    count: letters.reduce((total, { count }) => total + count, 0),
    waiting,
    never,
    last: last && { ...last, at: last.at.toISOString(), words: lastLetterInWords(last, now) },
  };
}

async function viewSamples(db: Db, id: string): Promise<ForecastView['samples']> {
  const { longest, rarest } = await selectSamples(db, id, RARE_SCRIPTS);
  return [
    ...(longest === null ? [] : [{ kind: 'longest-name' as const, ...longest }]),
    ...rarest.map((one) => ({ kind: 'rare-script' as const, ...one })),
  ];
}

export const FORECAST_EXAMPLE: ForecastView = {
  batchId: SAMPLE.batch,
  releaseId: SAMPLE.release,
  total: 712,
  pending: 0,
  classes: BATCH_CLASS_NAMES.map((name) => ({
    class: name,
    count: name === 'new' ? 645 : name === 'not-met' ? 67 : 0,
    causes:
      name === 'not-met'
        ? [
            {
              cause: 'progress.score',
              count: 67,
              items: `/api/batches/${SAMPLE.batch}/items?class=not-met&cause=progress.score`,
            },
          ]
        : [],
    items: `/api/batches/${SAMPLE.batch}/items?class=${name}`,
  })),
  difference: {
    since: { batchId: SAMPLE.batch, dryRun: true, createdAt: '2026-11-19T09:00:00.000Z' },
    count: 1,
    moves: [
      {
        from: { class: 'held', cause: 'country-unknown' },
        to: { class: 'new', cause: null },
        count: 1,
        studentGroupIds: [SAMPLE.studentGroup],
      },
    ],
  },
  letters: {
    count: 645,
    waiting: 0,
    never: 0,
    last: {
      at: '2026-11-23T02:02:09.000Z',
      country: 'MN',
      zone: 'Asia/Ulaanbaatar',
      words: { en: 'until Mon 10:03, Ulaanbaatar', ru: 'до пн 10:03, Улан-Батор' },
    },
  },
  samples: [
    { kind: 'longest-name', studentGroupId: SAMPLE.studentGroup, script: 'Cyrillic', nameLength: 41, count: 640 },
  ],
};
