import assert from 'node:assert/strict';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import express from 'express';
import { watchRequests } from '../../src/platform/http/access-log.ts';
import { beginStep, currentStep, during, follow, unfollow } from '../../src/platform/trace.ts';

describe('steps of a trace', () => {
  it('are followed through what waits, until the last one is over', async () => {
    const [one, two] = [beginStep(undefined), beginStep(undefined)];
    const seen: unknown[] = [];
    const look = async (turns: number) => {
      for (let turn = 0; turn < turns; turn += 1) await nextTurn();
      seen.push(currentStep());
    };
    let both: Promise<unknown> = Promise.resolve();
    follow(one, () => {
      both = look(1);
    });
    follow(two, () => {
      both = Promise.all([both, look(3)]);
    });
    await nextTurn();
    await nextTurn();
    unfollow();
    await both;
    assert.deepEqual(seen, [one, two]);
    unfollow();
    let later: Promise<unknown> = Promise.resolve();
    follow(one, () => {
      later = look(1);
    });
    await later;
    unfollow();
    assert.deepEqual(seen, [one, two, one], 'a step after all were over');
  });

  it('are told at once without being followed', async () => {
    const step = beginStep(undefined);
    const inner = beginStep(undefined);
    during(step, () => {
      assert.equal(currentStep(), step);
      assert.throws(() => during(inner, () => assert.fail('of the inner one')), /inner/);
      during(undefined, () => assert.equal(currentStep(), step, 'the outer one, where there is none'));
      assert.equal(beginStep(undefined).parentId, step.spanId);
    });
    assert.equal(currentStep(), undefined);
  });

  it('are followed to the end of a request whose client did not wait', async () => {
    const traceId = 'b'.repeat(32);
    const app = express();
    app.use(
      watchRequests(
        () => new Date(),
        () => undefined,
        () => false,
      ),
    );
    const seen = new Promise<unknown>((resolve) => {
      app.post('/', async (_req, res) => {
        await new Promise((closed) => res.once('close', closed));
        await nextTurn();
        resolve(currentStep()?.traceId);
      });
    });
    const server = createServer(app);
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const { port } = server.address() as AddressInfo;
    const asked = request({ port, method: 'POST', headers: { traceparent: `00-${traceId}-${'c'.repeat(16)}-01` } });
    asked.on('error', () => undefined);
    server.once('request', () => setTimeout(() => asked.destroy(), 50));
    asked.end();
    assert.equal(await seen, traceId);
    server.close();
  });

  it('have ids of their own, well-formed', () => {
    const ids = Array.from({ length: 2000 }, () => beginStep(undefined));
    assert.equal(new Set(ids.map(({ traceId }) => traceId)).size, 2000);
    assert.equal(new Set(ids.map(({ spanId }) => spanId)).size, 2000);
    for (const { traceId, spanId } of ids) assert.match(`${traceId}-${spanId}`, /^[0-9a-f]{32}-[0-9a-f]{16}$/);
  });
});
