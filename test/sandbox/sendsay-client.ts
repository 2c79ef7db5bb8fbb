import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { fetch } from 'undici';
import { type SendsaySandboxOptions, startSendsaySandbox } from '../../src/sandbox/sendsay-server.ts';

export type Call = Record<string, unknown>;
export interface ApiError {
  id: string;
  explain?: unknown;
}
/** A letter as the control plane returns it. */
export interface RecordedLetter {
  requestId: string | null;
  customerId: string;
  trackInfo: string;
  trackId: number;
  email: string;
  html: string;
  attachments: { name: string; bytes: number; sha256: string }[];
  rendered: { subject: string; toName: string; html: string; text: string; links: { href: string; final: string }[] };
}

export const KEY = 'key/with=signs';
export const AUTH = { authorization: `sendsay apikey=${encodeURIComponent(KEY)}` };
export const PDF = Buffer.from('%PDF-1.7 not really');

/** A valid letter with some fields changed. */
export function letter(change: Call = {}, inner: Call = {}): Call {
  return {
    action: 'issue.send',
    group: 'personal',
    email: 'teacher@school.example',
    sendwhen: 'now',
    'customer.id': 'cert-1',
    'track.info': 'letter-1',
    letter: {
      subject: 'Diploma',
      'from.email': 'diplomas@sender.example',
      'to.name': 'Teacher',
      message: { html: '<p>Hello</p>', text: 'Hello' },
      attaches: [{ name: 'diploma.pdf', content: PDF.toString('base64'), encoding: 'base64' }],
      ...inner,
    },
    ...change,
  };
}

/** Starts a sandbox, with the calls that the tests need. */
export async function startClient(options: Partial<SendsaySandboxOptions> = {}) {
  const sandbox = await startSendsaySandbox({
    port: 0,
    account: 'school',
    apiKey: KEY,
    confirmedSenders: ['Diplomas@sender.example', 'x@mail.ru'],
    ratePerSecond: 10_000,
    concurrency: 100,
    ...options,
  });
  const { origin } = new URL(sandbox.url);
  const post = (body: unknown, headers: Record<string, string> = AUTH, path = '/school') =>
    fetch(sandbox.url + path, {
      method: 'POST',
      redirect: 'manual',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  const call = async (body: unknown, headers: Record<string, string> = AUTH, path = '/school') => {
    const response = await post(body, headers, path);
    assert.equal(response.status, 200);
    return (await response.json()) as Call;
  };
  const command = async (path: string, body: unknown) => {
    const response = await fetch(origin + path, { method: 'POST', body: JSON.stringify(body) });
    assert.equal(response.status, 200, await response.text());
  };
  const look = async (path: string) => (await (await fetch(origin + path)).json()) as Call;
  return {
    origin,
    url: sandbox.url,
    close: sandbox.close,
    post,
    call,
    command,
    look,
    faults: (...list: object[]) => command('/sandbox/faults', { faults: list }),
    letters: async () => (await look('/sandbox/letters'))['letters'] as RecordedLetter[],
    tracker: async (id: unknown) => (await call({ action: 'track.get', id }))['obj'] as Call,
  };
}

export function errorsOf(answer: Call): string[] {
  return ((answer['errors'] ?? []) as ApiError[]).map(({ id }) => id);
}

/** Polls until the condition holds; the test's time limit ends the wait. */
export async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await sleep(10);
}
