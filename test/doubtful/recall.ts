import { doubtOf } from '../../src/domain/text/doubtful-text.ts';
import { normaliseName } from '../../src/domain/text/name.ts';
import type { Damage } from './damage.ts';

/** The detector's result for correct names that one tool has damaged. */
export interface Recall {
  /** Number of names that the tool changed. */
  changed: number;
  held: number;
  /** Suggestions equal to the original name. */
  mended: number;
  /** Suggestions that differ from the original name. */
  wrong: string[];
  missed: string[];
}

/** Damages the names of all languages in one run of a tool, and checks which are held and with which suggestion. */
export async function recallInLanguages(
  sources: ReadonlyMap<string, readonly string[]>,
  damage: Damage,
): Promise<[language: string, recall: Recall][]> {
  const names = [...sources.values()].flat();
  const damaged = await damage.apply(names);
  if (damaged.length !== names.length)
    throw new Error(`${damage.tool}: ${damaged.length} names of ${names.length} came back`);
  let at = 0;
  return [...sources].map(([language, own]) => {
    at += own.length;
    return [language, recallOf(own, damaged.slice(at - own.length, at))];
  });
}

function recallOf(names: readonly string[], damaged: readonly string[]): Recall {
  const recall: Recall = { changed: 0, held: 0, mended: 0, wrong: [], missed: [] };
  names.forEach((name, index) => {
    const after = damaged[index] ?? '';
    const result = normaliseName(after);
    if (result.ok && result.name === name) return;
    recall.changed++;
    const doubt = result.ok ? doubtOf(result.name, 'name') : null;
    if (result.ok && doubt === null) recall.missed.push(`${name} → ${result.name}`);
    else recall.held++;
    if (!doubt?.suggestion) return;
    if (doubt.suggestion === name) recall.mended++;
    else recall.wrong.push(`${name} → ${after} → ${doubt.suggestion}`);
  });
  return recall;
}
