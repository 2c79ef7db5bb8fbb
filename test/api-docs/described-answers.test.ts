import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { committedDescription, type SeenAnswer } from '../support/api-description.ts';

const api = committedDescription();
const ALIVE: SeenAnswer = {
  method: 'GET',
  target: '/healthz?x=1',
  status: 200,
  headers: { 'x-request-id': '1', 'content-type': 'application/json; charset=utf-8' },
  body: Buffer.from('{"status":"alive"}'),
  whole: true,
};
const PROBLEM = Buffer.from('{"type":"about:blank","title":"x","status":404,"detail":"x"}');
const faultOf = (changes: Partial<SeenAnswer>) => api.faultOf({ ...ALIVE, ...changes });
const headers = (more: SeenAnswer['headers']) => ({ ...ALIVE.headers, ...more });

describe('the check that HTTP responses match openapi.json', () => {
  it('accepts every described response, also to HEAD and OPTIONS', () => {
    assert.equal(faultOf({}), null);
    assert.equal(faultOf({ method: 'HEAD', body: Buffer.alloc(0) }), null);
    assert.equal(faultOf({ method: 'OPTIONS', status: 204, body: Buffer.alloc(0) }), null);
  });

  const refused: [string, Partial<SeenAnswer>, RegExp][] = [
    ['an undescribed route', { target: '/none' }, /route is not described/],
    ['an undescribed method', { method: 'POST' }, /method is not described/],
    ['an undescribed status', { status: 500 }, /status is not described/],
    ['an undescribed media type', { headers: headers({ 'content-type': 'text/html' }) }, /media type "text\/html"/],
    ['an undescribed field', { body: Buffer.from('{"status":"alive","more":1}') }, /additional properties/],
    ['a missing field', { body: Buffer.from('{}') }, /required property/],
    ['a field of another type', { body: Buffer.from('{"status":true}') }, /constant/],
    ['an answer without X-Request-Id', { headers: { 'content-type': 'application/json' } }, /X-Request-Id/],
    [
      'an error without a header that belongs to it',
      { method: 'PUT', status: 405, headers: headers({ 'content-type': 'application/problem+json' }), body: PROBLEM },
      /no Allow/,
    ],
    ['an error that is no problem document', { target: '/none', status: 404 }, /media type "application\/json"/],
    [
      'a body where none is described',
      { method: 'POST', target: '/webhooks/lms', status: 202 },
      /no body is described/,
    ],
  ];
  for (const [what, changes, message] of refused)
    it(`refuses ${what}`, () => assert.match(faultOf(changes) ?? '', message));
});
