import { describe } from 'node:test';
import { pathToFileURL } from 'node:url';

/**
 * Runs the test files named on the command line in this process, one after the other. Each is a suite, so that hooks
 * outside `describe` apply to their own file only.
 */
for (const file of process.argv.slice(2))
  describe(file, async () => {
    await import(pathToFileURL(file).href);
  });
