import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { after, before, beforeEach, describe, it } from 'node:test';
import { createMetrics } from '../../src/platform/metrics.ts';
import { beginStep, currentTraceparent, within } from '../../src/platform/trace.ts';
import { createTraceExport, traceToo } from '../../src/platform/trace-export.ts';

interface Posted {
  authorization: string | undefined;
  path: string | undefined;
  body: { resourceSpans: { resource: object; scopeSpans: { spans: Record<string, unknown>[] }[] }[] };
}

const NOW = new Date('2026-11-29T10:00:00.250Z');

describe('traces for a receiver of OpenTelemetry', () => {
  let receiver: Server;
  let posted: Posted[];
  let status: number;
  let warnings: object[];
  before(async () => {
    receiver = createServer(async (request, response) => {
      const body = (await json(request)) as Posted['body'];
      posted.push({ authorization: request.headers.authorization, path: request.url, body });
      response.writeHead(status).end('{}');
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  });
  after(() => receiver.close());
  beforeEach(() => {
    [posted, status, warnings] = [[], 200, []];
  });

  function open(endpoint = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`) {
    const traces = createTraceExport({
      ...{ endpoint, headers: { authorization: 'Bearer of-the-receiver' }, serviceName: 'gramota-test', role: 'work' },
      log: { warn: (fields: object) => void warnings.push(fields) } as never,
      now: () => NOW,
    });
    return { traces, metrics: traceToo(createMetrics([]), traces, () => NOW) };
  }
  const spans = () =>
    posted.flatMap(({ body }) => body.resourceSpans.flatMap((one) => one.scopeSpans.flatMap((scope) => scope.spans)));
  const answered = {
    method: 'POST',
    route: '/webhooks/lms',
    status: 202,
    ms: 250,
    requestId: 'r-1',
    brokenOff: false,
  };
  const done = { queue: 'send', id: 'job-1', subject: 'letter-1', attempt: 1, ms: 100, outcome: 'done' } as const;

  it('hang the call below the job and the job below the request, in one trace, with ids and codes only', async () => {
    const { traces, metrics } = open();
    let caller: string | undefined;
    within(beginStep(undefined), () => {
      caller = currentTraceparent();
      metrics.observe(answered);
    });
    within(beginStep(caller), () => {
      metrics.countCall({ service: 'sendsay', call: 'send', outcome: 'accepted', ms: 40 });
      metrics.countJob(done);
    });
    await traces.close();
    const [request, call, job] = spans();
    assert.deepEqual([posted[0]?.path, posted[0]?.authorization], ['/v1/traces', 'Bearer of-the-receiver']);
    assert.deepEqual(
      [request?.['name'], call?.['name'], job?.['name']],
      ['POST /webhooks/lms', 'sendsay send', 'send'],
    );
    assert.equal(new Set([request, call, job].map((span) => span?.['traceId'])).size, 1);
    assert.deepEqual(
      [request, job, call].map((span) => span?.['parentSpanId']),
      [undefined, request?.['spanId'], job?.['spanId']],
    );
    assert.deepEqual(
      [request, call, job].map((span) => span?.['kind']),
      [2, 3, 5],
    );
    assert.deepEqual(
      [request?.['startTimeUnixNano'], request?.['endTimeUnixNano']],
      [`${NOW.getTime() - 250}000000`, `${NOW.getTime()}000000`],
    );
    assert.deepEqual(job?.['attributes'], [
      { key: 'gramota.job', value: { stringValue: 'job-1' } },
      { key: 'gramota.subject', value: { stringValue: 'letter-1' } },
      { key: 'gramota.attempt', value: { intValue: '1' } },
      { key: 'gramota.outcome', value: { stringValue: 'done' } },
    ]);
    assert.deepEqual(posted[0]?.body.resourceSpans[0]?.resource, {
      attributes: [
        { key: 'service.name', value: { stringValue: 'gramota-test' } },
        { key: 'service.instance.id', value: { stringValue: `work-${process.pid}` } },
      ],
    });
  });

  it('mark what failed', async () => {
    const { traces, metrics } = open();
    within(beginStep(undefined), () => {
      metrics.observe({ ...answered, status: 500 });
      metrics.countJob({ ...done, outcome: 'failed' });
      metrics.countCall({ service: 'lms', call: 'pullOne', outcome: 'unavailable', ms: 1 });
    });
    await traces.close();
    assert.deepEqual(
      spans().map((span) => span['status']),
      [{ code: 2 }, { code: 2 }, { code: 2 }],
    );
  });

  it('are posted in batches', async () => {
    const { traces, metrics } = open();
    within(beginStep(undefined), () => {
      for (let n = 0; n < 600; n += 1) metrics.countJob(done);
    });
    await traces.close();
    assert.deepEqual(
      posted.map(({ body }) => body.resourceSpans[0]?.scopeSpans[0]?.spans.length),
      [512, 88],
    );
  });

  it('are dropped when the receiver refuses them or is gone, with one warning', async () => {
    status = 503;
    const refused = open();
    within(beginStep(undefined), () => {
      for (let n = 0; n < 5000; n += 1) refused.metrics.countJob(done);
    });
    await refused.traces.close();
    assert.deepEqual(warnings, [{ event: 'traces-not-taken', status: 503 }]);
    const gone = open('http://127.0.0.1:1');
    within(beginStep(undefined), () => gone.metrics.countJob(done));
    await gone.traces.close();
    assert.deepEqual(warnings[1], { event: 'traces-not-taken', status: null });
  });
});
