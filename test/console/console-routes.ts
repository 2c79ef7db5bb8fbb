import type { Express } from 'express';

/** What of the console may be asked for without a session. */
export const OPEN_TO_ALL = /^(GET \/console\/assets\/.*|GET \/console\/sign-in|POST \/console\/session)$/;
/** What of the console only administrators may do. */
export const FOR_ADMINS = [
  'POST /console/access/people',
  'POST /console/access/people/:id/end',
  'POST /console/access/tokens',
  'POST /console/access/tokens/:id/revoke',
];

export interface Registered {
  method: 'GET' | 'POST';
  path: string;
}

/** Every page, file and act of the console, as the app has registered them; each once. */
export function registeredPages(app: Express): Registered[] {
  const all = app.router.stack.flatMap(({ route }) => {
    if (!route || typeof route.path !== 'string' || !route.path.startsWith('/console')) return [];
    const { path } = route;
    return route.stack.flatMap(({ method }) => {
      const name = method?.toUpperCase();
      return name === 'GET' || name === 'POST' ? [{ method: name, path } as const] : [];
    });
  });
  return [...new Map(all.map((one) => [`${one.method} ${one.path}`, one])).values()];
}
