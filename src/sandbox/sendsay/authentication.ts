import { createHash, randomUUID, timingSafeEqual } from 'node:crypto';
import { type ApiAnswer, isEmpty, isRecord, refused } from './protocol.ts';

/** The sandbox's only account and its credentials. */
export interface Account {
  account: string;
  apiKey: string | undefined;
  login: string | undefined;
  sublogin: string | undefined;
  password: string | undefined;
}

/** The documentation says "several hours" without a figure. */
const SESSION_MS = 4 * 3600 * 1000;

const failed = (explain: string): ApiAnswer => refused({ id: 'error/auth/failed', explain });

/** Sessions and API key of the account. */
export class Authentication {
  readonly #account: Account;
  readonly #now: () => Date;
  #sessions = new Map<string, number>();

  constructor(account: Account, now: () => Date) {
    this.#account = account;
    this.#now = now;
  }

  /** Action `login`: a new session, or the refusal. An existing session is ignored. */
  login(call: Record<string, unknown>): ApiAnswer {
    const { login, sublogin, password } = this.#account;
    if (login === undefined || password === undefined) return failed('wrong_credentials');
    const right =
      same(call['login'], login) && same(call['sublogin'] ?? '', sublogin ?? '') && same(call['passwd'], password);
    if (!right) return failed('wrong_credentials');
    const session = randomUUID();
    this.#sessions.set(session, this.#now().getTime() + SESSION_MS);
    return { session, login, sublogin: sublogin ?? login };
  }

  logout(credential: string): void {
    this.#sessions.delete(credential);
  }

  expireSessions(): void {
    for (const session of this.#sessions.keys()) this.#sessions.set(session, 0);
  }

  /**
   * Authenticates a call by API key or session, in the body or in the header, but only by one of them. Returns the
   * credential, or the refusal.
   */
  check(
    call: Record<string, unknown>,
    header: string | undefined,
    urlAccount: string,
  ): { credential: string } | ApiAnswer {
    const given: [string, unknown][] = ['apikey', 'session', 'one_time_auth']
      .filter((name) => !isEmpty(call[name]))
      .map((name) => [name, call[name]]);
    if (header !== undefined) {
      const match = /^sendsay +(apikey|session)=(\S+)$/i.exec(header.trim());
      const value = match?.[2] === undefined ? null : urlDecoded(match[2]);
      if (match?.[1] === undefined || value === null) return failed('wrong_credentials');
      given.push([match[1].toLowerCase(), value]);
    }
    const [only, second] = given;
    if (second) return refused({ id: 'too_many_auth_parameters', explain: given.map(([name]) => name) });
    if (!only) return failed('wrong_credentials');
    const refusal = this.#refusal(only[0], only[1]);
    if (refusal) return refusal;
    if (urlAccount !== this.#account.account) return refused({ id: 'account_missmatch' });
    return { credential: String(only[1]) };
  }

  #refusal(kind: string, value: unknown): ApiAnswer | null {
    if (kind === 'apikey') {
      const right = this.#account.apiKey !== undefined && same(value, this.#account.apiKey);
      return right ? null : failed('wrong_credentials');
    }
    if (kind === 'one_time_auth') {
      const answer = isRecord(value) ? this.login(value) : failed('wrong_credentials');
      if ('session' in answer) this.logout(String(answer['session']));
      return 'errors' in answer ? answer : null;
    }
    const until = this.#sessions.get(String(value));
    if (until === undefined) return failed('wrong_credentials');
    return until <= this.#now().getTime() ? failed('expired') : null;
  }
}

function same(given: unknown, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return typeof given === 'string' && timingSafeEqual(digest(given), digest(expected));
}

/** Percent-decodes a text; null when it is malformed. */
export function urlDecoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
