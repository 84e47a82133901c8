/** One deliverer for each run and target at a time. */
import { randomUUID } from 'node:crypto';
import { constants, copyFileSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { threadId } from 'node:worker_threads';
import { keysOf, namesIn } from './layout.js';
import { targetId } from './progress.js';
import { isAlive, ownWriter, type Writer } from './writer.js';

interface Holder extends Writer {
  readonly token: string;
  readonly thread: number;
}

export class Lock {
  readonly #path: string;
  readonly #token = randomUUID();

  /** @param purpose What it is that only one may do at a time. */
  constructor(folder: string, target: string, purpose: 'deliver' | 'open' = 'deliver') {
    this.#path = join(folder, 'delivered', `${targetId(target)}${purpose === 'open' ? '.open' : ''}.lock`);
  }

  /** Takes the lock. @returns `undefined`, or who has it. */
  take(): string | undefined {
    const own: Holder = { token: this.#token, thread: threadId, ...ownWriter() };
    mkdirSync(dirname(this.#path), { recursive: true });
    // Complete before it has its name: nobody ever reads half a lock.
    const temporary = `${this.#path}.${this.#token}`;
    writeFileSync(temporary, JSON.stringify(own));
    try {
      for (let attempt = 0; attempt < 3; attempt++) {
        try {
          claim(temporary, this.#path);
          return undefined;
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
        }
        const holder = holderOf(this.#path);
        if (holder === undefined) continue;
        if (isAlive(holder)) return `process ${holder.pid} on ${holder.host}`;
        // Whoever moves the dead lock away first may try again; the other finds a live one.
        const dead = `${this.#path}.${this.#token}.dead`;
        try {
          renameSync(this.#path, dead);
        } catch {
          continue;
        }
        const moved = holderOf(dead);
        // One that was quicker has it by now, and gets it back.
        if (moved !== undefined && isAlive(moved)) restore(dead, this.#path);
        rmSync(dead, { force: true });
      }
      return 'another process';
    } finally {
      rmSync(temporary, { force: true });
    }
  }

  /** Whether we still have it. */
  get isHeld(): boolean {
    return holderOf(this.#path)?.token === this.#token;
  }

  release(): void {
    if (this.isHeld) rmSync(this.#path, { force: true });
  }
}

/** Whether anybody who lives delivers the run of a folder, wherever to. */
export const isDelivered = (folder: string): boolean =>
  locksIn(folder).some((path) => {
    const holder = holderOf(path);
    return holder !== undefined && isAlive(holder);
  });

/** The locks of all targets. */
function locksIn(run: string): string[] {
  const folder = join(run, 'delivered');
  return namesIn(folder)
    .filter((name) => name.endsWith('.lock'))
    .map((name) => join(folder, name));
}

function holderOf(path: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Holder;
  } catch {
    return undefined;
  }
}

/** Lets go of all locks in a spool that a thread of this process had, which is no more: the process itself lives on. Never throws. */
export function releaseLocksOf(thread: number, spool: string): void {
  const own = ownWriter();
  for (const key of keysOf(spool)) {
    for (const path of locksIn(join(spool, key))) {
      const holder = holderOf(path);
      const same = holder?.thread === thread && holder.pid === own.pid && holder.host === own.host && holder.started === own.started;
      if (same) rmSync(path, { force: true });
    }
  }
}

function restore(file: string, name: string): void {
  try {
    claim(file, name);
  } catch {
    // A third one has it: whoever lost it sees that.
  }
}

/** Gives a file a second name that nobody else has; some file systems can only copy. @throws `EEXIST` */
export function claim(file: string, name: string): void {
  try {
    linkSync(file, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw error;
    copyFileSync(file, name, constants.COPYFILE_EXCL);
  }
}
