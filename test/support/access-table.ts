import type { Express } from 'express';
import { routesOf } from '../../src/app.ts';
import { createBatchStreams } from '../../src/coordinate/batch-streams.ts';
import { openDatabase } from '../../src/platform/database/database.ts';
import type { Access, Route } from '../../src/platform/http/declare-route.ts';
import { FOR_ADMINS, OPEN_TO_ALL, registeredPages } from '../console/console-routes.ts';
import { appOver, depsOver } from '../http/harness.ts';

/** Who calls: without a token, or with a token of a role. */
export const CALLERS = ['nobody', 'viewer', 'coordinator', 'admin'] as const;
export type Caller = (typeof CALLERS)[number];

/** Callers that each declared access lets in; a signature or the own host is no caller of these. */
const LETS_IN: Record<Access, readonly Caller[]> = {
  anyone: CALLERS,
  viewer: ['viewer', 'coordinator', 'admin'],
  coordinator: ['coordinator', 'admin'],
  admin: ['admin'],
  'local-or-token': ['viewer', 'coordinator', 'admin'],
  'lms-signature': [],
};

export const letsIn = ({ access }: Pick<Route, 'access'>, caller: Caller): boolean => LETS_IN[access].includes(caller);

/** Every declared route, without a database. */
export async function declaredRoutes(): Promise<Route[]> {
  return withNothing((db) => {
    const { deps } = depsOver(db);
    return routesOf({ ...deps, streams: createBatchStreams(deps) }, async () => null);
  });
}

async function withNothing<T>(use: (db: ReturnType<typeof openDatabase>) => T): Promise<T> {
  const nowhere = openDatabase({ url: 'postgres://nobody@127.0.0.1:1/none', poolMax: 1, applicationName: 'test' });
  try {
    return use(nowhere);
  } finally {
    await nowhere.destroy();
  }
}

/** The table of docs/security.md: one line a route, and who may call it. */
export async function accessTable(): Promise<string> {
  const cell = (may: boolean) => (may ? 'yes' : '–');
  const declared = (await declaredRoutes()).map((route) => {
    const note = route.access === 'lms-signature' ? 'signature' : null;
    const nobody = note ?? (route.access === 'local-or-token' ? 'this host' : cell(letsIn(route, 'nobody')));
    const others = CALLERS.slice(1).map((caller) => note ?? cell(letsIn(route, caller)));
    return [`\`${route.method} ${route.path.replace(/:(\w+)/g, '{$1}')}\``, nobody, ...others];
  });
  const pages = (await withNothing((db) => registeredPages(appOver(db).app as Express))).map(({ method, path }) => {
    const name = `${method} ${path}`;
    const open = OPEN_TO_ALL.test(name);
    const coordinator = !FOR_ADMINS.includes(name);
    // The hash in the name of a file changes with each edit of the file.
    const shown = name.replace(/\.[0-9a-f]{16}\./, '.HASH.');
    return [`\`${shown}\``, cell(open), cell(open), cell(coordinator), cell(true)];
  });
  const lines = [...declared, ...pages].map((cells) => `| ${cells.join(' | ')} |`);
  return [
    `| route | ${CALLERS.join(' | ')} |`,
    `| ${['route', ...CALLERS].map(() => '---').join(' | ')} |`,
    ...lines,
  ].join('\n');
}
