import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const place = PLACES.find((path) => existsSync(path));

/** Reason for skipping browser tests, with the way to install a browser; false when there is one. */
export const noBrowser = place === undefined ? 'chromium is missing: apt-get install chromium' : false;

/**
 * Starts the system's Chromium without a window.
 * @param hosts names that resolve to this machine
 */
export async function openBrowser(hosts: readonly string[] = []): Promise<Browser> {
  if (place === undefined) throw new Error(String(noBrowser));
  const rules = hosts.map((host) => `MAP ${host} 127.0.0.1`).join(',');
  return chromium.launch({ executablePath: place, args: [...FLAGS, `--host-resolver-rules=${rules}`] });
}
