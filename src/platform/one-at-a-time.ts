/**
 * Shares expensive work between concurrent callers. A caller never gets a run that started before its call: a caller
 * that comes during a run waits for the next one, which it shares with all other waiting callers.
 */
export function oneAtATime<T>(work: () => Promise<T>): () => Promise<T> {
  let running: Promise<unknown> = Promise.resolve();
  let next: Promise<T> | null = null;
  const begin = (): Promise<T> => {
    next = null;
    const begun = work();
    running = begun.catch(() => undefined);
    return begun;
  };
  return () => {
    next ??= running.then(begin);
    return next;
  };
}
