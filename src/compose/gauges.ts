import { loadIssuer } from '../adapters/templates-dir/load-rulebook.ts';
import type { Config } from '../config.ts';
import { zoneDataEdition } from '../domain/time/zone-data.ts';
import type { MeasuredGauge } from '../platform/measured-gauge.ts';
import type { Clock } from '../ports/clock.ts';
import { selectSendBrake } from '../records/letters/send-brake.ts';
import { countPullFaults } from '../records/lms/release-pulls.ts';
import { type JobAges, selectBuckets, selectJobAges, selectUnknownLetters } from '../records/open-work.ts';
import { countDeliveries } from '../records/outgoing-events.ts';
import type { Db } from '../records/rows.ts';
import { countDifferences } from '../records/student-groups/differences.ts';
import { selectSealDays } from '../signing-keys/seal-days.ts';

const DAY_MS = 86_400_000;

export interface MeasuresContext {
  db: Db;
  clock: Pick<Clock, 'now'>;
  config: Pick<Config, 'TEMPLATES_DIR'>;
  /** Names of all queues, so that a queue without jobs is shown as 0. */
  queues: readonly string[];
}

/**
 * Gauges that are read from the database: the same values from every process. All but the differences cost the same
 * however many student groups there are.
 */
export function measuresOf({ db, clock, config, queues }: MeasuresContext): MeasuredGauge[] {
  const one = (value: number) => [{ labels: {}, value }];
  const ofQueues = (value: (ages: JobAges) => number) => async () => {
    const found = new Map((await selectJobAges(db)).map((ages) => [ages.queue, value(ages)]));
    return queues.map((queue) => ({ labels: { queue }, value: found.get(queue) ?? 0 }));
  };
  return [
    {
      name: 'gramota_student_groups',
      help: 'Student groups by state',
      labels: ['state'],
      read: async () => {
        const sizes = new Map<string, number>();
        for (const { state, size } of await selectBuckets(db)) sizes.set(state, (sizes.get(state) ?? 0) + size);
        return [...sizes].map(([state, value]) => ({ labels: { state }, value }));
      },
    },
    {
      name: 'gramota_held',
      help: 'Student groups that are held, by reason',
      labels: ['reason'],
      read: async () =>
        (await selectBuckets(db))
          .filter(({ state }) => state === 'held')
          .map(({ reason, size }) => ({ labels: { reason }, value: size })),
    },
    {
      name: 'gramota_jobs_waiting',
      help: 'Jobs that are due or deferred, by queue',
      labels: ['queue'],
      read: ofQueues(({ waiting }) => waiting),
    },
    {
      name: 'gramota_jobs_retrying',
      help: 'Jobs that have failed and wait for another try, by queue',
      labels: ['queue'],
      read: ofQueues(({ retrying }) => retrying),
    },
    {
      name: 'gramota_jobs_oldest_seconds',
      help: 'For how long the oldest job that should have begun has been due or running, by queue',
      labels: ['queue'],
      read: ofQueues(({ oldestSeconds }) => oldestSeconds),
    },
    {
      name: 'gramota_lms_pull_faults',
      help: 'Student groups of other releases that the LMS listed, and releases that could not be read completely, in the newest pull of each release',
      labels: ['kind'],
      read: async () => Object.entries(await countPullFaults(db)).map(([kind, value]) => ({ labels: { kind }, value })),
    },
    {
      name: 'gramota_sending_stopped',
      help: '1 while no letter is sent, because several calls in a row had unknown outcomes',
      labels: [],
      read: async () => one((await selectSendBrake(db)).stopped === null ? 0 : 1),
    },
    {
      name: 'gramota_sends_unknown_in_a_row',
      help: 'Number of calls with an unknown outcome since the last call with a known outcome',
      labels: [],
      read: async () => one((await selectSendBrake(db)).unknownInRow),
    },
    {
      name: 'gramota_letters_unknown',
      help: 'Letters whose outcome is not known yet',
      labels: [],
      read: async () => one((await selectUnknownLetters(db)).count),
    },
    {
      name: 'gramota_letters_unknown_oldest_seconds',
      help: 'For how long the outcome of the oldest such letter has been unknown',
      labels: [],
      read: async () => one((await selectUnknownLetters(db)).oldest),
    },
    {
      name: 'gramota_differences',
      help: 'Differences between LMS, Gramota and mail provider in active releases, by kind',
      labels: ['kind'],
      keepSeconds: 600,
      read: async () => {
        const all = { releaseId: null, studentGroupIds: null, kinds: null };
        const counts = await countDifferences(db, all, clock.now());
        return counts.map(({ kind, count }) => ({ labels: { kind }, value: count }));
      },
    },
    {
      name: 'gramota_events',
      help: 'Events for other systems that wait for an attempt, and those that were given up, by state',
      labels: ['state'],
      read: async () => (await countDeliveries(db)).map(({ state, count }) => ({ labels: { state }, value: count })),
    },
    {
      name: 'gramota_seal_days_left',
      help: 'Whole days until the certificate of the seal ends; negative: it has ended',
      labels: [],
      keepSeconds: 600,
      read: async () => {
        const days = await selectSealDays(db, await loadIssuer(config.TEMPLATES_DIR), clock.now());
        return days === null ? [] : one(days);
      },
    },
    {
      name: 'gramota_zone_data_age_days',
      help: 'Age of the time zone data in days',
      labels: [],
      read: async () => {
        const { publishedOn } = zoneDataEdition();
        return publishedOn === null ? [] : one(Math.floor((clock.now().getTime() - Date.parse(publishedOn)) / DAY_MS));
      },
    },
  ];
}
