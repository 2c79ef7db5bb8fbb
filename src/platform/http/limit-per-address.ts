import { createHash } from 'node:crypto';
import type { RequestHandler } from 'express';
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

const keyOf = (address: string): string => createHash('sha256').update(counted(address)).digest('base64url');

export interface AddressLimit {
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
  return {
    async count(address) {
      try {
        await limiter.consume(keyOf(address));
        return null;
      } catch (error) {
        if (!(error instanceof RateLimiterRes)) throw error;
        return Math.max(1, Math.ceil(error.msBeforeNext / 1000));
      }
    },
    async forgive(address) {
      await limiter.reward(keyOf(address));
    },
  };
}

/** Answers 429 with `Retry-After` to an address that asks more often than `perMinute`. */
export function limitPerAddress(db: Knex, limit: { name: string; perMinute: number; detail: string }): RequestHandler {
  const { count } = addressLimit(db, limit);
  return async (req, _res, next) => {
    const wait = await count(req.ip ?? '');
    if (wait !== null) throw new Problem(429, limit.detail, { headers: { 'Retry-After': String(wait) } });
    next();
  };
}
