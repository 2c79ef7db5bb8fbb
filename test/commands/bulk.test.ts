import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { runBulkList, runBulkShow, runBulkStart, runBulkVerb } from '../../src/commands/bulk.ts';
import { NEEDED, readConfig } from '../../src/config.ts';
import { award, seedRelease } from '../support/award.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { told } from './command-line.ts';

describe('gramota bulk', () => {
  let database: TestDatabase;
  before(async () => {
    database = await testDatabase();
    await seedRelease(database.knex);
  });
  after(() => database.drop());

  it('starts an act on many, shows its rows, cancels it, and lists it; a wrong count prints one line', async () => {
    const config = readConfig({ DATABASE_URL: database.url }, NEEDED.database);
    const { number } = await award(database.knex, 'sg_1');
    await award(database.knex, 'sg_2');
    const asked = { id: [number, 'sg_2'], reason: 'fictional' };
    const wrong = await told((say) => runBulkStart(config, 'revoke', { ...asked, expect: 3 }, say));
    assert.deepEqual([wrong.code, wrong.err.length], [1, 1]);
    assert.match(wrong.err[0] ?? '', /has 2 rows, not 3/);
    const faulty = await told((say) => runBulkStart(config, 'override', asked, say));
    assert.deepEqual(faulty.err, ['--set: needed for the verb override']);

    const started = await told((say) => runBulkStart(config, 'revoke', { ...asked, json: true }, say));
    const { id, state, counts } = JSON.parse(started.out.join('\n'));
    assert.deepEqual([state, counts.total, counts.pending], ['running', 2, 2]);
    const shown = await told((say) => runBulkShow(config, id, { limit: 1, after: 0 }, say, 'en'));
    assert.match(shown.out.join('\n'), new RegExp(`1 +pending +${number} +Test Person`));
    assert.match(shown.out.at(-1) ?? '', /--after 1$/);
    const cancelled = await told((say) => runBulkVerb(config, 'cancel', id, { json: true }, say));
    assert.equal(JSON.parse(cancelled.out.join('\n')).state, 'cancelled');
    const late = await told((say) => runBulkVerb(config, 'pause', id, {}, say));
    assert.match(late.err.join(), /is cancelled; pause needs .* bulk\.cancel by command line/);
    const list = await told((say) => runBulkList(config, {}, say));
    assert.match(list.out.join('\n'), new RegExp(`^${id}.* revoke +cancelled +2  command line`));
  });
});
