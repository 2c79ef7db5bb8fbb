/** Whether `text` matches a pattern in which `*` stands for any characters; all other characters are literal. */
export function globMatches(pattern: string, text: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return pattern === text;
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false;
  let from = first.length;
  for (const part of rest) {
    const at = text.indexOf(part, from);
    if (at === -1) return false;
    from = at + part.length;
  }
  return from <= text.length - last.length;
}

/**
 * Whether some string matches both patterns. Walks both in parallel and keeps the reachable pairs of positions: a `*`
 * may match nothing or the other pattern's next character.
 */
export function globsIntersect(a: string, b: string): boolean {
  let row = new Set<number>([0]);
  for (let i = 0; ; i += 1) {
    const next = new Set<number>();
    for (let j = 0; j <= b.length; j += 1) {
      if (!row.has(j)) continue;
      if (i === a.length && j === b.length) return true;
      if (b[j] === '*') row.add(j + 1);
      if (a[i] === '*') {
        next.add(j);
        if (j < b.length) row.add(j + 1);
      } else if (i < a.length) {
        if (b[j] === '*') next.add(j);
        else if (a[i] === b[j]) next.add(j + 1);
      }
    }
    if (i === a.length) return false;
    row = next;
  }
}
