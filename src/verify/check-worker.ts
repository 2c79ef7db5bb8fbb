import { type CheckRequest, checkFile } from './check-file.ts';
import type { CheckReport } from './findings.ts';
import { askNetwork } from './network.ts';

/** The one job of the thread in which files of strangers are opened. */
export function check({ online, ...request }: CheckRequest & { online: boolean }): Promise<CheckReport> {
  return checkFile(request, online ? askNetwork : null);
}
