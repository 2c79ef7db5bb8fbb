import { readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { PREFLIGHT_CLASS_PATH, runWell } from './tools.ts';

export interface Finding {
  /** Error code of Apache Preflight, such as "3.1.11". */
  code: string;
  details: string;
}

/** Allowed differences of a PDF/A-3 file from PDF/A-1b; anything else is a fault. */
const ALLOWED: Record<string, RegExp> = {
  /** PDF/A-3 allows attachments. */
  '1.2.9': /EmbeddedFile/,
  '1.4.7': /EmbeddedFile/,
  /** PDF 1.5 may have cross-reference streams, which PDF/A-1 does not allow. */
  '1.4': /XRef cross reference streams are not allowed/,
  /** PDF/A-1 requires a CIDSet, PDF/A-2 and PDF/A-3 do not. */
  '3.1.11': /The CIDSet entry is missing/,
  /** An invisible seal needs no appearance (ISO 19005-3, 6.3.3). */
  '5.3.1': /appearance/i,
  '7.11.2': /part must be 1/,
};

/** Findings that PDF/A-3 does not allow. */
export function faultsOfA3(findings: readonly Finding[]): Finding[] {
  return findings.filter(({ code, details }) => ALLOWED[code]?.test(details) !== true);
}

const ENTITIES: Record<string, string> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };
const plain = (xml: string): string =>
  xml.replace(/&(lt|gt|quot|apos|amp);/g, (_, name: string) => ENTITIES[name] ?? '');

function findingsOf(element: string): Finding[] {
  return [...element.matchAll(/<code>(.*?)<\/code>\s*<details>([\s\S]*?)<\/details>/g)].map(
    ([, code = '', details = '']) => ({ code, details: plain(details) }),
  );
}

/**
 * Judges files against PDF/A-1b with Apache Preflight, all in one Java process. Their base names must differ.
 * @param scratch folder for the list and its result
 * @returns findings by path; empty when the file is valid
 */
export async function preflight(paths: readonly string[], scratch: string): Promise<Map<string, Finding[]>> {
  const list = join(scratch, 'preflight.txt');
  await writeFile(list, paths.join('\n'));
  // The tasks are short and there are few CPU cores, so the second compiler and parallel garbage collection are
  // switched off.
  const java = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xmx512m', '-cp', PREFLIGHT_CLASS_PATH];
  await runWell('java', [...java, 'org.apache.pdfbox.preflight.Validator_A1b', 'xml', 'group', list]);
  const report = await readFile(`${list}.preflight.xml`, 'utf8');
  const byName = new Map(
    [...report.matchAll(/<preflight name="([^"]*)">([\s\S]*?)<\/preflight>/g)].map(
      ([, name = '', element = '']): [string, Finding[]] => [
        plain(name),
        /<isValid[^>]*>true</.test(element) ? [] : [...findingsOf(element), ...exceptionOf(element)],
      ],
    ),
  );
  return new Map(
    paths.map((path) => [
      path,
      byName.get(basename(path)) ?? [{ code: 'none', details: 'Preflight says nothing of it' }],
    ]),
  );
}

/** A file that made Preflight crash has an exception and no list of errors. */
function exceptionOf(element: string): Finding[] {
  if (/<code>/.test(element)) return [];
  return [
    {
      code: 'none',
      details: element
        .replace(/<[^>]*>/g, ' ')
        .replace(/\s+/g, ' ')
        .trim()
        .slice(0, 300),
    },
  ];
}
