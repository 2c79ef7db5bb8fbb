import { createHash } from 'node:crypto';
import type { RequestHandler } from 'express';
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import { Problem } from '../platform/problem.ts';
import type { Db } from '../records/rows.ts';

const PER_MINUTE = 30;

/**
 * At most 30 requests a minute from one address, counted in PostgreSQL for all processes and hosts together.
 * Addresses are kept as hashes, and for an hour at most.
 */
export function limitPerAddress(db: Db): RequestHandler {
  const limiter = new RateLimiterPostgres({
    storeClient: db,
    storeType: 'knex',
    tableName: 'lookup_limit',
    tableCreated: true,
    keyPrefix: 'lookup',
    points: PER_MINUTE,
    duration: 60,
    // One who goes on asking costs no more queries.
    inMemoryBlockOnConsumed: PER_MINUTE + 1,
  });
  return async (req, _res, next) => {
    const address = (req.ip ?? '').replace(/^::ffff:/, '');
    const key = createHash('sha256').update(address).digest('base64url');
    try {
      await limiter.consume(key);
    } catch (error) {
      if (!(error instanceof RateLimiterRes)) throw error;
      const headers = { 'Retry-After': String(Math.max(1, Math.ceil(error.msBeforeNext / 1000))) };
      throw new Problem(429, 'Too many lookups from this address; try again after the time in Retry-After.', {
        headers,
      });
    }
    next();
  };
}
