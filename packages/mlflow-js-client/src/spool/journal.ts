/**
 * Appends records to a file of its own, at once and for good: when {@link Journal.append} returns, the operating system has the line, so
 * that it outlives the process. A disk that fails never stops the program.
 */
import { closeSync, fsync, fsyncSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { messageOf } from '../errors.js';
import type { Warnings } from '../input/warnings.js';
import { segmentPath, segmentsOf } from './layout.js';
import { encode, type SpoolRecord } from './records.js';

/**
 * When lines are forced to the disk, so that they outlive the machine too. `always`: each; `interval`: within a second, without anybody
 * waiting; `never`: when the operating system likes.
 */
export type Fsync = 'always' | 'interval' | 'never';

const INTERVAL = 1000;

/** What is kept in memory while the disk takes nothing. */
const PENDING_LIMIT = 16 * 2 ** 20;

export class Journal {
  readonly #folder: string;
  readonly #fsync: Fsync;
  readonly #warnings: Warnings;
  #file: number | undefined;
  #pending: string[] = [];
  #pendingSize = 0;
  /** The last write ended in the middle of a line. */
  #torn = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(folder: string, fsyncWhen: Fsync, warnings: Warnings) {
    this.#folder = folder;
    this.#fsync = fsyncWhen;
    this.#warnings = warnings;
  }

  /** Never throws. */
  append(record: SpoolRecord): void {
    const line = encode(record);
    this.#pending.push(line);
    this.#pendingSize += line.length;
    this.#write();
  }

  /** Forces what was written to the disk. */
  sync(): void {
    this.#stopTimer();
    if (this.#file === undefined) return;
    try {
      fsyncSync(this.#file);
    } catch (error) {
      this.#warn(error);
    }
  }

  close(): void {
    this.#write();
    this.sync();
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  #write(): void {
    if (this.#pending.length === 0) return;
    try {
      this.#file ??= this.#open();
      const text = Buffer.from((this.#torn ? '\n' : '') + this.#pending.join(''));
      for (let written = 0; written < text.length; ) {
        this.#torn = true;
        written += writeSync(this.#file, text, written);
      }
      this.#torn = false;
      this.#pending = [];
      this.#pendingSize = 0;
      this.#warnings.forget(`disk ${this.#folder}`);
    } catch (error) {
      // Lines that were written before it failed are written again: a reader knows a point that it has.
      this.#warn(error);
      this.#shed();
      return;
    }
    if (this.#fsync === 'always') this.sync();
    else if (this.#fsync === 'interval') this.#timer ??= this.#later();
  }

  /** Each process has a segment of its own, so that no two ever write to one file. */
  #open(): number {
    mkdirSync(this.#folder, { recursive: true });
    for (let segment = (segmentsOf(this.#folder).at(-1) ?? 0) + 1; ; segment++) {
      try {
        return openSync(segmentPath(this.#folder, segment), 'ax');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
    }
  }

  #later(): NodeJS.Timeout {
    const timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#file !== undefined) fsync(this.#file, (error) => error !== null && this.#warn(error));
    }, INTERVAL);
    return timer.unref();
  }

  #stopTimer(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #shed(): void {
    while (this.#pendingSize > PENDING_LIMIT && this.#pending.length > 1) {
      // The first may be how the run begins, without which nobody can read the rest.
      this.#pendingSize -= this.#pending.splice(1, 1)[0].length;
      this.#warnings.once(
        `shed ${this.#folder}`,
        `the disk takes nothing and the memory is full: the oldest writes to '${this.#folder}' are lost`,
      );
    }
  }

  #warn(error: unknown): void {
    this.#warnings.once(
      `disk ${this.#folder}`,
      `the spool '${this.#folder}' cannot be written (${messageOf(error)}); nothing stops, and what was not written is kept in memory and tried again`,
    );
  }
}
