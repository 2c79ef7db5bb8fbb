import { loadRulebook, readRules } from '../adapters/templates-dir/load-rulebook.ts';
import { createPrinter } from '../diploma/create-printer.ts';
import { loadTemplates } from '../diploma/template/load-templates.ts';
import type { TemplateBundle } from '../diploma/template/template.ts';
import { InputError } from '../domain/failure.ts';
import type { Rules } from '../domain/rulebook.ts';
import { decideAgain, differences, type ReplayAnswer } from '../pipeline/evaluate/replay.ts';
import { StoredCase } from '../pipeline/evaluate/stored-case.ts';
import type { Printer } from '../ports/printer.ts';
import type { Db } from '../records/rows.ts';
import { selectReleaseSnapshot, selectRulebook } from '../records/rulebooks.ts';
import type { Decision } from '../records/student-groups/decisions.ts';
import { MAIL_INSTRUCTIONS } from './open-mail.ts';
import { storedBundle } from './published-rules.ts';

/** Rules, and a printer that measures names with the templates of these rules. */
interface OpenRules {
  hash: string;
  rules: Rules;
  printer: Printer;
}

function open(hash: string, rules: Rules, templates: TemplateBundle[]): OpenRules {
  return {
    hash,
    rules,
    printer: createPrinter({ templates, bundleByHash: async () => null, threads: 1, unmailable: MAIL_INSTRUCTIONS }),
  };
}

async function openTodays(templatesDir: string): Promise<OpenRules> {
  const bundles = await loadTemplates(templatesDir);
  const rulebook = await loadRulebook(templatesDir, bundles);
  return open(rulebook.hash, rulebook, bundles);
}

/** Published rules by hash; or a message when they are incomplete. */
async function openStored(db: Db, hash: string): Promise<OpenRules | string> {
  const stored = await selectRulebook(db, hash);
  if (!stored) return 'the rules of the decision are not stored';
  const bundles: TemplateBundle[] = [];
  for (const [id, { hash: contents }] of Object.entries(stored.templates)) {
    const bundle = await storedBundle(db, contents);
    if (!bundle) return `the contents of template ${id} are not stored`;
    bundles.push(bundle);
  }
  try {
    return open(hash, { ...readRules(stored), templates: new Map(Object.entries(stored.templates)) }, bundles);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return `this version of Gramota can no longer read the rules of this decision: ${error.faults[0]}`;
  }
}

export type Replay =
  | { kind: 'same' | 'different'; differences: string[]; today: Today }
  /** The stored data do not suffice, or this version cannot parse them. */
  | { kind: 'impossible'; detail: string };

/** The result of the current rules for the same stored data. */
export interface Today {
  answer: ReplayAnswer;
  /** Differences between the replayed result and the stored decision. */
  differences: string[];
}

export interface Replayer {
  replay(decision: Decision): Promise<Replay>;
  close(): Promise<void>;
}

/** Fetches the data for each hash only once. */
function once<T>(fetch: (hash: string) => Promise<T>) {
  const byHash = new Map<string, Promise<T>>();
  return {
    get(hash: string): Promise<T> {
      const found = byHash.get(hash) ?? fetch(hash);
      byHash.set(hash, found);
      return found;
    },
    all: () => Promise.all(byHash.values()),
  };
}

/** Replays stored decisions: with the rules they were made by, and with those of a templates folder. */
export async function openReplayer(db: Db, templatesDir: string): Promise<Replayer> {
  const todays = await openTodays(templatesDir);
  const rulesOf = once((hash) => openStored(db, hash));
  const releaseOf = once((hash) => selectReleaseSnapshot(db, hash));
  return {
    async replay(decision) {
      const impossible = (detail: string): Replay => ({ kind: 'impossible', detail });
      if (decision.inputs === null) return impossible('the data of the decision were erased');
      const stored = StoredCase.safeParse(decision.inputs);
      if (!stored.success) return impossible('this version of Gramota cannot read the stored data of the decision');
      const release = await releaseOf.get(stored.data.release);
      if (!release) return impossible('the release of the decision is not stored');
      const rules = await rulesOf.get(decision.rulesHash);
      if (typeof rules === 'string') return impossible(rules);
      const found = differences(decision, decideAgain(stored.data, release, rules.rules, rules.printer));
      const answer = decideAgain(stored.data, release, todays.rules, todays.printer);
      const today = { answer, differences: differences(decision, answer) };
      return { kind: found.length === 0 ? 'same' : 'different', differences: found, today };
    },
    async close() {
      await todays.printer.close();
      for (const rules of await rulesOf.all()) if (typeof rules !== 'string') await rules.printer.close();
    },
  };
}
