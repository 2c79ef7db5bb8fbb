import type { TestEvent } from 'node:test/reporters';

/** One output line of this reporter: an ended test, or the time of a file at its top level. */
export type ResultLine =
  | { kind: 'test'; outcome: 'passed' | 'failed' | 'skipped'; file: string | undefined; name: string }
  | { kind: 'time'; file: string | undefined; name: string; ms: number };

/**
 * A reporter of node:test (therefore the default export): JSON lines for the process that started the test file. A
 * suite is not a test and fails with its tests; a suite that fails by itself (in a hook) is counted.
 */
export default async function* results(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  for await (const event of events) {
    if (event.type !== 'test:pass' && event.type !== 'test:fail') continue;
    const { name, file, nesting, details } = event.data;
    if (nesting === 0) yield line({ kind: 'time', file, name, ms: details.duration_ms });
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
