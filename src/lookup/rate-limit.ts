import { createHash } from 'node:crypto';
import type { RequestHandler } from 'express';
import ipaddr from 'ipaddr.js';
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import { Problem } from '../platform/http/problem.ts';
import type { Db } from '../records/rows.ts';

const PER_MINUTE = 30;

/**
 * Number of 16-bit groups in the network part of an IPv6 address (RFC 4291, 2.5.4); a host can choose the rest
 * freely.
 */
const NETWORK_PARTS = 4;

/** The key for counting: an IPv4 address in any notation, or a whole IPv6 /64 network. */
function counted(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const known = ipaddr.process(address);
  return known instanceof ipaddr.IPv6 ? known.parts.slice(0, NETWORK_PARTS).join(':') : known.toString();
}

/**
 * At most 30 requests per minute and address, counted in PostgreSQL for all processes and hosts. Addresses are stored
 * as hashes, for at most an hour.
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
    // A blocked address costs no further queries.
    inMemoryBlockOnConsumed: PER_MINUTE + 1,
  });
  return async (req, _res, next) => {
    const key = createHash('sha256')
      .update(counted(req.ip ?? ''))
      .digest('base64url');
    try {
      await limiter.consume(key);
    } catch (error) {
      if (!(error instanceof RateLimiterRes)) throw error;
      const headers = { 'Retry-After': String(Math.max(1, Math.ceil(error.msBeforeNext / 1000))) };
      throw new Problem(
        429,
        'Too many lookups from this address; try again after the number of seconds in Retry-After.',
        {
          headers,
        },
      );
    }
    next();
  };
}
