import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { listTrackersBackTo } from '../../src/pipeline/track/listing.ts';
import { MailUnavailable, type Tracker, type TrackerPage } from '../../src/ports/mail.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';

describe('the list of Sendsay trackers', () => {
  let database: TestDatabase;
  before(async () => {
    database = await testDatabase();
  });
  after(() => database.drop());

  const now = Date.now();
  const trackers = (count: number): Tracker[] =>
    Array.from({ length: count }, (_, n) => ({
      trackId: String(count - n),
      personalIssueId: `issue-${count - n}`,
      outcome: { kind: 'sent', letter: '1', issueId: '1' },
      createdAt: new Date(now - n * 1000),
    }));
  const read = (
    list: (page: { first: number; skip: number }) => TrackerPage,
    oldest = new Date(0),
    wanted: string[] = [],
  ) => {
    const errors: unknown[] = [];
    const log = { debug() {}, info() {}, warn() {}, error: (fields: unknown) => errors.push(fields) };
    const mail = { listTrackers: async (page: { first: number; skip: number }) => list(page) } as never;
    const clock = { now: () => new Date(now), sleep: async () => undefined };
    const ctx = { db: database.knex, enqueue: async () => 0, clock, log, newId: randomUUID, mail };
    return listTrackersBackTo(ctx, oldest, wanted).then((listing) => ({ ...listing, errors }));
  };
  const paged =
    (all: Tracker[], cap: number, marksEnd = true) =>
    ({ first, skip }: { first: number; skip: number }): TrackerPage => {
      const rows = all.slice(skip, skip + Math.min(first, cap));
      return { trackers: rows, unreadable: 0, lastPage: marksEnd && skip + rows.length >= all.length };
    };

  it('is read to its last page, however short the pages are', async () => {
    for (const cap of [2, 20, 49, 50, 499, 500, 1000]) {
      const { byIssue, complete } = await read(paged(trackers(95), cap));
      assert.deepEqual([byIssue.size, complete], [95, true], `pages of ${cap}`);
    }
  });

  it('is read only back to the requested time', async () => {
    let pages = 0;
    const list = paged(trackers(5000), 500);
    const { complete, byIssue } = await read(
      (page) => {
        pages += 1;
        return list(page);
      },
      new Date(now - 600_000),
    );
    assert.equal(complete, true);
    assert.ok(pages <= 3 && byIssue.size >= 600, `${pages} pages, ${byIssue.size} trackers`);
  });

  it('is read until every requested tracker was found, and to its end when one is missing', async () => {
    const all = trackers(2000);
    const pagesFor = async (wanted: string[]) => {
      let pages = 0;
      const list = (page: { first: number; skip: number }) => {
        pages += 1;
        return paged(all, 500)(page);
      };
      const { complete } = await read(list, new Date(0), wanted);
      return { pages, complete };
    };
    assert.deepEqual(await pagesFor(['issue-1990', 'issue-1600']), { pages: 1, complete: true });
    assert.deepEqual(await pagesFor(['issue-1990', 'issue-1400']), { pages: 2, complete: true });
    assert.deepEqual(await pagesFor(['issue-1990', 'issue-none']), { pages: 5, complete: true });
  });

  it('is complete when a page has no new tracker, even without an end mark', async () => {
    const { byIssue, complete } = await read(paged(trackers(70), 20, false));
    assert.deepEqual([byIssue.size, complete], [70, true]);
  });

  it('is incomplete when pages do not overlap, a row is unreadable or a page fails; the rows that were read still count', async () => {
    const all = trackers(900);
    const gap = await read(({ first, skip }) => paged(all, 500)({ first, skip: skip === 0 ? 0 : skip + 200 }));
    assert.equal(gap.complete, false);
    const unreadable = await read((page) => ({ ...paged(all, 500)(page), unreadable: 1 }));
    assert.equal(unreadable.complete, false);
    const broken = await read((page) => {
      if (page.skip > 0) throw new MailUnavailable('cut');
      return paged(all, 500)(page);
    });
    assert.deepEqual([broken.complete, broken.byIssue.size], [false, 500]);
    assert.equal((await read(() => ({ trackers: [], unreadable: 0, lastPage: false }))).complete, false);
  });

  it('with two trackers for one letter gives the tracker that sent the letter, and an error is reported', async () => {
    const [first] = trackers(1);
    assert.ok(first);
    const outcome = { kind: 'refused', code: 'skipped', detail: 'no letter', recipient: true } as const;
    const skipped = { ...first, trackId: '9', outcome };
    const { byIssue, errors } = await read(() => ({ trackers: [skipped, first], unreadable: 0, lastPage: true }));
    assert.equal(byIssue.get('issue-1')?.outcome.kind, 'sent');
    assert.equal(errors.length, 1);
  });
});
