import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../main.js', import.meta.url));

export interface Child {
  name: string;
  process: ChildProcess;
  /** The address that the child process listens on, from its first line of output. */
  url: string;
}

export interface Children {
  start(name: string, args: string[], env: Record<string, string>, readyWhen: RegExp): Promise<Child>;
  /** Runs one verb and waits for its end. */
  run(name: string, args: string[], env: Record<string, string>): Promise<void>;
  stopAll(): Promise<void>;
}

/** Runs the product's own verbs as child processes; each writes a log to `logDir`. */
export function createChildren(logDir: string): Children {
  const started: Child[] = [];
  const open = (name: string, args: string[], env: Record<string, string>): ChildProcess => {
    const child = spawn(process.execPath, ['--enable-source-maps', MAIN, ...args], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const log = createWriteStream(join(logDir, `${name}.log`));
    child.stdout?.pipe(log, { end: false });
    child.stderr?.pipe(log, { end: false });
    return child;
  };
  const failed = (name: string, code: number | null) =>
    new Error(`${name} ended early (exit ${code}); see ${join(logDir, `${name}.log`)}`);
  return {
    start(name, args, env, readyWhen) {
      const child = open(name, args, env);
      return new Promise((resolve, reject) => {
        let seen = '';
        const look = (chunk: Buffer) => {
          seen += chunk.toString();
          const found = readyWhen.exec(seen);
          if (!found) return;
          child.stdout?.off('data', look);
          child.stderr?.off('data', look);
          const ready = { name, process: child, url: found[1] ?? '' };
          started.push(ready);
          resolve(ready);
        };
        child.stdout?.on('data', look);
        child.stderr?.on('data', look);
        child.once('exit', (code) => reject(failed(name, code)));
        child.once('error', reject);
      });
    },
    run(name, args, env) {
      const child = open(name, args, env);
      return new Promise((resolve, reject) => {
        child.once('exit', (code) => (code === 0 ? resolve() : reject(failed(name, code))));
        child.once('error', reject);
      });
    },
    async stopAll() {
      await Promise.all(
        started.splice(0).map(
          ({ process: child }) =>
            new Promise<void>((resolve) => {
              if (child.exitCode !== null || child.signalCode !== null) return resolve();
              const cut = setTimeout(() => child.kill('SIGKILL'), 15_000);
              child.once('exit', () => {
                clearTimeout(cut);
                resolve();
              });
              child.kill('SIGTERM');
            }),
        ),
      );
    },
  };
}

/** A TCP port on loopback that is free now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() =>
        typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('no free port')),
      );
    });
  });
}
