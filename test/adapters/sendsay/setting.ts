import type { TestContext } from 'node:test';
import { createSendsay, type SendsayOptions } from '../../../src/adapters/sendsay/sendsay-client.ts';
import type { Mail, OutgoingLetter } from '../../../src/ports/mail.ts';
import { clientFor, openGate } from '../scripted-server.ts';

export const SESSION_AUTH = {
  kind: 'session' as const,
  login: 'main-login',
  sublogin: 'robot',
  password: 'pass word',
};

/** A fictional letter. */
export function letter(change: Partial<OutgoingLetter> = {}): OutgoingLetter {
  return {
    certificateId: 'cert-1',
    personalIssueId: 'issue-1',
    requestId: 'request-1',
    to: { email: 'assel@example.kz', name: 'Әсел Үлгі' },
    subject: 'Диплом',
    html: '<p>Сәлем</p>',
    text: 'Сәлем',
    attachment: { fileName: 'diploma.pdf', content: Buffer.from('%PDF-1.7 sample') },
    labels: ['certificates', 'KZ'],
    utm: 'utm_source=gramota&utm_medium=email',
    ...change,
  };
}

export interface Setting {
  mail: Mail;
  gates: { changing: () => number; reading: () => number };
  warnings: string[];
}

/** The Sendsay client under test for one address, with rate limiters that allow every call. */
export function mailAt(t: TestContext, url: string, change: Partial<SendsayOptions> = {}): Setting {
  const changing = openGate();
  const reading = openGate();
  const warnings: string[] = [];
  const mail = createSendsay({
    url: `${url}/general/api/v100/json`,
    account: 'acc',
    auth: { kind: 'key', apiKey: 'key/1+2' },
    from: { email: 'diplomas@example.org', name: 'Грамота' },
    replyEmail: null,
    timeoutMs: 30_000,
    http: clientFor(t, { maxAnswerBytes: 256 * 1024 }),
    changing: changing.through,
    reading: reading.through,
    clock: { now: () => new Date() },
    onWarnings: (action, ids) => warnings.push(`${action}: ${ids.join()}`),
    ...change,
  });
  return { mail, gates: { changing: changing.passed, reading: reading.passed }, warnings };
}

export const errors = (...list: unknown[]) => ({ errors: list });
export const authFailed = (explain: unknown) => errors({ id: 'error/auth/failed', explain });

/** A callback `begin` that allows the given number of milliseconds. */
export const beginFor = (milliseconds: number) => async () => new Date(Date.now() + milliseconds);
/** Enough time on any machine; tests of deadlines use their own value. */
export const begin = beginFor(30_000);
