import type { Request, RequestHandler, Response } from 'express';
import type { Configuration } from 'openid-client';
import { comparableEmail } from '../../domain/letter/email-address.ts';
import { hashToken } from '../../platform/http/auth.ts';
import { html } from '../../platform/http/html.ts';
import { addressLimit } from '../../platform/http/limit-per-address.ts';
import { acceptInvitation, type ConsolePerson, insertSignIn, takeSignIn } from '../../records/console-people.ts';
import type { Role } from '../../records/tokens.ts';
import { type Fields, fieldOf } from '../desk-route.ts';
import { deskPage } from '../frame/desk-frame.ts';
import { fill } from '../frame/words.ts';
import { clearCookie, readCookie, setCookie } from './session-cookie.ts';
import {
  beginSession,
  languageBefore,
  pathWithin,
  readerBefore,
  readInterrupted,
  type SessionContext,
  sendSignIn,
} from './sessions.ts';
import { InterruptedForm, resumePage } from './sign-in-page.ts';
import { SIGN_IN_WORDS } from './sign-in-words.ts';

/** How people sign in by OpenID Connect; see docs/operate.md. */
export interface OpenIdSettings {
  issuer: string;
  clientId: string;
  clientSecret: string;
  /** The claim that holds roles, and which of its values mean which role; without a map the value is the role. */
  roleClaim: string;
  roleMap: readonly (readonly [string, Role])[] | null;
  /** Absolute address to which the provider sends people back. */
  callback: string;
}

const ATTEMPTS = 30;
const STATE_COOKIE = 'sign-in';

/** The two steps of the sign-in: to the provider, and back with a code. */
export function openIdSignIn(
  ctx: SessionContext,
  settings: OpenIdSettings,
): { begin: RequestHandler; finish: RequestHandler } {
  const provider = discover(settings);
  const limit = addressLimit(ctx.db, { name: 'openid', perMinute: ATTEMPTS });
  const refuse = (req: Request, res: Response, fault: string, status: number) =>
    sendSignIn(ctx, req, res, { next: '/console', interrupted: null, fault, status });

  return {
    async begin(req, res) {
      const fields = req.body as Fields;
      const words = SIGN_IN_WORDS[languageBefore(req)];
      const wait = await limit.count(req.ip ?? '');
      if (wait !== null) return refuse(req, res, fill(words.many, { seconds: wait }), 429);
      const client = await import('openid-client');
      const verifier = client.randomPKCECodeVerifier();
      const [state, nonce] = [client.randomState(), client.randomNonce()];
      const config = await provider().catch(() => null);
      if (config === null) return refuse(req, res, fill(words.providerFailed, { cause: '' }), 503);
      const next = pathWithin(fieldOf(fields, 'next'));
      const begun = { verifier, nonce, next, interrupted: readInterrupted(fields), stateHash: hashToken(state) };
      await insertSignIn(ctx.db, begun, ctx.clock.now());
      setCookie(req, res, STATE_COOKIE, state);
      const address = client.buildAuthorizationUrl(config, {
        redirect_uri: settings.callback,
        scope: 'openid profile email',
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        state: `${state}.${languageBefore(req)}`,
        nonce,
      });
      // A redirect after a form would be stopped by form-action 'self' of the page that sent it.
      res.set('Refresh', `0; url=${address.href}`).type('html');
      const content = html`<h1>${words.title}</h1><p><a class="button" href="${address.href}">${words.provider}</a></p>`;
      res.send(deskPage(readerBefore(ctx, req), { title: words.title, content, menu: null }));
    },
    async finish(req, res) {
      const words = SIGN_IN_WORDS[languageBefore(req)];
      const state = readCookie(req, STATE_COOKIE) ?? '';
      clearCookie(req, res, STATE_COOKIE);
      const begun = await takeSignIn(ctx.db, hashToken(state), ctx.clock.now());
      if (begun === null) return refuse(req, res, fill(words.providerFailed, { cause: '' }), 400);
      const config = await provider().catch(() => null);
      if (config === null) return refuse(req, res, fill(words.providerFailed, { cause: '' }), 503);
      const person = await exchange(config, settings, req, { ...begun, state: `${state}.${languageBefore(req)}` });
      if ('fault' in person) return refuse(req, res, fill(words.providerFailed, { cause: person.fault }), 400);
      const invitation = person.role === null ? await invitationOf(ctx, person) : null;
      const role = person.role ?? invitation?.role ?? null;
      if (role === null || role === 'viewer') return refuse(req, res, words.providerRole, 403);
      const { subject, name } = person;
      await beginSession(ctx, req, res, { subject, name, role, personId: invitation?.id ?? null });
      const interrupted = InterruptedForm.safeParse(begun.interrupted).data;
      if (interrupted === undefined) return res.redirect(303, `${ctx.base}${pathWithin(begun.next)}`);
      res.type('html').send(resumePage({ ...readerBefore(ctx, req), name }, interrupted));
    },
  };
}

