import { GateBusy } from '../../platform/gate.ts';
import { createHttpClient, type HttpClient, type Through } from '../../platform/http/http.ts';
import type { Clock } from '../../ports/clock.ts';
import { type Mail, MailUnavailable, type Tracker } from '../../ports/mail.ts';
import { blockOf } from './blocks.ts';
import { namesSender } from './confirmed-senders.ts';
import { createCredentialAlarm } from './credential-alarm.ts';
import type { DeliveryMap } from './delivery-map.ts';
import { deliveriesBody, deliveriesOf } from './delivery-reports.ts';
import { INSTRUCTIONS, issueSendBody } from './issue-send-body.ts';
import {
  backOffAfter,
  type CallResult,
  classifySend,
  describeReply,
  isAuthFailure,
  isExpiry,
  mustChangePassword,
} from './outcome.ts';
import { isPersonalTracker, PERSONAL_ACTION, REMEMBERS_MS, trackerOf } from './read-tracker.ts';
import { createCredentials, type SendsayAuth } from './session.ts';
import { createTransport, type Reply, type TimeLeft } from './transport.ts';
import { type ApiObject, flagOf, idOf, objectOf, quoteSafely, warningsOf } from './wire.ts';

export interface SendsayOptions {
  /** Address before the account's code, for example `https://api.sendsay.ru/general/api/v100/json`. */
  url: string;
  account: string;
  auth: SendsayAuth;
  /** Sender address, which must be confirmed at Sendsay. */
  from: { email: string; name: string };
  replyEmail: string | null;
  /**
   * Deadline of one method in milliseconds, including redirects, new logins and waiting at the gate; for `send` it
   * counts from `begin`. No request of a method starts after it, so it limits how late a letter can arrive.
   */
  timeoutMs: number;
  /** HTTP client; default is a client of its own. */
  http?: HttpClient;
  /**
   * Gate for requests that change data or compute statistics, which the provider counts together: rate and
   * concurrency.
   */
  changing: Through;
  /** Gate for all other requests: rate only. */
  reading: Through;
  clock: Pick<Clock, 'now'>;
  /** How to read delivery results of this account; without it they are not queried. */
  deliveries?: DeliveryMap | null;
  /**
   * Called when the provider reports a limit, with the seconds that all processes should wait; its failures are
   * ignored.
   */
  onLimited?: (seconds: number) => Promise<void> | void;
  /**
   * Called once when the provider refuses our credentials (also after a password change), and once when it accepts
   * them again. Only a person can correct them.
   */
  onCredentials?: (event: { refused: true; detail: string } | { refused: false }) => void;
  /** Called at each answer that tells whether the provider accepts the credentials. */
  onAnswered?: (isAccepted: boolean) => void;
  /** Pause after refused credentials, before one cheap call tries them again. Default 60 s. */
  credentialPauseMs?: number;
  /** Called with the ids of `warnings` of an executed call. */
  onWarnings?: (action: string, ids: string[]) => void;
}

/** Maximum number of new sessions per call. */
const MAX_RENEWALS = 2;
const NOT_FOUND = /not[_. ]?(found|exists?)|no[_. ]?such|unknown[/_. ]?(id|track)|track\/unknown|absent/i;

/** The callback `begin` returned null, so nothing is posted. */
class NotBegun extends Error {
  override readonly name = 'NotBegun';
}

