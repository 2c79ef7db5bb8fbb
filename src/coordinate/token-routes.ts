import { z } from 'zod';
import { ROLES } from '../domain/role.ts';
import { jsonRoute } from '../platform/http/api-route.ts';
import type { Route } from '../platform/http/declare-route.ts';
import type { Token } from '../records/tokens.ts';
import { Instant, SAMPLE } from './shared-schemas.ts';
import { isExpired, listTokens, type TokenContext } from './token-verbs.ts';

const TokenItem = z
  .object({
    id: z.uuid(),
    name: z.string().describe('The person or program that uses it.'),
    role: z.enum(ROLES),
    state: z.enum(['active', 'expired', 'revoked']).describe('Only an active token is accepted.'),
    createdAt: Instant,
    expiresAt: Instant.nullable().describe('It is accepted before this time; null if it does not expire.'),
    revokedAt: Instant.nullable(),
    lastUsedAt: Instant.nullable().describe(
      'Its last use, by the API or by the console; to the minute. Null if it was never used.',
    ),
  })
  .meta({ id: 'Token', description: 'A token of this API, without its secret.' });

/** How a token stands, for HTTP, the command line and pages alike. */
export function viewToken(token: Token, now: Date): z.infer<typeof TokenItem> {
  const state = token.revokedAt !== null ? 'revoked' : isExpired(token, now) ? 'expired' : 'active';
  return {
    id: token.id,
    name: token.name,
    role: token.role,
    state,
    createdAt: token.createdAt.toISOString(),
    expiresAt: token.expiresAt?.toISOString() ?? null,
    revokedAt: token.revokedAt?.toISOString() ?? null,
    lastUsedAt: token.lastUsedAt?.toISOString() ?? null,
  };
}
export type TokenView = ReturnType<typeof viewToken>;

/** The list of tokens. */
export function tokenRoutes({ db, clock }: Pick<TokenContext, 'db' | 'clock'>): Route[] {
  return [
    jsonRoute({
      method: 'GET',
      path: '/api/tokens',
      name: 'listTokens',
      tag: 'Access',
      summary: 'List tokens',
      description:
        'All tokens, oldest first, also those that are revoked or expired. Create them with `gramota token create` or on the page “Access” of the console.',
      role: 'admin',
      answer: {
        description: 'All tokens.',
        schema: z.object({ items: z.array(TokenItem) }),
        example: {
          items: [
            {
              id: SAMPLE.act,
              name: 'Anna',
              role: 'coordinator',
              state: 'active',
              createdAt: '2026-09-01T09:00:00.000Z',
              expiresAt: '2027-06-30T21:00:00.000Z',
              revokedAt: null,
              lastUsedAt: '2026-11-23T10:00:00.000Z',
            },
          ],
        },
      },
      handle: async () => {
        const now = clock.now();
        return { items: (await listTokens(db)).map((token) => viewToken(token, now)) };
      },
    }),
  ];
}
