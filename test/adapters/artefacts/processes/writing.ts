import { createHash, randomBytes } from 'node:crypto';
import { createFileArtefacts } from '../../../../src/adapters/artefacts/file-artefacts.ts';

/** Writes large files into the store until it is killed; informs its parent when many files exist. */
const store = createFileArtefacts(process.argv[2] ?? '');
for (let count = 0; ; count++) {
  const many = Array.from({ length: 4 }, () => randomBytes(2_000_000));
  await store.put(many.map((bytes) => ({ bytes, sha256: createHash('sha256').update(bytes).digest('hex') })));
  if (count === 3) process.send?.('many are there');
}
