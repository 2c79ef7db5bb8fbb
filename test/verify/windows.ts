import { zoneDataEdition } from '../../src/domain/time/zone-data.ts';
import { windowDigest } from '../support/window-digest.ts';

/** `npm run verify:windows`: run it on every supported Node version; the hashes must be equal. */
const { windows, sha256 } = windowDigest(1);
const { tz } = process.versions;
process.stdout.write(
  `Node ${process.versions.node} (its own zone data: ${tz}), pinned ${zoneDataEdition().version}: ${windows} windows, SHA-256 ${sha256}\n`,
);
