import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { PNG } from 'pngjs';
import { loadLogo } from '../../src/diploma/picture/page-logo.ts';

it('the logo of issuer.yaml goes to the public pages with its proportion and a name that changes with its contents', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'gramota-logo-'));
  try {
    await mkdir(join(dir, 'issuer'));
    const svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120.5 40"><path d="M0 0h9v9z"/></svg>';
    await writeFile(join(dir, 'issuer/logo.svg'), svg);
    await writeFile(join(dir, 'issuer/logo.png'), PNG.sync.write(new PNG({ width: 30, height: 20 })));
    const [line, pixels] = [await loadLogo(dir, 'logo.svg'), await loadLogo(dir, 'logo.png')];
    assert.deepEqual([line?.width, line?.height, line?.type], [121, 40, 'image/svg+xml']);
    assert.deepEqual([pixels?.width, pixels?.height, pixels?.type], [30, 20, 'image/png']);
    assert.match(line?.name ?? '', /^logo\.[0-9a-f]{16}\.svg$/);
    assert.equal(String(await line?.read()), svg);
    await writeFile(join(dir, 'issuer/logo.svg'), svg.replace('40', '41'));
    assert.notEqual((await loadLogo(dir, 'logo.svg'))?.name, line?.name);
    assert.equal(await loadLogo(dir, null), null);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});
