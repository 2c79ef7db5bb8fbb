import { describe } from 'node:test';
import { pathToFileURL } from 'node:url';

/**
 * Runs the test files named on the command line in this process, one after the other. Each is a suite, so that hooks
 * outside `describe` apply to their own file only. A file is loaded when the one before it is: two that load at the same
 * time may register their hooks with the other's suite.
 */
let loaded: Promise<unknown> = Promise.resolve();
for (const file of process.argv.slice(2))
  describe(file, () => {
    loaded = loaded.then(() => import(pathToFileURL(file).href));
    return loaded.then(() => undefined);
  });
