import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import express from 'express';
import helmet from 'helmet';
import { documentationRoutes } from './api-docs/docs-routes.ts';
import { mountConsole } from './console/console.ts';
import type { DeskContext } from './console/desk-context.ts';
import { actRoutes } from './coordinate/act-routes.ts';
import { batchRoutes, type CoordinateContext } from './coordinate/api-routes.ts';
import { approvalRoutes } from './coordinate/approval-routes.ts';
import { type BatchStreamsContext, createBatchStreams } from './coordinate/batch-streams.ts';
import { bulkRoutes } from './coordinate/bulk/bulk-routes.ts';
import { certificateRoutes } from './coordinate/certificate-routes.ts';
import { eventRoutes } from './coordinate/event-routes.ts';
import { exceptionRoutes } from './coordinate/exception-routes.ts';
import type { ForecastContext } from './coordinate/forecast.ts';
import { forecastRoutes } from './coordinate/forecast-routes.ts';
import { type ImportContext, importRoutes } from './coordinate/import-routes.ts';
import { type LetterContext, letterRoutes } from './coordinate/letter-routes.ts';
import { personRoutes } from './coordinate/people/person-routes.ts';
import { reconciliationRoutes } from './coordinate/reconciliation-routes.ts';
import { type ReissueRouteContext, reissueRoutes } from './coordinate/reissue-routes.ts';
import { releaseExportRoutes } from './coordinate/release-export-routes.ts';
import { releaseListRoutes } from './coordinate/release-list.ts';
import { describeSending } from './coordinate/sending.ts';
import type { StudentGroupContext } from './coordinate/student-group-routes.ts';
import { studentGroupRoutes } from './coordinate/student-group-routes.ts';
import { type TemplateContext, templateRoutes } from './coordinate/template-routes.ts';
import { tokenRoutes } from './coordinate/token-routes.ts';
import { tokenAuthentication } from './coordinate/token-verbs.ts';
import { verbRoutes } from './coordinate/verb-routes.ts';
import { InputError } from './domain/failure.ts';
import { type CredentialContext, credentialRoutes, guardCredentials } from './lookup/credential-routes.ts';
import {
  answerRefusedLookup,
  guardLookup,
  isLookup,
  type LookupContext,
  lookupRoutes,
} from './lookup/public-routes.ts';
import { type OperationsContext, operationRoutes } from './operations.ts';
import { logRequest, watchRequests } from './platform/http/access-log.ts';
import { type Authenticate, requireIdentity } from './platform/http/auth.ts';
import { mountRoutes, type Route } from './platform/http/declare-route.ts';
import { chooseCoordinatorLanguage } from './platform/http/language.ts';
import { answerErrors, answerNotFound } from './platform/http/problem.ts';
import { nameRequest } from './platform/http/request-id.ts';
import { readTarget } from './platform/http/request-target.ts';
import type { Log } from './platform/log.ts';
import { isLocal, type Metrics } from './platform/metrics.ts';
import type { Db } from './records/rows.ts';
import { guardCallbacks, type WebhookContext, webhookRoutes } from './webhooks.ts';

/** Dependencies of the HTTP app, chosen in `compose` or by a test. */
export interface AppDeps
  extends Omit<WebhookContext, 'countWebhook'>,
    LookupContext,
    CredentialContext,
    ForecastContext,
    ReissueRouteContext,
    Omit<CoordinateContext, 'streams' | 'rulebook'>,
    Omit<BatchStreamsContext, 'db'>,
    Pick<DeskContext, 'zone' | 'openId'>,
    StudentGroupContext,
    LetterContext,
    TemplateContext,
    ImportContext,
    Pick<OperationsContext, 'readiness'> {
  log: Log;
  /** The pool of the streams that follow batches; they must not take connections from other requests. */
  streamsDb: Db;
  /** `TRUST_PROXY`: the number of reverse proxies, or their addresses separated by commas. */
  trustProxy: string | undefined;
  metrics: Metrics;
}

/**
 * Creates the HTTP app as one express application, which does not listen yet. A request passes the handlers from top to
 * bottom.
 * @throws InputError when `trustProxy` is neither a number nor a list of addresses
 */
