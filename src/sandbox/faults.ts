import { z } from 'zod';
import { OUTCOMES } from './sendsay/outcomes.ts';

/** Conditions of a fault. Without `nth` and `probability` it applies to every matching request. */
const Match = z.strictObject({
  method: z.string().optional(),
  pathPrefix: z.string().optional(),
  /** Sendsay only: the call's name. */
  action: z.string().optional(),
  /** Sendsay only: the recipient of issue.send. */
  email: z.string().optional(),
  /** 1-based: the n-th matching request since the list was set. */
  nth: z.number().int().positive().optional(),
  /** From 0 to 1; the random generator has a fixed seed. */
  probability: z.number().min(0).max(1).optional(),
});

export const FAULT_KINDS = [
  'status',
  'reset-before',
  'reset-after-apply',
  'reset-after-accept',
  'timeout-after-accept',
  'hang',
  'slow',
  'garbage',
  'wrong-schema',
  'rate-limit',
  'redirect',
  'body-redirect',
  'session-expired',
  'error',
  'tracker',
  'other-answer',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

const Fault = z.strictObject({
  match: Match.default({}),
  kind: z.enum(FAULT_KINDS),
  /** How often the fault applies; default is 1 with `nth`, else unlimited. */
  times: z.number().int().positive().optional(),
  /** HTTP status for `status` (default 503) and `redirect` (307). */
  status: z.number().int().min(200).max(599).optional(),
  /** Value of the header `Retry-After`, in seconds. */
  retryAfter: z.number().nonnegative().optional(),
  /** Milliseconds: the delay of `slow`, or the time until a hanging connection is cut (default: never). */
  ms: z.number().nonnegative().optional(),
  /** For the faults `status`, `garbage` and `wrong-schema`: whether the request is executed before the response. */
  executed: z.boolean().optional(),
  location: z.string().optional(),
  /** For the fault `error`: the provider's error id, and an explanation of any type. */
  id: z.string().optional(),
  explain: z.unknown().optional(),
  /** For the fault `other-answer`: fields that replace or extend the response; null removes a field. */
  fields: z.record(z.string(), z.unknown()).optional(),
  /** For the fault `tracker`: the final outcome of this letter's tracker. */
  outcome: z.enum(OUTCOMES).optional(),
});
export type Fault = z.infer<typeof Fault>;

const FaultList = z.strictObject({ faults: z.array(Fault), seed: z.number().int().optional() });

/** Properties that a fault is matched against. */
export interface FaultSubject {
  method: string;
  path: string;
  action?: string;
  email?: string;
}

/** Faults that a test has set through the control API, in order; the first match is used. */
export class FaultPlan {
  #faults: { fault: Fault; seen: number; struck: number }[] = [];
  #random = seededRandom(1);
  readonly #kinds: readonly FaultKind[];

  /** `kinds`: faults that this server can perform; others are refused when set, to catch typing mistakes. */
  constructor(kinds: readonly FaultKind[]) {
    this.#kinds = kinds;
  }

  /** Replaces the list. Returns the fault of the input, or null. */
  replace(input: unknown): string | null {
    const parsed = FaultList.safeParse(input);
    if (!parsed.success) return z.prettifyError(parsed.error);
    const unknown = parsed.data.faults.find((fault) => !this.#kinds.includes(fault.kind));
    if (unknown) return `kind "${unknown.kind}" is not one of this server: ${this.#kinds.join(', ')}`;
    this.#faults = parsed.data.faults.map((fault) => ({ fault, seen: 0, struck: 0 }));
    this.#random = seededRandom(parsed.data.seed ?? 1);
    return null;
  }

  /** The fault for this request, or null. Counts the request for every fault that matches. */
  strike(subject: FaultSubject): Fault | null {
    let struck: Fault | null = null;
    for (const entry of this.#faults) {
      if (!matches(entry.fault, subject)) continue;
      entry.seen += 1;
      const { nth, probability } = entry.fault.match;
      const times = entry.fault.times ?? (nth === undefined ? Number.POSITIVE_INFINITY : 1);
      if (struck || entry.struck >= times) continue;
      if (nth !== undefined && entry.seen < nth) continue;
      if (probability !== undefined && this.#random() >= probability) continue;
      entry.struck += 1;
      struck = entry.fault;
    }
    return struck;
  }
}

function matches({ match }: Fault, subject: FaultSubject): boolean {
  return (
    (match.method === undefined || match.method.toUpperCase() === subject.method) &&
    (match.pathPrefix === undefined || subject.path.startsWith(match.pathPrefix)) &&
    (match.action === undefined || match.action === subject.action) &&
    (match.email === undefined || match.email.toLowerCase() === subject.email?.toLowerCase())
  );
}

/** mulberry32 (public domain): 0 ≤ x < 1; the same seed gives the same sequence. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