/** The provider's metadata, read at the first use and again after a failure. */
function discover({ issuer, clientId, clientSecret }: OpenIdSettings): () => Promise<Configuration> {
  let known: Promise<Configuration> | undefined;
  return () => {
    known ??= import('openid-client').then((client) => {
      const url = new URL(issuer);
      const isLocal = url.protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
      const options = isLocal ? { execute: [client.allowInsecureRequests] } : {};
      return client.discovery(url, clientId, clientSecret, undefined, options);
    });
    known.catch(() => {
      known = undefined;
    });
    return known;
  };
}

interface Person {
  subject: string;
  name: string;
  /** Verified e-mail address; null when there is none. */
  email: string | null;
  role: Role | null;
}

async function exchange(
  config: Configuration,
  { callback, issuer, roleClaim, roleMap }: OpenIdSettings,
  req: Request,
  begun: { verifier: string; nonce: string; state: string },
): Promise<Person | { fault: string }> {
  const client = await import('openid-client');
  const url = new URL(callback);
  url.search = new URL(req.originalUrl, 'http://localhost').search;
  try {
    const tokens = await client.authorizationCodeGrant(config, url, {
      pkceCodeVerifier: begun.verifier,
      expectedState: begun.state,
      expectedNonce: begun.nonce,
      idTokenExpected: true,
    });
    const claims = tokens.claims();
    if (!claims) return { fault: '' };
    const { userinfo_endpoint: hasUserInfo } = config.serverMetadata();
    const more = hasUserInfo ? await client.fetchUserInfo(config, tokens.access_token, claims.sub) : {};
    const all: Record<string, unknown> = { ...claims, ...more };
    const email = typeof all['email'] === 'string' && all['email_verified'] === true ? all['email'] : null;
    const names = [all['name'], all['preferred_username'], email, claims.sub];
    return {
      subject: `${issuer} ${claims.sub}`,
      name: names.find((name): name is string => typeof name === 'string' && name !== '') ?? claims.sub,
      email: email === null ? null : comparableEmail(email),
      role: roleOf(all[roleClaim], roleMap),
    };
  } catch (error) {
    const code = (error as { error?: unknown; code?: unknown }).error ?? (error as { code?: unknown }).code;
    return { fault: typeof code === 'string' ? `(${code})` : '' };
  }
}

/** The highest role among the values of the claim; null when none means a role. */
function roleOf(claim: unknown, roleMap: OpenIdSettings['roleMap']): Role | null {
  const values = (Array.isArray(claim) ? claim : [claim]).map(String);
  const means = (role: Role) =>
    roleMap === null
      ? values.includes(role)
      : roleMap.some(([value, mapped]) => mapped === role && values.includes(value));
  return (['admin', 'coordinator'] as const).find(means) ?? null;
}

async function invitationOf(ctx: SessionContext, { email, subject }: Person): Promise<ConsolePerson | null> {
  return email === null ? null : acceptInvitation(ctx.db, email, subject);
}
