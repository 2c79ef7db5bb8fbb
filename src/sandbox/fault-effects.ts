import type { ServerResponse } from 'node:http';
import type { Fault } from './faults.ts';
import { answerJson, answerText, hang, pause } from './http-listener.ts';

/** An answer that is not sent yet, so that a fault can replace it. */
export interface Answer {
  status: number;
  body: unknown;
  headers?: Record<string, string>;
}

/**
 * Performs the connection and HTTP faults that both sandboxes share.
 * @param execute does the work and returns its answer; called at most once, and never for faults that come before it
 */
export async function performFault(
  fault: Fault,
  response: ServerResponse,
  execute: () => Answer | Promise<Answer>,
): Promise<void> {
  const replacesAnswer = fault.kind === 'status' || fault.kind === 'garbage' || fault.kind === 'wrong-schema';
  if (fault.executed && replacesAnswer) await execute();
  switch (fault.kind) {
    case 'status':
      answerText(response, fault.status ?? 503, 'Service Unavailable\n', {
        'content-type': 'text/html; charset=utf-8',
        ...(fault.retryAfter === undefined ? {} : { 'retry-after': String(fault.retryAfter) }),
      });
      return;
    case 'garbage':
      answerText(response, 200, '{"items": [{"id": "x', { 'content-type': 'application/json' });
      return;
    case 'wrong-schema':
      answerJson(response, 200, { surprise: [null, 7, { deep: true }] });
      return;
    case 'reset-before':
      response.destroy();
      return;
    case 'hang':
      await hang(response, fault.ms);
      return;
    case 'reset-after-apply':
    case 'reset-after-accept':
      await execute();
      response.destroy();
      return;
    case 'timeout-after-accept':
      await execute();
      await hang(response, fault.ms);
      return;
    case 'slow':
      await pause(fault.ms ?? 1000, response);
      break;
    default:
      break;
  }
  const answer = await execute();
  answerJson(response, answer.status, answer.body, answer.headers ?? {});
}
