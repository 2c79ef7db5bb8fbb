import type { Through } from '../../platform/http/http.ts';
import type { Reply, TimeLeft, Transport } from './transport.ts';
import { wireText } from './wire.ts';

export type SendsayAuth =
  /** API key of a sublogin, or `jwt:<token>`. */
  { kind: 'key'; apiKey: string } | { kind: 'session'; login: string; sublogin: string; password: string };

/** An authorization header, or the login's reply that explains why there is none. */
export type Credential = { kind: 'ready'; authorization: string } | { kind: 'none'; login: Reply };

export interface Credentials {
  /** True when a new credential can replace a refused one. */
  readonly renewable: boolean;
  current(timeLeft: TimeLeft): Promise<Credential>;
  /** Drops a refused credential, unless a newer one has already replaced it. */
  drop(authorization: string): void;
}

/** The credential is sent only in the `Authorization` header; the provider refuses it when it is given twice. */
export function createCredentials(auth: SendsayAuth, transport: Transport, gate: Through): Credentials {
  if (auth.kind === 'key') {
    const authorization = keyHeader(auth.apiKey);
    return { renewable: false, current: async () => ({ kind: 'ready', authorization }), drop: () => {} };
  }

  let session: string | null = null;
  let login: Promise<Credential> | null = null;

  async function logIn(timeLeft: TimeLeft): Promise<Credential> {
    const { login: common, sublogin, password } = auth as Extract<SendsayAuth, { kind: 'session' }>;
    const content = { action: 'login', login: common, sublogin, passwd: password };
    const reply = await transport.post(content, null, gate, timeLeft);
    if (reply.kind !== 'answer' || reply.errors.length > 0) return { kind: 'none', login: reply };
    const id = reply.status === 200 ? wireText(reply.content?.['session']) : null;
    if (id === null) return { kind: 'none', login: reply };
    session = `sendsay session=${encodeURIComponent(id)}`;
    return { kind: 'ready', authorization: session };
  }

  return {
    renewable: true,
    async current(timeLeft) {
      if (session !== null) return { kind: 'ready', authorization: session };
      // Concurrent calls without a session share one login.
      login ??= logIn(timeLeft).finally(() => {
        login = null;
      });
      return login;
    },
    drop(authorization) {
      if (session === authorization) session = null;
    },
  };
}

function keyHeader(apiKey: string): string {
  const prefix = apiKey.startsWith('jwt:') ? 'jwt:' : '';
  return `sendsay apikey=${prefix}${encodeURIComponent(apiKey.slice(prefix.length))}`;
}