/** Client of Sendsay's JSON API. */
export function createSendsay(options: SendsayOptions): Mail {
  const transport = createTransport({ ...options, http: options.http ?? createHttpClient() });
  const credentials = createCredentials(options.auth, transport, options.reading);
  const { clock } = options;
  const alarm = createCredentialAlarm({
    clock,
    pauseMs: options.credentialPauseMs ?? 60_000,
    tell: options.onCredentials,
  });
  let probing: Promise<void> | null = null;

  function within(milliseconds: number): TimeLeft {
    const deadline = options.clock.now().getTime() + milliseconds;
    return async () => deadline - options.clock.now().getTime();
  }

  async function call(content: ApiObject, gate: Through, loginTime: TimeLeft, timeLeft: TimeLeft): Promise<CallResult> {
    for (let renewals = 0; ; renewals += 1) {
      const credential = await credentials.current(renewals === 0 ? loginTime : timeLeft);
      if (credential.kind === 'none') {
        if (isAuthFailure(credential.login)) refused(credential.login);
        await holdBack(credential.login);
        return { kind: 'no-credential', login: credential.login };
      }
      const reply = await transport.post(content, credential.authorization, gate, timeLeft);
      const renew = credentials.renewable && isAuthFailure(reply) && !mustChangePassword(reply);
      if (isAuthFailure(reply)) credentials.drop(credential.authorization);
      if (renew && renewals < MAX_RENEWALS) continue;
      noteCredential(reply);
      await holdBack(reply);
      reportWarnings(String(content['action']), reply);
      return { kind: 'called', reply, renewable: credentials.renewable };
    }
  }

  /** Only a refusal or a plain answer says something about the credentials; an expired session is not a refusal. */
  function noteCredential(reply: Reply): void {
    if (reply.kind !== 'answer' || reply.content === null) return;
    if (!isAuthFailure(reply)) {
      if (reply.status !== 200 || reply.errors.length > 0) return;
      alarm.clear();
      options.onAnswered?.(true);
    } else if (!credentials.renewable || !isExpiry(reply)) refused(reply);
  }

  function refused(reply: Reply): void {
    alarm.raise(describeReply(reply));
    options.onAnswered?.(false);
  }

  /** Whether a letter may be tried. After refused credentials, one call without a diploma tries them first. */
  async function mayTry(): Promise<boolean> {
    if (!alarm.raised()) return true;
    if (alarm.pausedUntil() !== null) return false;
    probing ??= pong().finally(() => {
      probing = null;
    });
    await probing.catch((error: unknown) => {
      if (!(error instanceof MailUnavailable)) throw error;
    });
    return !alarm.raised();
  }

  async function pong(): Promise<void> {
    const answer = await ask({ action: 'pong' });
    if (!('content' in answer) || !(Object.hasOwn(answer.content, 'ping') || Object.hasOwn(answer.content, 'pong'))) {
      throw new MailUnavailable('Sendsay pong: the response has no "ping"');
    }
  }

  async function holdBack(reply: Reply): Promise<void> {
    const seconds = backOffAfter(reply);
    if (seconds === null) return;
    try {
      await options.onLimited?.(seconds);
    } catch {
      // A failing callback must not hide the outcome of the call.
    }
  }

  function reportWarnings(action: string, reply: Reply): void {
    const warnings = reply.kind === 'answer' && reply.content !== null ? warningsOf(reply.content) : [];
    const ids = warnings.map((warning) => quoteSafely(warning.id));
    if (ids.length > 0) options.onWarnings?.(action, ids);
  }

  /** The answer of a read-only call. */
  async function ask(content: ApiObject, gate = options.reading): Promise<{ content: ApiObject } | { notFound: true }> {
    const timeLeft = within(options.timeoutMs);
    const result = await call(content, gate, timeLeft, timeLeft).catch((error: unknown) => {
      if (error instanceof GateBusy) throw new MailUnavailable(`Sendsay ${content['action']}: ${error.message}`);
      throw error;
    });
    const fault = (detail: string): MailUnavailable => new MailUnavailable(`Sendsay ${content['action']}: ${detail}`);
    if (result.kind === 'no-credential') throw fault(`login: ${describeReply(result.login)}`);
    const { reply } = result;
    if (reply.kind !== 'answer') throw fault(reply.detail);
    const [first] = reply.errors;
    if (reply.status === 200 && first !== undefined && NOT_FOUND.test(first.id)) return { notFound: true };
    if (reply.status !== 200 || reply.content === null || first !== undefined) throw fault(describeReply(reply));
    return { content: reply.content };
  }

  function readTracker(action: string, value: unknown): Tracker {
    const tracker = trackerOf(value);
    // A skipped row could be exactly the letter that a listing is to prove absent.
    if ('unreadable' in tracker) {
      throw new MailUnavailable(`Sendsay ${action}: the field ${tracker.unreadable} of a tracker cannot be read`);
    }
    return tracker;
  }

  const map = options.deliveries ?? null;
  return {
    remembersMs: REMEMBERS_MS,
    instructions: INSTRUCTIONS,
    deliveries: map && {
      askAfterMs: map.askAfterMs,
      untilMs: map.untilMs,
      async list(page) {
        const answer = await ask(deliveriesBody(map, page), options.changing);
        const read = 'content' in answer ? deliveriesOf(map, answer.content) : null;
        if (read === null) throw new MailUnavailable('Sendsay stat.uni: the response has no list');
        return read;
      },
    },

    async send(letter, begin) {
      const body = issueSendBody(letter, options);
      if (!(await mayTry())) return { kind: 'not-begun' };
      const personal = [letter.to.email, letter.to.name, ...letter.to.name.split(/\s+/)];
      let afterBegin: TimeLeft | null = null;
      const timeLeft: TimeLeft = async () => {
        if (afterBegin === null) {
          const deadline = await begin();
          if (deadline === null) throw new NotBegun();
          // Uses the committed deadline, not a new one: after a pause of this process no letter may be sent late.
          afterBegin = async () => deadline.getTime() - options.clock.now().getTime();
        }
        return afterBegin();
      };
      const hasBegun = (): boolean => afterBegin !== null;
      try {
        const result = await call(body, options.changing, within(options.timeoutMs), timeLeft);
        // A failed login has stopped the letter; its outcome still belongs to an attempt.
        if (!hasBegun()) await timeLeft();
        return classifySend(result, { requestId: letter.requestId, personal });
      } catch (error) {
        if (error instanceof NotBegun) return { kind: 'not-begun' };
        if (!hasBegun() && error instanceof GateBusy) return { kind: 'not-begun' };
        if (!hasBegun()) throw error;
        return { kind: 'unknown', detail: "Gramota's own rate limiter failed during the call" };
      }
    },

    async listTrackers({ first, skip }) {
      const answer = await ask({
        action: 'track.list',
        filter: [{ a: 'action', op: 'in', v: [PERSONAL_ACTION] }],
        order: ['-track.dt'],
        first,
        skip,
      });
      const list = 'content' in answer ? answer.content['list'] : null;
      if (!('content' in answer) || !Array.isArray(list)) {
        throw new MailUnavailable('Sendsay track.list: the response has no list');
      }
      if (!list.every(isPersonalTracker)) {
        // Without the applied filter a missing tracker proves nothing, because Sendsay lists personal trackers only
        // when the filter names them.
        throw new MailUnavailable('Sendsay track.list: Sendsay did not apply the filter');
      }
      const rows = list.map(trackerOf);
      const trackers = rows.filter((row) => !('unreadable' in row)) as Tracker[];
      return { trackers, unreadable: rows.length - trackers.length, lastPage: flagOf(answer.content['last_page']) };
    },

    async getTracker(trackId) {
      const answer = await ask({ action: 'track.get', id: trackId });
      if ('notFound' in answer) return null;
      const { obj } = answer.content;
      if (obj === null) return null;
      const content = objectOf(obj);
      if (content === null) throw new MailUnavailable('Sendsay track.get: the response has no obj');
      if (Object.keys(content).length === 0) return null;
      const tracker = readTracker('track.get', content);
      if (tracker.trackId !== idOf(trackId))
        throw new MailUnavailable('Sendsay track.get: the response has another tracker than requested');
      return tracker;
    },

    pausedUntil: () => alarm.pausedUntil(),

    async describeBlock(email) {
      const answer = await ask({ action: 'email.get', email, with_stoplist: 2 });
      const member = 'content' in answer ? objectOf(objectOf(answer.content['obj'])?.['member']) : null;
      if (member === null) throw new MailUnavailable('Sendsay email.get: the response has no obj.member');
      return blockOf(member, options.from.email);
    },

    async senderConfirmed() {
      const answer = await ask({ action: 'issue.emailsender.list' });
      return 'content' in answer ? namesSender(answer.content, options.from.email) : null;
    },

    ready: pong,
  };
}
