import { makeTestKeys } from '../../support/keys.ts';

process.stdout.write(JSON.stringify(await makeTestKeys(process.argv[2] ?? '')));
