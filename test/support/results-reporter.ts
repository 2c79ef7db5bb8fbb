import type { TestEvent } from 'node:test/reporters';

/** One line of what this reporter writes: a test that ended, or a file's share of the time at its outermost level. */
export type ResultLine =
  | { kind: 'test'; outcome: 'passed' | 'failed' | 'skipped'; file: string | undefined; name: string }
  | { kind: 'time'; file: string | undefined; ms: number };

/**
 * A reporter of node:test (hence the default export): JSON lines for the process that started the test file. A suite is
 * no test, and fails with its tests; one that fails on its own (a hook) has no test to blame and is counted.
 */
export default async function* results(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  for await (const event of events) {
    if (event.type !== 'test:pass' && event.type !== 'test:fail') continue;
    const { name, file, nesting, details } = event.data;
    if (nesting === 0) yield line({ kind: 'time', file, ms: details.duration_ms });
    if (event.type === 'test:fail') {
      const { failureType } = event.data.details.error as { failureType?: unknown };
      if (details.type !== 'suite' || failureType !== 'subtestsFailed')
        yield line({ kind: 'test', outcome: 'failed', file, name });
    } else if (details.type !== 'suite') {
      const isSkipped = event.data.skip !== undefined || event.data.todo !== undefined;
      yield line({ kind: 'test', outcome: isSkipped ? 'skipped' : 'passed', file, name });
    }
  }
}

function line(result: ResultLine): string {
  return `${JSON.stringify(result)}\n`;
}
