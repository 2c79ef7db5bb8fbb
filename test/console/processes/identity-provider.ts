/// <reference path="./oidc-provider.d.ts" />
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Provider } from 'oidc-provider';

/**
 * A real OpenID Connect provider in its own process, without password pages: the person of the next sign-in is named by
 * `POST /next/{person}`. Arguments: the client's redirect address. It prints its address.
 */
const PEOPLE: Record<string, { name: string; email: string; email_verified: boolean; roles?: string[] }> = {
  olga: { name: 'Olga Sample', email: 'olga@school.example', email_verified: true, roles: ['staff', 'coordinator'] },
  ivan: { name: 'Ivan Sample', email: 'ivan@school.example', email_verified: true, roles: ['staff'] },
  nina: { name: 'Nina Sample', email: 'nina@school.example', email_verified: false, roles: [] },
};

const [, , redirectUri = ''] = process.argv;
let next = 'olga';
const server = createServer((req, res) => void answer(req, res));
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  provider = createProvider(`http://127.0.0.1:${port}`);
  process.stdout.write(`provider on http://127.0.0.1:${port}\n`);
});
let provider: Provider | undefined;

function createProvider(issuer: string): Provider {
  return new Provider(issuer, {
    clients: [
      { client_id: 'gramota', client_secret: 'fictional-client-secret-of-gramota', redirect_uris: [redirectUri] },
    ],
    claims: { openid: ['sub'], profile: ['name', 'roles'], email: ['email', 'email_verified'] },
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false } },
    cookies: { keys: ['fictional cookie key'] },
    interactions: { url: (_ctx: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
    findAccount: async (_ctx: unknown, id: string) => ({
      accountId: id,
      claims: async () => ({ sub: id, ...PEOPLE[id] }),
    }),
  });
}

async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
  if (provider === undefined) return;
  const path = new URL(req.url ?? '', 'http://localhost').pathname;
  if (req.method === 'POST' && path.startsWith('/next/')) {
    next = path.slice('/next/'.length);
    res.end();
    return;
  }
  if (!path.startsWith('/interaction/')) {
    provider.callback()(req, res);
    return;
  }
  const { prompt, params, session } = await provider.interactionDetails(req, res);
  if (prompt.name === 'login') {
    await provider.interactionFinished(req, res, { login: { accountId: next } });
    return;
  }
  const grant = new provider.Grant({ accountId: session?.accountId ?? next, clientId: String(params['client_id']) });
  grant.addOIDCScope('openid profile email');
  await provider.interactionFinished(
    req,
    res,
    { consent: { grantId: await grant.save() } },
    { mergeWithLastSubmission: true },
  );
}
