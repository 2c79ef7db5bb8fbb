import { createHash } from 'node:crypto';
import type { Request, RequestHandler } from 'express';
import ipaddr from 'ipaddr.js';
import type { Knex } from 'knex';
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import { Problem } from './problem.ts';

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

/** Who sent a request, for limits per client; empty when the connection is already gone. */
export const clientOf = (req: Request): string => counted(req.ip ?? '');

const keyOf = (address: string): string => createHash('sha256').update(counted(address)).digest('base64url');

/** What is left after a counted request. */
interface Left {
  /** Whether the request was within the limit. */
  within: boolean;
  /** Further requests that are permitted now. */
  requests: number;
  /** Seconds until all requests are permitted again. */
  seconds: number;
}

export interface AddressLimit {
  /** Counts a request. */
  take(address: string): Promise<Left>;
  /** Counts a request; the seconds to wait when there were too many, else null. */
  count(address: string): Promise<number | null>;
  /** Takes one counted request back. */
  forgive(address: string): Promise<void>;
}

/**
 * At most `perMinute` requests per address, counted in PostgreSQL for all processes and hosts. Addresses are stored
 * as hashes, for at most an hour.
 */
export function addressLimit(db: Knex, { name, perMinute }: { name: string; perMinute: number }): AddressLimit {
  const limiter = new RateLimiterPostgres({
    storeClient: db,
    storeType: 'knex',
    tableName: 'lookup_limit',
    tableCreated: true,
    keyPrefix: name,
    points: perMinute,
    duration: 60,
    // A blocked address costs no further queries.
    inMemoryBlockOnConsumed: perMinute + 1,
  });
  const take = async (address: string): Promise<Left> => {
    const left = (within: boolean, { remainingPoints, msBeforeNext }: RateLimiterRes): Left => {
      const seconds = Math.max(1, Math.ceil(msBeforeNext / 1000));
      return { within, requests: Math.max(0, remainingPoints), seconds };
    };
    try {
      return left(true, await limiter.consume(keyOf(address)));
    } catch (error) {
      if (!(error instanceof RateLimiterRes)) throw error;
      return left(false, error);
    }
  };
  return {
    take,
    async count(address) {
      const { within, seconds } = await take(address);
      return within ? null : seconds;
    },
    async forgive(address) {
      await limiter.reward(keyOf(address));
    },
  };
}

/**
 * Answers 429 with `Retry-After` to an address that asks more often than `perMinute`. Every answer tells the limit in
 * `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-10).
 */
export function limitPerAddress(db: Knex, limit: { name: string; perMinute: number; detail: string }): RequestHandler {
  const { take } = addressLimit(db, limit);
  return async (req, res, next) => {
    const { within, requests, seconds } = await take(req.ip ?? '');
    res.set('RateLimit-Policy', `"${limit.name}";q=${limit.perMinute};w=60`);
    res.set('RateLimit', `"${limit.name}";r=${requests};t=${seconds}`);
    if (!within) throw new Problem(429, limit.detail, { headers: { 'Retry-After': String(seconds) } });
    next();
  };
}