export function createApp(deps: AppDeps): express.Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', 'simple');
  setTrustProxy(app, deps.trustProxy);
  const publicUrl = deps.publicUrl.replace(/\/+$/, '');
  const authenticate = tokenAuthentication(deps);
  const { metrics } = deps;

  app.use(nameRequest(deps.newId));
  app.use(
    watchRequests(
      () => deps.clock.now(),
      (answered) => {
        logRequest(deps.log, answered);
        metrics.observe(answered);
      },
      isLookup,
    ),
  );
  app.use(securityHeaders(publicUrl));
  app.use(readTarget);

  guardCallbacks(app, deps);
  guardLookup(app);
  guardCredentials(app, { publicUrl });
  app.use('/api', forbidCaching, chooseCoordinatorLanguage, requireIdentity(authenticate));
  const streams = createBatchStreams({ ...deps, db: deps.streamsDb });
  mountRoutes(app, routesOf({ ...deps, publicUrl, streams }, authenticate));
  mountConsole(app, { ...deps, publicUrl, streams }, deps.log);
  answerRefusedLookup(app, deps);

  app.use(answerNotFound);
  app.use(answerErrors(deps.log));
  return app;
}

/** All routes, in the order in which openapi.json describes them. */
export function routesOf(deps: AppDeps & Pick<CoordinateContext, 'streams'>, authenticate: Authenticate): Route[] {
  const { metrics, trustProxy } = deps;
  // Behind a proxy every request seems to come from a neighbour.
  const mayReadMetrics = async (req: express.Request) =>
    (trustProxy === undefined && isLocal(req)) || (await authenticate(req)) !== null;
  const routes = [
    ...operationRoutes({ ...deps, sending: () => describeSending(deps.db), mayReadMetrics }),
    ...lookupRoutes(deps),
    ...credentialRoutes(deps),
    ...webhookRoutes({ ...deps, countWebhook: metrics.countWebhook }),
    ...batchRoutes(deps),
    ...forecastRoutes(deps),
    ...verbRoutes(deps),
    ...reissueRoutes(deps),
    ...certificateRoutes(deps),
    ...studentGroupRoutes(deps),
    ...releaseListRoutes(deps),
    ...actRoutes(deps),
    ...eventRoutes(deps),
    ...tokenRoutes(deps),
    ...exceptionRoutes(deps),
    ...bulkRoutes(deps),
    ...importRoutes(deps),
    ...reconciliationRoutes(deps),
    ...releaseExportRoutes(deps),
    ...letterRoutes(deps),
    ...templateRoutes(deps),
    ...approvalRoutes(deps),
    ...personRoutes(deps),
  ];
  const own = documentationRoutes(deps.publicUrl, () => [...routes, ...own]);
  return [...routes, ...own];
}

const forbidCaching: express.RequestHandler = (_req, res, next) => {
  res.set('Cache-Control', 'no-store');
  next();
};

function setTrustProxy(app: express.Express, setting: string | undefined): void {
  if (setting === undefined) return;
  try {
    app.set(
      'trust proxy',
      /^\d+$/.test(setting.trim()) ? Number(setting) : setting.split(',').map((part) => part.trim()),
    );
  } catch {
    throw new InputError('TRUST_PROXY: expected the number of reverse proxies, or their addresses separated by commas');
  }
}

/** The same headers for every answer, so they are made once. */
function securityHeaders(publicUrl: string): express.RequestHandler {
  const made = new Map<string, string>();
  const sample = new ServerResponse(new IncomingMessage(new Socket()));
  sample.setHeader = (name, value) => {
    made.set(name, String(value));
    return sample;
  };
  protect(publicUrl)(sample.req, sample, () => undefined);
  return (_req, res, next) => {
    for (const [name, value] of made) res.setHeader(name, value);
    next();
  };
}

function protect(publicUrl: string): ReturnType<typeof helmet> {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], baseUri: ["'none'"], formAction: ["'none'"], frameAncestors: ["'none'"] },
    },
    referrerPolicy: { policy: 'no-referrer' },
    strictTransportSecurity: publicUrl.startsWith('https:') ? { maxAge: 31_536_000, includeSubDomains: false } : false,
    frameguard: { action: 'deny' },
  });
}
