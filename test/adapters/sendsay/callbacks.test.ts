import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseCallbacks } from '../../../src/adapters/sendsay/callbacks.ts';

const parse = (text: string) => parseCallbacks(Buffer.from(text));
const first = { event: 'track', 'track.id': 501, 'track.info': 'issue-1' };
const second = { event: 'deliv', data: { 'customer.id': 'cert-2', note: 'a "quoted" } brace \\' } };
const hints = { events: 2, trackIds: ['501'], personalIssueIds: ['issue-1'], certificateIds: ['cert-2'] };

describe('Sendsay callbacks', () => {
  for (const [name, text] of [
    ['a list of events', JSON.stringify({ events: [first, second] })],
    ['objects with nothing between them', JSON.stringify(first) + JSON.stringify(second)],
    ['objects one a line', `${JSON.stringify(first)}\n${JSON.stringify(second)}\n`],
    ['objects with commas', `${JSON.stringify(first)} , ${JSON.stringify(second)}`],
    ['a bare list', JSON.stringify([first, second])],
    ['indented objects', `\uFEFF${JSON.stringify(first, null, 2)}\r\n${JSON.stringify(second, null, 2)}`],
    ['bundles one after another', JSON.stringify({ events: [first] }) + JSON.stringify({ events: [second] })],
  ] as const) {
    it(`are parsed as ${name}`, () => assert.deepEqual(parse(text), { ok: true, ...hints }));
  }

  it('give each letter id only once', () => {
    const result = parse(JSON.stringify({ events: [first, first, { track_id: '501' }] }));
    assert.ok(result.ok);
    assert.deepEqual([result.events, result.trackIds], [3, ['501']]);
  });

  it('may contain nothing useful, and are then ignored', () => {
    assert.deepEqual(parse('{"events":[]}'), {
      ok: true,
      events: 0,
      trackIds: [],
      personalIssueIds: [],
      certificateIds: [],
    });
    assert.ok(parse('{"events":[null,7,"x"]}').ok);
  });

  it('lose ids that PostgreSQL cannot store', () => {
    const result = parse(
      JSON.stringify({ 'track.info': 'a\u0000b', 'customer.id': 'x'.repeat(256), 'track.id': { a: 1 } }),
    );
    assert.deepEqual(result, { ok: true, events: 1, trackIds: [], personalIssueIds: [], certificateIds: [] });
  });

  it('in any other form are refused', () => {
    for (const bad of ['', ' ', 'x', '7', '"a"', 'null', '{', '{}}', '{"a":', '{} x', '{"a":1}]', '[1', '{a:1}']) {
      assert.equal(parse(bad).ok, false, bad);
    }
  });

  it('have a limited size, number of entries and depth', () => {
    assert.equal(parse(`{"a":"${'x'.repeat(5_000_000)}"}`).ok, false);
    assert.equal(parse('{}'.repeat(10_001)).ok, false);
    assert.equal(parse(`{"events":[${'{},'.repeat(10_001)}{}]}`).ok, false);
    const nested = (depth: number) => parse(`{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`).ok;
    assert.equal(nested(99), true);
    assert.equal(nested(100), false);
    assert.equal(nested(1_000_000), false);
  });

  it('never cause an exception, whatever their bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        assert.equal(typeof parseCallbacks(Buffer.from(bytes)).ok, 'boolean');
      }),
    );
  });

  it('can be parsed from any stream of JSON objects', () => {
    const gap = fc.constantFrom('', ' ', '\n', ',', '\r\n');
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.dictionary(fc.string(), fc.jsonValue()), gap), { minLength: 1 }), (list) => {
        const objects = list.filter(([object]) => !Array.isArray(object['events']));
        fc.pre(objects.length > 0);
        const result = parse(objects.map(([object, separator]) => JSON.stringify(object) + separator).join(''));
        assert.ok(result.ok);
        assert.equal(result.events, objects.length);
      }),
    );
  });
});
