import { type CheckRequest, checkFile } from './check-file.ts';
import { askNetwork } from './network.ts';
import type { Report } from './report.ts';

/** The one job of the thread in which files of strangers are opened. */
export function check({ online, ...request }: CheckRequest & { online: boolean }): Promise<Report> {
  return checkFile(request, online ? askNetwork : null);
}
