import { randomUUID } from 'node:crypto';
import type { AddressBook } from './addresses.ts';
import type { Authentication } from './authentication.ts';
import type { Callbacks } from './callback-sender.ts';
import { checkLetter } from './issue-send.ts';
import { type LetterBook, templateVariables } from './letters.ts';
import type { TrackerOutcome } from './outcomes.ts';
import { type ApiAnswer, type Habits, refused } from './protocol.ts';
import type { Statistics } from './statistics.ts';
import { executeTemplate } from './template-language.ts';
import { listTrackers } from './track-list.ts';
import type { Trackers } from './trackers.ts';

/** An API call that the sandbox received. */
export interface ApiCall {
  body: Record<string, unknown>;
  action: string;
  urlAccount: string;
  authorization: string | undefined;
  requestId: string | null;
}

/** State that the actions work on. */
export interface ApiState {
  authentication: Authentication;
  addresses: AddressBook;
  trackers: Trackers;
  statistics: Statistics;
  letters: LetterBook;
  habits: Habits;
  callbacks: Callbacks | null;
  /** `request.id` → time when it was first seen, for actions that accept each id only once. */
  seenRequestIds: Map<string, number>;
  account: string;
  confirmedSenders: readonly string[];
  now: () => Date;
}

/** How long a repeated `request.id` is refused. */
const DEDUPE_MS = 15 * 60 * 1000;
const WATCHED_ACTIONS = new Set(['issue.send', 'issue.send.multi', 'member.import', 'member.sendconfirm']);
const CHANGING_ACTIONS = new Set([...WATCHED_ACTIONS, 'login', 'logout', 'stat.uni']);

/** Whether the call counts towards the limit of five concurrent changing or statistics calls. */
export function isChanging(action: string): boolean {
  return CHANGING_ACTIONS.has(action);
}

/** Executes one call; `forcedOutcome` decides how the tracker of its letter ends. */
export function executeCall(call: ApiCall, state: ApiState, forcedOutcome: TrackerOutcome | null): ApiAnswer {
  if (call.action === 'ping') return { pong: randomUUID() };
  if (call.action === 'login') {
    return call.urlAccount === state.account
      ? state.authentication.login(call.body)
      : refused({ id: 'account_missmatch' });
  }
  const who = state.authentication.check(call.body, call.authorization, call.urlAccount);
  if (!('credential' in who)) return who;
  if (WATCHED_ACTIONS.has(call.action) && isRepeated(call.requestId, state)) {
    // When a personal letter is repeated, the response of the first call is not sent again, so its track.id is lost.
    return refused({ id: 'repeated_request.id' });
  }
  switch (call.action) {
    case 'pong':
      return { ping: randomUUID(), account: state.account };
    case 'logout':
      state.authentication.logout(String(who.credential));
      return {};
    case 'issue.send':
      return sendLetter(call, state, forcedOutcome);
    case 'track.get':
      return state.trackers.get(call.body);
    case 'track.list':
      return listTrackers(call.body, state.trackers, state.habits);
    case 'stat.uni':
      return state.statistics.answer(call.body);
    case 'email.get':
      return state.addresses.get(call.body, state.now());
    case 'issue.emailsender.list':
      // The provider does not document the fields of a row.
      return { list: state.confirmedSenders.map((email) => ({ email })) };
    case 'issue.send.test':
      return refused(state.habits.error('error/sendwhen', 'test is not available for personal'));
    default:
      return refused(
        state.habits.error('error/action/unknown', 'the sandbox does not support this action', { action: call.action }),
      );
  }
}

/** The id is stored even when the first call fails, because the provider does not promise anything else. */
function isRepeated(requestId: string | null, state: ApiState): boolean {
  const now = state.now().getTime();
  for (const [id, at] of state.seenRequestIds) {
    if (now - at < DEDUPE_MS) break;
    state.seenRequestIds.delete(id);
  }
  if (requestId === null) return false;
  if (state.seenRequestIds.has(requestId)) return true;
  state.seenRequestIds.set(requestId, now);
  return false;
}

function sendLetter(call: ApiCall, state: ApiState, forcedOutcome: TrackerOutcome | null): ApiAnswer {
  const letter = checkLetter(call.body, {
    confirmedSenders: state.confirmedSenders,
    addresses: state.addresses,
    habits: state.habits,
    now: state.now(),
    deferredCount: () => state.trackers.deferredCount(),
  });
  if (Array.isArray(letter)) return refused(...letter);
  const variables = templateVariables(letter);
  // The provider checks only names without a digit.
  const empty = letter.careVars.find(
    (name) => /^[a-zA-Z.[_\]]+$/.test(name) && executeTemplate(`[% ${name} %]`, variables) === '',
  );
  const outcome = forcedOutcome ?? state.addresses.outcome(letter.email);
  const tracker = state.trackers.add(letter, outcome, empty === undefined ? null : `care for var ${empty}`);
  state.letters.add({ at: tracker.createdAt, requestId: call.requestId, trackId: tracker.id, letter });
  state.callbacks?.watch(tracker);
  return { 'track.id': state.habits.number(tracker.id) };
}
