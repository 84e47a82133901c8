/**
 * `node:fs/promises` with a hand on it: every call is counted, and can be made to fail, to do less than it should, or to wait for something
 * else. Use: `vi.mock('node:fs/promises', async (original) => (await import('../test/faulty-disk.js')).faultyDisk(await original()))`.
 */
import { readdirSync, statSync, truncateSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';

type Before = (call: { readonly n: number; readonly name: string; readonly path: string }) => unknown;

/** What the disk does. `before` is called with each call, may wait, and may throw what the call then throws. */
export const disk = {
  before: (() => {}) as Before,
  calls: 0,
  /** Bytes that one write takes at most. */
  writes: Infinity,
  /** Files, by inode, with bytes that no sync has brought to the disk yet. */
  unsynced: new Set<number>(),
};

export function mend(): void {
  Object.assign(disk, { before: () => {}, calls: 0, writes: Infinity });
  disk.unsynced.clear();
}

export const errno = (code: string): Error => Object.assign(new Error(`${code}: made up by a test`), { code });

type Method = (...args: never[]) => unknown;

const NAMES = ['lstat', 'mkdir', 'readdir', 'readFile', 'rename', 'rmdir', 'stat', 'unlink', 'writeFile'] as const;

export function faultyDisk(real: typeof import('node:fs/promises')): Record<string, unknown> {
  const gate = async (name: string, path: string): Promise<void> => void (await disk.before({ n: ++disk.calls, name, path }));
  const gated = NAMES.map((name) => {
    const call = async (...args: unknown[]): Promise<unknown> => {
      await gate(name, String(args[0]));
      return (real[name] as Method)(...(args as never[]));
    };
    return [name, call] as const;
  });
  const open = async (...args: Parameters<typeof real.open>): Promise<FileHandle> => {
    const path = String(args[0]);
    await gate('open', path);
    const file = await real.open(...args);
    const { ino } = await file.stat();
    return new Proxy(file, {
      get(target, key) {
        const method = Reflect.get(target, key, target) as unknown;
        if (typeof method !== 'function') return method;
        return async (...given: never[]) => {
          // Whatever fails, a test must not run out of files.
          if (key === 'close') await target.close();
          await gate(`file.${String(key)}`, path);
          if (key === 'close') return;
          if (key === 'write') {
            disk.unsynced.add(ino);
            const [bytes, at = 0] = given as unknown as [Uint8Array, number?];
            return target.write(bytes, at, Math.min(bytes.length - at, disk.writes));
          }
          const result: unknown = await (method as Method).apply(target, given);
          if (key === 'sync' || key === 'datasync') disk.unsynced.delete(ino);
          return result;
        };
      },
    });
  };
  return { ...real, ...Object.fromEntries(gated), open };
}

/** The power fails: of files with bytes that were not synced, half is lost. */
export function losePower(directory: string): void {
  for (const entry of readdirSync(directory, { recursive: true }) as string[]) {
    const path = join(directory, entry);
    const { ino, size } = statSync(path);
    if (disk.unsynced.has(ino)) truncateSync(path, Math.floor(size / 2));
  }
}
