import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface S3Server {
  /** Address of the service; the bucket `diplomas` exists. */
  endpoint: string;
  /** Folder with a file per object: `<bucket>/<key>`. */
  folder: string;
  stop(): Promise<void>;
}

/** The access key that the server knows. */
export const S3_KEY = { accessKeyId: 'school-key', secretAccessKey: 'school-secret' };

const PROGRAM = fileURLToPath(new URL('./processes/s3-server.js', import.meta.url));

/** An S3-compatible server in a process of its own. */
export async function startS3Server(): Promise<S3Server> {
  const folder = await mkdtemp(join(tmpdir(), 'gramota-s3-'));
  const child = fork(PROGRAM, [folder, S3_KEY.accessKeyId, S3_KEY.secretAccessKey]);
  const [port] = await once(child, 'message');
  return {
    endpoint: `http://127.0.0.1:${port}`,
    folder,
    stop: async () => {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
