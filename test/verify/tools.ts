import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';

/** External programs that judge diplomas, and their Debian packages. */
const COMMANDS: Record<string, string> = {
  qpdf: 'qpdf',
  pdfinfo: 'poppler-utils',
  pdfsig: 'poppler-utils',
  pdffonts: 'poppler-utils',
  pdftotext: 'poppler-utils',
  pdftoppm: 'poppler-utils',
  pdfdetach: 'poppler-utils',
  gs: 'ghostscript',
  zbarimg: 'zbar-tools',
  'hb-shape': 'libharfbuzz-bin',
  certutil: 'libnss3-tools',
  openssl: 'openssl',
  java: 'default-jre-headless',
};

const JAVA = '/usr/share/java';
/** Apache Preflight and its dependencies; it has no command. */
const JARS: Record<string, string> = {
  preflight: 'libpdfbox2-java',
  pdfbox2: 'libpdfbox2-java',
  fontbox2: 'libfontbox2-java',
  xmpbox: 'libpdfbox2-java',
  'commons-logging': 'libcommons-logging-java',
  'javax.activation': 'libactivation-java',
  'jaxb-api': 'libjaxb-api-java',
  'commons-io': 'libcommons-io-java',
};

const jarPath = (name: string): string => `${JAVA}/${name}.jar`;

/** Class path of Apache Preflight. */
export const PREFLIGHT_CLASS_PATH = Object.keys(JARS).map(jarPath).join(':');

export interface Ran {
  status: number | null;
  stdout: string;
  stderr: string;
}

/** Runs a program to its end; rejects only when it cannot be started. */
export function run(command: string, args: readonly string[], input = ''): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.on('error', reject);
    child.stdin.on('error', () => undefined);
    child.on('close', (status) => {
      resolve({
        status,
        stdout: Buffer.concat(stdout).toString('utf8'),
        stderr: Buffer.concat(stderr).toString('utf8'),
      });
    });
    child.stdin.end(input);
  });
}

/**
 * Like {@link run}.
 * @throws Error when the exit code is not 0
 */
export async function runWell(command: string, args: readonly string[], input = ''): Promise<string> {
  const { status, stdout, stderr } = await run(command, args, input);
  if (status !== 0) throw new Error(`${command} ended with ${status}: ${(stderr || stdout).trim().slice(0, 400)}`);
  return stdout;
}

/** One line for each missing tool, with the way to install it. */
export async function missingTools(): Promise<string[]> {
  const names = Object.keys(COMMANDS);
  const script = 'for name in "$@"; do command -v "$name" >/dev/null || echo "$name"; done';
  const absent = (await runWell('sh', ['-c', script, 'sh', ...names])).split('\n').filter((name) => name !== '');
  const jars = Object.keys(JARS).filter((name) => !existsSync(jarPath(name)));
  return [
    ...absent.map((name) => `${name} is missing: apt-get install ${COMMANDS[name]}`),
    ...jars.map((name) => `${jarPath(name)} is missing: apt-get install ${JARS[name]}`),
  ];
}
