/** A directory of rolling checkpoints that one run owns: the newest and the one before it, so that one of them is always whole. */
import { mkdir, readdir, rmdir, unlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { checkOptions, rules, type Fingerprint, type Json, type TrainState } from '@gradus/core';
import { GradusError, isGradusError } from '@gradus/graph';
import { DirectoryLock, LOCK } from './directory-lock.js';
import { loadCheckpoint, type LoadedCheckpoint } from './load-checkpoint.js';
import type { Manifest } from './manifest.js';
import { unreadable, unwritable, warn } from './problems.js';
import { exists, holdsOwnFiles, parseHidden, remove, removeCheckpoint } from './replace.js';
import { saveCheckpoint } from './save-checkpoint.js';

/** Its presence says that the directory is one of ours, whatever else lies in it. */
const MARKER = '.gradus-checkpoints';

const NAME = /^checkpoint-(\d{1,15})$/;

/** The number of a checkpoint by its name; `null` for any other name. */
const sequenceOf = (name: string): number | null => {
  const match = NAME.exec(name);
  return match === null ? null : Number(match[1]);
};

/** What a crash may leave: a lock that was changing its owner, checkpoints that were not finished or on their way out. */
const isLeftover = (name: string): boolean => /^LOCK(\.[0-9a-f]{32})+$/.test(name) || sequenceOf(parseHidden(name)?.name ?? '') !== null;

const isOwn = (name: string): boolean => name === MARKER || name === LOCK || sequenceOf(name) !== null || isLeftover(name);

export interface OpenOptions {
  /** Who opens it, in words for whoever finds it locked: `run digits/20250102-120000`. */
  readonly owner: string;
  /** Take it from an owner on another machine, of which you know that it has ended. Default: `false`. */
  readonly takeOver?: boolean;
}

/** A checkpoint of everything, with where it lies. */
export interface ResumePoint extends LoadedCheckpoint {
  readonly state: TrainState;
  readonly path: string;
}

/**
 * Rolling checkpoints `checkpoint-1`, `checkpoint-2`, … of one run. The directory has a `LOCK` while it is open; files of others in it are
 * left alone. Calls wait for each other.
 *
 * @example
 * const directory = await CheckpointDirectory.open('backup', { owner: 'run 7' });
 * const last = await directory.latest(); // null in an empty directory
 * await directory.save(state, { fingerprint });
 * await directory.close();
 */
export class CheckpointDirectory {
  readonly path: string;
  readonly #lock: DirectoryLock;
  /** The last one saved or given out: it stays until a later one has a successor. */
  #current: number | null = null;
  #closed = false;
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(path: string, lock: DirectoryLock) {
    this.path = path;
    this.#lock = lock;
  }

  /**
   * Takes a directory; it is made where it is missing. The lock of a process of this machine that has ended is taken over, with a warning
   * `DIRECTORY_TAKEN_OVER`. `close()`, `clear()` and the end of the process release it.
   *
   * @throws `DIRECTORY_IN_USE` when another run, also one in this process, has it; `DIRECTORY_FOREIGN` when it holds files and was never
   * opened as such a directory; `CHECKPOINT_UNWRITABLE` when the disk fails.
   */
  static async open(directory: string, options: OpenOptions): Promise<CheckpointDirectory> {
    checkOptions('CheckpointDirectory.open', options, { owner: rules.text, takeOver: rules.flag }, ['owner']);
    const path = resolve(directory);
    try {
      await mkdir(path, { recursive: true });
      await refuseForeign(path);
      const lock = await DirectoryLock.take(path, options.owner, options.takeOver);
      const opened = new CheckpointDirectory(path, lock);
      await opened.#mark().catch((error) => {
        lock.release();
        throw error;
      });
      return opened;
    } catch (error) {
      throw unwritable(path, error);
    }
  }

  /**
   * Writes the next checkpoint, and then takes away all but it and the one before. A directory that has vanished is made again, with a
   * warning `DIRECTORY_VANISHED`.
   * @throws as `saveCheckpoint`; `DIRECTORY_IN_USE` when another run has taken the directory; `DISPOSED` after `close()`.
   */
  save(
    state: TrainState,
    options: { readonly fingerprint?: Fingerprint; readonly facts?: Readonly<Record<string, Json>> } = {},
  ): Promise<{ readonly path: string; readonly manifest: Manifest }> {
    return this.#inTurn(unwritable, async () => {
      await this.#own();
      const sequence = Math.max(0, ...(await this.#names()).map((name) => sequenceOf(name) ?? 0)) + 1;
      const before = this.#current ?? (await this.#sequences())[0] ?? null;
      const path = this.#pathOf(sequence);
      const manifest = await saveCheckpoint(path, state, options);
      this.#current = sequence;
      // What stays now is tried again after the next save.
      await this.#prune([sequence, before]).catch((error) => warn(unwritable(this.path, error)));
      return { path, manifest };
    });
  }

  /**
   * The newest checkpoint that is whole, or `null` where there never was one. The order is that of the numbers; clocks have no say.
   * Damaged ones that are passed over are told of by a warning `CHECKPOINT_CORRUPT`.
   * @throws `CHECKPOINT_CORRUPT` when there are checkpoints and all are damaged; whatever else `loadCheckpoint` throws of the newest.
   */
  latest(options: { readonly like?: TrainState } = {}): Promise<ResumePoint | null> {
    return this.#inTurn(unreadable, async () => {
      this.#checkOpen();
      const damaged: GradusError[] = [];
      for (const sequence of await this.#sequences()) {
        const path = this.#pathOf(sequence);
        const loaded = await loadCheckpoint(path, options).catch((error) => {
          if (!isGradusError(error, 'CHECKPOINT_CORRUPT') && !isGradusError(error, 'CHECKPOINT_NOT_FOUND')) throw error;
          damaged.push(error);
          return null;
        });
        // Parameters alone are nothing to go on from, and nothing that this directory wrote.
        if (loaded === null || loaded.state === null) continue;
        if (damaged.length > 0) warn(this.#allDamaged(damaged, `Training goes on from '${path}'.`));
        this.#current = sequence;
        return { ...loaded, state: loaded.state, path };
      }
      if (damaged.length === 0) return null;
      throw this.#allDamaged(damaged, 'To begin anew, move the directory away or choose another.');
    });
  }

  /** Takes away the checkpoints and all else of ours, and the directory if it is then empty; files of others stay. Closes it. */
  clear(): Promise<void> {
    return this.#inTurn(unwritable, async () => {
      await this.#own();
      await this.#prune([]);
      const foreign = (await this.#names()).filter((name) => !isOwn(name));
      // With the files of others it stays a directory of ours: the next run may open it.
      if (foreign.length === 0) await unlink(join(this.path, MARKER));
      this.#release();
      if (foreign.length === 0) await rmdir(this.path).catch(() => {});
    });
  }

  /** Releases the directory, after all that is under way. A second call does nothing. */
  close(): Promise<void> {
    return this.#inTurn(unwritable, async () => this.#release());
  }

  #release(): void {
    if (!this.#closed) this.#lock.release();
    this.#closed = true;
  }

  #inTurn<T>(problem: (path: string, error: unknown) => GradusError, work: () => Promise<T>): Promise<T> {
    const run = this.#turn.then(work).catch((error) => {
      throw problem(this.path, error);
    });
    this.#turn = run.catch(() => {});
    return run;
  }

  #checkOpen(): void {
    if (!this.#closed) return;
    throw new GradusError('DISPOSED', {
      what: `The directory '${this.path}' was used after it was closed`,
      fix: 'Open it again.',
      data: { path: this.path },
    });
  }

  /** Makes sure that the directory is there and ours. */
  async #own(): Promise<void> {
    this.#checkOpen();
    if (await this.#lock.isHeld(this.path)) return;
    const vanished = !(await exists(this.path));
    await mkdir(this.path, { recursive: true });
    await this.#lock.takeAgain(this.path);
    await this.#mark();
    if (vanished) this.#current = null;
    warn(
      new GradusError('DIRECTORY_VANISHED', {
        what: vanished
          ? `The directory '${this.path}' has vanished and is made again`
          : `The lock of '${this.path}' has vanished and is made again`,
        fix: 'Nobody but the run should touch it.',
        data: { path: this.path },
      }),
    );
  }

  #mark(): Promise<void> {
    return writeFile(join(this.path, MARKER), 'Checkpoints of a Gradus run. What it wrote here it also removes; other files stay.\n');
  }

  #pathOf(sequence: number): string {
    return join(this.path, `checkpoint-${sequence}`);
  }

  #names(): Promise<string[]> {
    return readdir(this.path);
  }

  /** Numbers of the checkpoints, whole or damaged, newest first. */
  async #sequences(): Promise<number[]> {
    const found: number[] = [];
    for (const name of await this.#names()) {
      const sequence = sequenceOf(name);
      if (sequence !== null && (await holdsOwnFiles(join(this.path, name)))) found.push(sequence);
    }
    return found.sort((a, b) => b - a);
  }

  /** Removes what is ours but for some checkpoints, the marker and the lock. */
  async #prune(kept: readonly (number | null)[]): Promise<void> {
    for (const sequence of await this.#sequences()) if (!kept.includes(sequence)) await removeCheckpoint(this.#pathOf(sequence));
    for (const name of await this.#names()) if (isLeftover(name)) await remove(join(this.path, name));
  }

  #allDamaged(damaged: readonly GradusError[], fix: string): GradusError {
    return new GradusError('CHECKPOINT_CORRUPT', {
      what: `${damaged.length} of the newest checkpoints in '${this.path}' cannot be used`,
      received: damaged.map(({ message }) => message).join(' '),
      fix,
      cause: damaged[0],
      data: { path: this.path },
    });
  }
}

async function refuseForeign(path: string): Promise<void> {
  const names = await readdir(path);
  const foreign = names.filter((name) => !isOwn(name));
  if (foreign.length === 0 || names.includes(MARKER)) return;
  throw new GradusError('DIRECTORY_FOREIGN', {
    what: `'${path}' is no directory of checkpoints`,
    received: `a folder with ${foreign.slice(0, 5).join(', ')}`,
    expected: 'a directory that is missing, empty, or was opened as one before',
    fix: 'Choose a directory for checkpoints alone.',
    data: { path, foreign },
  });
}
