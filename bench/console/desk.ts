import { Agent, request } from 'undici';

/** Somebody at the console: a session, and requests one after the other over a connection of their own. */
export interface Desk {
  /** The whole answer to a page; ends the bench unless it is 200. */
  page(path: string): Promise<string>;
  /** Sends a form; the address that it leads to. */
  post(path: string, fields: Record<string, string>): Promise<string>;
  /** Opens a stream of server-sent events; `events` counts what came. */
  follow(path: string): Promise<{ events(): number; close(): void }>;
  close(): Promise<void>;
}

export async function openDesk(url: string, token: string): Promise<Desk> {
  const agent = new Agent({ connections: 100, pipelining: 1, headersTimeout: 0, bodyTimeout: 0 });
  const origin = { 'sec-fetch-site': 'same-origin' };
  const form = (fields: Record<string, string>) => ({
    method: 'POST' as const,
    body: new URLSearchParams(fields).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });
  const signedIn = await request(`${url}/console/session`, {
    dispatcher: agent,
    ...form({ token }),
    headers: { ...form({}).headers, ...origin },
  });
  await signedIn.body.dump();
  const cookie = String(signedIn.headers['set-cookie']).split(';')[0] ?? '';
  const headers = { ...origin, cookie };
  return {
    async page(path) {
      const { statusCode, body } = await request(url + path, { dispatcher: agent, headers });
      const text = await body.text();
      if (statusCode !== 200) throw new Error(`${path}: ${statusCode}`);
      return text;
    },
    async post(path, fields) {
      const sent = form(fields);
      const answer = await request(url + path, {
        dispatcher: agent,
        ...sent,
        headers: { ...headers, ...sent.headers },
      });
      await answer.body.dump();
      if (answer.statusCode !== 303) throw new Error(`${path}: ${answer.statusCode}`);
      return String(answer.headers['location']);
    },
    async follow(path) {
      const { statusCode, body } = await request(url + path, { dispatcher: agent, headers });
      if (statusCode !== 200) throw new Error(`${path}: ${statusCode}`);
      let events = 0;
      body.on('data', (chunk: Buffer) => {
        events += chunk.toString().split('\nevent: ').length;
      });
      body.on('error', () => undefined);
      return { events: () => events, close: () => void body.destroy() };
    },
    close: () => agent.destroy(),
  };
}
