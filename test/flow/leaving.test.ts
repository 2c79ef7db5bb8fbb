import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { start, stopped } from '../commands/command-line.ts';
import { firstMatch, startWorld, until, type World } from '../support/world.ts';

let world: World;

/** Metrics, readiness and liveness are served here without a token, and nothing else. */
async function checkOperations(url: string): Promise<void> {
  const metrics = await fetch(`${url}/metrics`, { headers: { 'X-Forwarded-For': '192.0.2.1' } });
  assert.equal(metrics.status, 200);
  const text = await metrics.text();
  for (const name of ['gramota_jobs_waiting{queue="send"} 0', 'gramota_sending_stopped 0', 'process_cpu_seconds_total'])
    assert.ok(text.includes(name), name);
  assert.equal((await fetch(`${url}/readyz`)).status, 200);
  assert.equal((await fetch(`${url}/healthz`)).status, 200);
  assert.equal((await fetch(`${url}/c/none`)).status, 404);
  assert.equal((await fetch(`${url}/api/batches`)).status, 404);
}

describe('gramota serve and gramota work', () => {
  before(async () => {
    world = await startWorld({ size: 3 });
    await world.halt();
  });
  after(() => world.close());

  it('serve metrics, readiness and liveness on METRICS_PORT without a token, and nothing else', async () => {
    const settings = { ...world.env, METRICS_PORT: '0', TRUST_PROXY: '1', LOG_LEVEL: 'info' };
    const server = start(['serve'], settings);
    const worker = start(['work'], settings);
    try {
      const metrics = firstMatch(server, /"port":(\d+),"msg":"metrics are served/);
      const url = await firstMatch(server, /listening on (http\S+)/);
      assert.equal((await fetch(`${url}/metrics`)).status, 401);
      await checkOperations(`http://127.0.0.1:${await metrics}`);
      await checkOperations(`http://127.0.0.1:${await firstMatch(worker, /"metricsPort":(\d+),"msg":"worker ready"/)}`);
    } finally {
      await Promise.all([stopped(server), stopped(worker)]);
    }
    assert.deepEqual([server.exitCode, worker.exitCode], [0, 0]);
  });

  it('at SIGTERM is not ready any more, but serves requests for DRAIN_SECONDS; a second signal ends it at once', async () => {
    const server = start(['serve'], { ...world.env, DRAIN_SECONDS: '600' });
    const url = await firstMatch(server, /listening on (http\S+)/);
    const ready = await fetch(`${url}/readyz`);
    assert.deepEqual([ready.status, ready.headers.get('connection')], [200, 'keep-alive']);
    server.kill('SIGTERM');
    const refused = await until('readiness to fail', async () => {
      const answer = await fetch(`${url}/readyz`);
      return answer.status === 503 ? answer : null;
    });
    assert.equal(((await refused.json()) as { detail: string }).detail, 'Not ready: process (it is stopping).');
    assert.ok(Number(refused.headers.get('retry-after')) > 0);
    assert.equal((await fetch(`${url}/healthz`)).status, 200);
    const lookup = await fetch(`${url}/c/none`);
    assert.deepEqual([lookup.status, lookup.headers.get('connection')], [404, 'close']);
    await stopped(server);
    assert.equal(server.exitCode, 1);
  });

  it('closes its port after DRAIN_SECONDS and exits with 0', async () => {
    const server = start(['serve'], { ...world.env, DRAIN_SECONDS: '0.2' });
    const url = await firstMatch(server, /listening on (http\S+)/);
    await stopped(server);
    assert.equal(server.exitCode, 0);
    await assert.rejects(fetch(`${url}/healthz`));
  });
});
