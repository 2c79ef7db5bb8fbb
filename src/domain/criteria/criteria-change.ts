import { type Language, messageIn } from '../messages/message.ts';
import type { CriterionResult, Evaluation, Programme } from './criteria.ts';
import type { CriteriaTree } from './criterion.ts';
import { demandOf } from './criterion-sentence.ts';

/** The sets of criteria that could be met to change the result, smallest first. */
export interface Change {
  /**
   * Each is a minimal set: if these criteria were met and all others unchanged, the whole tree would be met; without
   * any one of them it would not. One empty set when the tree is met.
   */
  alternatives: CriterionResult[][];
  /** True if there are more sets than shown. */
  more: boolean;
}

const MOST = 5;

/** Keeps one more than is shown, to detect further ways. */
function smallest(ways: CriterionResult[][]): CriterionResult[][] {
  return ways.sort((a, b) => a.length - b.length).slice(0, MOST + 1);
}

function ways(tree: CriteriaTree, negated: boolean, byPath: ReadonlyMap<string, CriterionResult>): CriterionResult[][] {
  if ('not' in tree) return ways(tree.not, !negated, byPath);
  if ('all' in tree || 'any' in tree) {
    const children = ('all' in tree ? tree.all : tree.any).map((child) => ways(child, negated, byPath));
    // Each criterion occurs at one place only, so unions of minimal sets are minimal, and no set contains another.
    if ('all' in tree !== negated)
      return children.reduce((sum, child) => smallest(sum.flatMap((a) => child.map((b) => [...a, ...b]))), [[]]);
    return children.find((child) => child[0]?.length === 0) ?? smallest(children.flat());
  }
  const result = byPath.get(tree.path);
  if (!result) throw new Error(`the evaluation belongs to other criteria: it has no result at ${tree.path}`);
  return [result.met ? [] : [result]];
}

/**
 * The minimal changes that would make the criteria met, at most five ways. Each criterion is treated as independent,
 * even if two cannot hold at once.
 * @param evaluation of the same tree
 * @throws Error when the evaluation belongs to another tree
 */
export function whatWouldChange(tree: CriteriaTree, evaluation: Pick<Evaluation, 'results'>): Change {
  const found = ways(tree, false, new Map(evaluation.results.map((result) => [result.path, result])));
  return { alternatives: found.slice(0, MOST), more: found.length > MOST };
}

/** Whether meeting `other` implies meeting `one`, such as a lower bound below a higher one. */
function impliedBy(one: CriterionResult, other: CriterionResult): boolean {
  if (one.source !== other.source || one.parameter !== other.parameter || one.negated || other.negated) return false;
  if (one.operator !== other.operator || typeof one.expected !== 'number' || typeof other.expected !== 'number')
    return false;
  return one.operator === 'atLeast'
    ? one.expected < other.expected
    : one.operator === 'atMost' && one.expected > other.expected;
}

/**
 * The alternatives in words: "score: at least 60 (+3) and project accepted: yes".
 * @param zone IANA zone of the release
 */
export function changeInWords({ alternatives, more }: Change, language: Language, zone: string): string {
  const join = (code: 'change.and' | 'change.or', texts: readonly string[]) =>
    texts.reduce((one, other) => messageIn(language, code, { one, other }));
  const texts = alternatives.map((set) => {
    const telling = set.filter((one) => !set.some((other) => impliedBy(one, other)));
    if (telling.length === 0) return '';
    return join('change.and', [...new Set(telling.map((result) => demandOf(result, language, zone)))]);
  });
  const distinct = [...new Set(texts)];
  if (distinct.length === 0 || distinct[0] === '') return messageIn(language, 'change.nothing');
  const ways = join('change.or', distinct);
  const all = distinct.length > 1 ? messageIn(language, 'change.either', { ways }) : ways;
  return more ? messageIn(language, 'change.otherwise', { ways: all }) : all;
}

/** What would have to change for an unmet decision to be met; null when the programme is unknown. */
export function changeOf(
  programmes: readonly Pick<Programme, 'id' | 'require'>[],
  decision: { programmeId: string | null; criteria: CriterionResult[] },
): Change | null {
  if (decision.criteria.length === 0) return null;
  const programme = programmes.find(({ id }) => id === decision.programmeId);
  return programme === undefined ? null : whatWouldChange(programme.require, { results: decision.criteria });
}
