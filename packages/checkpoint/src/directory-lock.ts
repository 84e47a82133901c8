/** One run at a time owns a directory: a file says who. The lock of a process that has ended is taken over. */
import { randomBytes } from 'node:crypto';
import { readFileSync, unlinkSync } from 'node:fs';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { GradusError } from '@gradus/graph';
import { count, form, orNull, text } from './forms.js';
import { sha256 } from './manifest.js';
import { warn } from './problems.js';
import { isRunning, startOf } from './process-identity.js';

export const LOCK = 'LOCK';

/** What the file says. */
interface Owner {
  readonly owner: string;
  readonly pid: number;
  readonly host: string;
  /** When the process started, as `startOf` tells it. */
  readonly started: string | null;
  /** When the lock was taken, for people. */
  readonly since: string;
  /** Tells this lock from every other. */
  readonly token: string;
}

const ownerForm = form({ owner: text, pid: count, host: text, started: orNull(text), since: text, token: text });

/** A lock whose text is not there yet has been made a moment ago, or its process ended at that moment. */
const WAITS_FOR_TEXT = 20;
const WAIT_MS = 25;

export class DirectoryLock {
  readonly #path: string;
  readonly #mine: Owner;
  readonly #atExit = (): void => this.#releaseNow();

  private constructor(path: string, mine: Owner) {
    this.#path = path;
    this.#mine = mine;
    process.once('exit', this.#atExit);
  }

  /**
   * Takes the lock of a directory that exists.
   * @param takeOver Take it also from an owner on another machine, of which nobody here knows whether it runs.
   * @throws `DIRECTORY_IN_USE`, naming the owner; what the file system throws.
   */
  static async take(directory: string, owner: string, takeOver = false): Promise<DirectoryLock> {
    const path = join(directory, LOCK);
    const mine: Owner = {
      owner,
      pid: process.pid,
      host: hostname(),
      started: startOf(process.pid),
      since: new Date().toISOString(),
      token: randomBytes(16).toString('hex'),
    };
    const before = await acquire(path, mine, (other) => {
      const elsewhere = other.host !== mine.host;
      if (elsewhere ? !takeOver : isRunning(other.pid, other.started)) throw inUse(directory, other, elsewhere);
    });
    if (before !== null) warn(takenOver(directory, parse(before)));
    return new DirectoryLock(path, mine);
  }

  /** Whether the lock is still ours: `false` when it is gone. @throws `DIRECTORY_IN_USE` when somebody else has it. */
  async isHeld(directory: string): Promise<boolean> {
    const text = await textOf(this.#path);
    if (text === null) return false;
    const other = parse(text);
    if (other?.token === this.#mine.token) return true;
    throw inUse(directory, other, other !== null && other.host !== this.#mine.host);
  }

  /** Makes the file again after it was deleted. @throws as `take`. */
  async takeAgain(directory: string): Promise<void> {
    if (!(await create(this.#path, this.#mine))) await this.isHeld(directory);
  }

  release(): void {
    process.off('exit', this.#atExit);
    this.#releaseNow();
  }

  #releaseNow(): void {
    try {
      if (parse(readFileSync(this.#path, 'utf8'))?.token === this.#mine.token) unlinkSync(this.#path);
    } catch {
      // Gone already, or out of reach: a process that has ended owns nothing.
    }
  }
}

/**
 * Makes the file `path` with the text of `mine`, or puts it in the place of one whose owner has ended. The right to do so is a file that is
 * acquired in the same way, named for the text that is to be replaced: whoever has it and still finds that text is the only one who may
 * replace it, and does so by renaming that very file.
 * @param refuse Throws when the owner found must be left alone.
 * @returns the text that was replaced, or `null` where there was none.
 */
async function acquire(path: string, mine: Owner, refuse: (other: Owner) => void): Promise<string | null> {
  while (!(await create(path, mine))) {
    const text = await textOf(path);
    if (text === null) continue;
    const other = parse(text);
    if (other !== null) refuse(other);
    const claim = `${path}.${sha256(text).slice(0, 32)}`;
    await acquire(claim, mine, refuse);
    if ((await readText(path)) === text) {
      await rename(claim, path);
      return text;
    }
    // Somebody else was faster.
    await rm(claim, { force: true });
  }
  return null;
}

async function create(path: string, owner: Owner): Promise<boolean> {
  try {
    await writeFile(path, `${JSON.stringify(owner, null, 2)}\n`, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** The text of a lock, or `null` when there is none. */
async function textOf(path: string): Promise<string | null> {
  for (let wait = 0; ; wait++) {
    const text = await readText(path);
    if (text === null || parse(text) !== null || wait === WAITS_FOR_TEXT) return text;
    await sleep(WAIT_MS);
  }
}

const readText = (path: string): Promise<string | null> =>
  readFile(path, 'utf8').catch((error) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });

function parse(text: string): Owner | null {
  try {
    const owner: unknown = JSON.parse(text);
    return ownerForm(owner, '') === null ? (owner as Owner) : null;
  } catch {
    return null;
  }
}

const describe = (owner: Owner | null): string =>
  owner === null ? 'a lock without readable text' : `${owner.owner}, process ${owner.pid} on ${owner.host}, since ${owner.since}`;

const inUse = (directory: string, owner: Owner | null, elsewhere: boolean): GradusError =>
  new GradusError('DIRECTORY_IN_USE', {
    what: `Another run owns the directory '${directory}'`,
    received: describe(owner),
    expected: 'a directory of this run alone',
    fix: elsewhere
      ? 'Whether that process still runs cannot be seen from here: when you know that it does not, open with takeOver: true.'
      : 'Wait for its end, end it, or choose another directory.',
    data: { directory, ...owner },
  });

const takenOver = (directory: string, owner: Owner | null): GradusError =>
  new GradusError('DIRECTORY_TAKEN_OVER', {
    what: `The directory '${directory}' was taken over from a run that did not release it`,
    received: describe(owner),
    data: { directory, ...owner },
  });
