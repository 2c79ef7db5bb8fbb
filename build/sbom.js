import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { argv, exit, stderr, stdout } from 'node:process';

/**
 * `npm run sbom`: writes the bill of materials of what runs in production (CycloneDX, JSON) and prints every licence with its packages.
 * Exit code 1 when a package has a licence that is not allowed here, or none that can be read.
 */
const OUT = 'dist/sbom.cdx.json';
const ALLOWED = new Set(['MIT', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', '0BSD', 'Unlicense', 'CC0-1.0', 'BlueOak-1.0.0']);
/** Packages whose package.json names no licence: the file that does, as read by a person. */
const READ_BY_PERSON = {
  '@digitalbazaar/credentials-context@3.2.0': ['BSD-3-Clause', 'LICENSE.md'],
  'png-js@2.0.0': ['MIT', 'LICENSE'],
};

const out = argv[2] ?? OUT;
const text = execFileSync('npm', ['sbom', '--omit=dev', '--sbom-format=cyclonedx', '--package-lock-only'], {
  encoding: 'utf8',
  maxBuffer: 64 * 1024 * 1024,
});
const { components } = JSON.parse(text);
mkdirSync(dirname(out), { recursive: true });
writeFileSync(out, text);

/** Every part of "A OR B" is a choice; of "A AND B" each must be allowed. */
const isAllowed = (expression) =>
  expression
    .replace(/[()]/g, '')
    .split(' OR ')
    .some((choice) => choice.split(' AND ').every((id) => ALLOWED.has(id.trim())));

const byLicence = new Map();
const faults = [];
for (const { name, version, licenses = [] } of components) {
  const declared = licenses.map(({ license, expression }) => license?.id ?? license?.name ?? expression).join(' AND ');
  const [licence] = declared === '' ? (READ_BY_PERSON[`${name}@${version}`] ?? ['none']) : [declared];
  byLicence.set(licence, [...(byLicence.get(licence) ?? []), `${name}@${version}`]);
  if (!isAllowed(licence)) faults.push(`${name}@${version}: licence ${licence} is not allowed; use another package, or add it to build/sbom.js`);
}
for (const [licence, packages] of [...byLicence].sort()) stdout.write(`${licence} (${packages.length}): ${packages.join(', ')}\n`);
stdout.write(`${components.length} packages; ${out} is written\n`);
for (const fault of faults) stderr.write(`fault ${fault}\n`);
if (components.length === 0) stderr.write('fault no package was found\n');
exit(faults.length > 0 || components.length === 0 ? 1 : 0);
