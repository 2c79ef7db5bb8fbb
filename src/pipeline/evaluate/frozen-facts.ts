import { freezeCredential } from '../../credential/freeze.ts';
import type { CredentialFacts, KeyReferences } from '../../domain/certificate/credential-facts.ts';
import type { DiplomaFacts } from '../../domain/certificate/diploma-facts.ts';
import { type ForPrint, type PrintContext, printedFacts } from '../../lifecycle/printed-facts.ts';

/** Inputs that turn a judgement into facts: random values, time and place. */
export interface FreezeContext extends PrintContext {
  newId: () => string;
  random: (bytes: number) => Uint8Array;
  /** Without a trailing slash. */
  publicUrl: string;
  /** The current signing keys. */
  keys: KeyReferences;
}

export interface Awarded extends ForPrint {
  status: CredentialFacts['status'];
  at: Date;
}

/** All facts of diploma, credential and seal at this moment; later changes do not affect them. */
export function freezeFacts(ctx: FreezeContext, awarded: Awarded): DiplomaFacts {
  return withCredential(ctx, printedFacts(ctx, awarded), awarded);
}

/** Adds the facts of credential and seal to those that are printed. */
export function withCredential(
  ctx: FreezeContext,
  facts: DiplomaFacts,
  { release, programme, print, status, at }: Pick<Awarded, 'release' | 'programme' | 'print' | 'status' | 'at'>,
): DiplomaFacts {
  const credential = freezeCredential({
    facts,
    publicUrl: ctx.publicUrl,
    issuer: ctx.rulebook.issuer,
    email: print.email,
    programmeId: programme.id,
    releaseId: release.id,
    timezone: release.timezone,
    status,
    keys: ctx.keys,
    at,
    newId: ctx.newId,
    random: ctx.random,
  });
  return { ...facts, credential };
}
