import { z } from 'zod';
import type { Answer } from '../fault-effects.ts';
import type { FaultPlan } from '../faults.ts';
import type { Meter } from '../meter.ts';
import { type LmsRequest, parseObject, problem, type RecordedPatch, touched } from './contract.ts';
import { Quirks } from './quirks.ts';
import { type JsonObject, merge, type RecordStore } from './record-store.ts';
import { sendWebhook, WebhookOrder, type WebhookReceipt, type WebhookTarget } from './webhook-sender.ts';

/** State that the control API of the stand-in LMS can read and change. */
export interface LmsControl {
  store: RecordStore;
  faults: FaultPlan;
  quirks: Quirks;
  meter: Meter;
  patches: RecordedPatch[];
  webhook: WebhookTarget | undefined;
  now: () => Date;
  reset(): void;
}

/** Routes under `/sandbox/` for tests and demos: commands and queries. No authentication, loopback only. */
export async function answerLmsControl(request: LmsRequest, control: LmsControl): Promise<Answer> {
  const [, , area, rawId] = request.path.split('/');
  const route = `${request.method} ${area}${rawId === undefined ? '' : '/:id'}`;
  const id = rawId === undefined ? '' : decodeURIComponent(rawId);
  const quiet = request.query.get('quiet') === '1';
  const input = request.method === 'POST' && request.body !== '' ? parseObject(request.body) : {};
  if (input === null) return problem(400, 'Bad Request', 'the body must be a JSON object');

  switch (route) {
    case 'GET record': {
      const { requests, peakConcurrent, peakPerRollingSecond, refused } = control.meter.record();
      const peaks = { peakConcurrent, peakPerSecond: peakPerRollingSecond, refusedRateLimit: refused };
      return { status: 200, body: { patches: control.patches, requests, ...peaks } };
    }
    case 'POST faults': {
      const fault = control.faults.replace(input);
      return fault === null ? { status: 200, body: { ok: true } } : problem(400, 'Bad Request', fault);
    }
    case 'POST quirks': {
      const quirks = Quirks.safeParse(input);
      if (!quirks.success) return problem(400, 'Bad Request', z.prettifyError(quirks.error));
      control.quirks = quirks.data;
      return { status: 200, body: { ok: true } };
    }
    case 'POST student-groups': {
      const newId = input['id'];
      if (typeof newId !== 'string' || newId === '') return problem(400, 'Bad Request', 'id (text) is required');
      return store(control, newId, input, quiet, 201);
    }
    case 'POST student-groups/:id': {
      const former = control.store.group(id);
      if (!former) return problem(404, 'Not Found', 'there is no such student group');
      const replaced = request.query.get('replace') === '1';
      const record = replaced ? input : merge(former.record, input);
      // A given `updatedAt` is stored even if it is broken; otherwise every change increases it.
      return store(control, id, 'updatedAt' in input ? record : touched(record, control.now()), quiet, 200);
    }
    case 'DELETE student-groups/:id': {
      const former = control.store.group(id);
      if (!former || !control.store.deleteGroup(id)) return problem(404, 'Not Found', 'there is no such student group');
      const notice = await notify(control, 'student-group.deleted', { studentGroupId: id }, former.releaseId, quiet);
      return { status: 200, body: { deleted: id, ...notice } };
    }
    case 'POST releases': {
      const releaseId = input['id'];
      if (typeof releaseId !== 'string' || releaseId === '')
        return problem(400, 'Bad Request', 'id (text) is required');
      const wasClosed = control.store.release(releaseId)?.['closed'] === true;
      control.store.putRelease(releaseId, input);
      const silent = quiet || wasClosed || input['closed'] !== true;
      return {
        status: 200,
        body: { release: input, ...(await notify(control, 'release.closed', {}, releaseId, silent)) },
      };
    }
    case 'POST webhooks': {
      const order = WebhookOrder.safeParse(input);
      if (!order.success) return problem(400, 'Bad Request', z.prettifyError(order.error));
      if (!control.webhook) return problem(409, 'Conflict', 'this sandbox was started without an address for webhooks');
      return { status: 200, body: await sendWebhook(control.webhook, order.data, control.now) };
    }
    case 'POST reset':
      control.reset();
      return { status: 200, body: { ok: true } };
    default:
      return problem(404, 'Not Found', 'there is no such control route');
  }
}

async function store(
  control: LmsControl,
  id: string,
  record: JsonObject,
  quiet: boolean,
  status: number,
): Promise<Answer> {
  const before = control.store.group(id)?.record['status'];
  const stored = control.store.putGroup(id, record);
  const completed = record['status'] === 'completed' && before !== 'completed';
  const type = completed ? 'student-group.completed' : 'student-group.updated';
  const notice = await notify(control, type, { studentGroupId: id }, stored.releaseId, quiet);
  return { status, body: { studentGroup: record, ...notice }, headers: { etag: stored.etag } };
}

async function notify(
  control: LmsControl,
  type: string,
  data: { studentGroupId?: string },
  releaseId: string | null,
  quiet: boolean,
): Promise<{ webhook?: WebhookReceipt }> {
  if (quiet || !control.webhook) return {};
  const order = { type, ...data, ...(releaseId === null ? {} : { releaseId }) };
  return { webhook: await sendWebhook(control.webhook, order, control.now) };
}
