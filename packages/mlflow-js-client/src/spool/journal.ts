/**
 * Appends records to a file of its own, at once and for good: when {@link Journal.append} returns, the operating system has the line, so
 * that it outlives the process. A disk that fails never stops the program.
 */
import { closeSync, fsync, fsyncSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
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

/** Milliseconds after a failure before the disk is tried again. */
const RETRY = 200;

/** What is kept in memory while the disk takes nothing. */
const PENDING_LIMIT = 16 * 2 ** 20;

type WriteBytes = (file: number, bytes: Buffer, offset: number) => number;

export class Journal {
  readonly #folder: string;
  readonly #fsync: Fsync;
  readonly #warnings: Warnings;
  readonly #writeBytes: WriteBytes;
  readonly #forceFile: typeof fsyncSync;
  #file: number | undefined;
  #pending: string[] = [];
  #pendingSize = 0;
  /** Bytes of what is pending that the file has: a line that is begun goes on where it was. */
  #written = 0;
  #retryAt = 0;
  /** Whether there are lines that the machine may still lose, and whether it may lose the file. */
  #unforced = false;
  #isNew = false;
  #timer: NodeJS.Timeout | undefined;

  /** @param writeBytes What Node's `writeSync` does, and `forceFile` its `fsyncSync`: tests have worse disks. */
  constructor(folder: string, fsyncWhen: Fsync, warnings: Warnings, writeBytes: WriteBytes = writeSync, forceFile = fsyncSync) {
    this.#folder = folder;
    this.#writeBytes = writeBytes;
    this.#forceFile = forceFile;
    this.#fsync = fsyncWhen;
    this.#warnings = warnings;
  }

  /** Never throws. */
  append(record: SpoolRecord): void {
    const line = encode(record);
    this.#pending.push(line);
    this.#pendingSize += line.length;
    // A disk that has just failed is left alone for a moment: trying costs more the more there is to write.
    if (Date.now() < this.#retryAt) this.#shed();
    else this.#write();
  }

  /** Forces what was appended to the disk; costs nothing where nothing was since the last time. */
  sync(): void {
    this.#write();
    this.#force();
  }

  close(): void {
    this.sync();
    const file = this.#file;
    this.#file = undefined;
    try {
      if (file !== undefined) closeSync(file);
    } catch (error) {
      this.#warn(error);
    }
  }

  #write(): void {
    if (this.#pending.length === 0) return;
    const text = Buffer.from(this.#pending.join(''));
    try {
      this.#file ??= this.#open();
      this.#unforced = true;
      while (this.#written < text.length) this.#written += this.#writeBytes(this.#file, text, this.#written);
      this.#warnings.forget(`disk ${this.#folder}`);
      this.#retryAt = 0;
    } catch (error) {
      this.#retryAt = Date.now() + RETRY;
      this.#warn(error);
    }
    this.#settle();
    if (this.#pending.length > 0) return;
    if (this.#fsync === 'always') this.#force();
    else if (this.#fsync === 'interval') this.#timer ??= this.#later();
  }

  #force(): void {
    this.#stopTimer();
    if (this.#file === undefined || !this.#unforced) return;
    try {
      this.#forceFile(this.#file);
      if (this.#isNew) for (const folder of [this.#folder, dirname(this.#folder)]) forceNames(folder);
      this.#unforced = this.#isNew = false;
    } catch (error) {
      this.#warn(error);
    }
  }

  /** Each process has a segment of its own, so that no two ever write to one file. */
  #open(): number {
    mkdirSync(this.#folder, { recursive: true });
    this.#written = 0;
    this.#isNew = true;
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
      if (this.#file !== undefined)
        fsync(this.#file, (error) => {
          // The file may be closed by now, which has forced it to the disk.
          if (error !== null && error.code !== 'EBADF') this.#warn(error);
        });
    }, INTERVAL);
    return timer.unref();
  }

  #stopTimer(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Forgets the lines that are written, and the oldest ones where there are too many that are not. */
  #settle(): void {
    while (this.#pending.length > 0) {
      const bytes = Buffer.byteLength(this.#pending[0]);
      if (this.#written < bytes) break;
      this.#written -= bytes;
      this.#pendingSize -= this.#pending.shift()!.length;
    }
    this.#shed();
  }

  #shed(): void {
    while (this.#pendingSize > PENDING_LIMIT && this.#pending.length > 1) {
      // The first may be begun, and may be how the run begins, without which nobody can read the rest.
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

/** A file outlives the machine when its folder is on the disk too. Not every system can or need do that. */
function forceNames(folder: string): void {
  try {
    const file = openSync(folder, 'r');
    try {
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  } catch {
    // The lines themselves are on the disk.
  }
}
