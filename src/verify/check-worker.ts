import { type CheckRequest, checkFile } from './check-file.ts';
import type { CheckReport } from './findings.ts';
import { askNetwork } from './network.ts';

/** The task of the worker thread that opens untrusted files. */
export function check({ online, ...request }: CheckRequest & { online: boolean }): Promise<CheckReport> {
  return checkFile(request, online ? askNetwork : null);
}
