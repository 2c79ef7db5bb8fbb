import type { Sources } from './architecture.ts';

const EXPORTED = /^export (?:abstract )?(?:async )?(?:function\*?|const|class|interface|type) (\w+)/gm;

/**
 * Finds names with two meanings: two files that export the same name, or two files with the same name; returns one
 * fault per line. `excused` gives the reason for an allowed duplicate; an unnecessary exception is a fault too.
 */
export function nameFaults(sources: Sources, excused: ReadonlyMap<string, string>): string[] {
  const places = new Map<string, Set<string>>();
  const note = (name: string, path: string) => places.set(name, (places.get(name) ?? new Set()).add(path));
  for (const [path, text] of sources) {
    note(path.slice(path.lastIndexOf('/') + 1), path);
    for (const [, name = ''] of text.matchAll(EXPORTED)) note(name, path);
  }
  const doubled = [...places].filter(([, paths]) => paths.size > 1);
  return [
    ...doubled
      .filter(([name]) => !excused.has(name))
      .map(([name, paths]) => `${name}: stands in ${[...paths].join(' and ')}; give one of them another name`),
    ...[...excused.keys()]
      .filter((name) => !doubled.some(([doubledName]) => doubledName === name))
      .map((name) => `${name}: does not stand twice any more; take its excuse away`),
  ];
}
