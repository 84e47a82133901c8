/** A text file that is appended to through a buffer. A disk that fails stops nothing: what could not be written is kept. */
import { closeSync, fstatSync, mkdirSync, openSync, readFileSync, statSync, truncateSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** After a failure the disk is left alone for this long. */
const RETRY_MS = 5000;

export class AppendFile {
  readonly #path: string;
  readonly #onFailure: (error: unknown) => void;
  #file: number | null = null;
  #buffer: string[] = [];
  /** Bytes that an earlier write could not place: they come first. */
  #rest = Buffer.alloc(0);
  #failedAt = -Infinity;
  /** Whatever ends the process, the buffer is written. */
  readonly #atExit = (): void => this.close();

  constructor(path: string, onFailure: (error: unknown) => void) {
    this.#path = path;
    this.#onFailure = onFailure;
  }

  /** Texts waiting to be written. */
  get waiting(): number {
    return this.#buffer.length;
  }

  /** Makes the folders and the file. @throws what the file system throws. */
  touch(): void {
    mkdirSync(dirname(this.#path), { recursive: true });
    closeSync(openSync(this.#path, 'a'));
  }

  /** Writes what waits. @returns the bytes of the file, with those that could not be written. */
  position(): number {
    this.flush({ now: true });
    return this.#size() + this.#rest.length;
  }

  /** Drops what stands behind the first `bytes`. Of a file that is shorter, a last line without its end is dropped. @returns the bytes missing. */
  cutTo(bytes: number): number {
    this.close();
    const size = this.#size();
    if (size > bytes) truncateSync(this.#path, bytes);
    if (size < bytes && size > 0) truncateSync(this.#path, readFileSync(this.#path).lastIndexOf('\n') + 1);
    return Math.max(0, bytes - size);
  }

  add(text: string): void {
    // While anything waits, the end of the process must find it.
    if (this.#buffer.length === 0 && this.#rest.length === 0 && this.#file === null) process.once('exit', this.#atExit);
    this.#buffer.push(text);
  }

  /** Writes what waits. After a failure it tries again only 5 seconds later, or when `now` is set. */
  flush({ now = false } = {}): void {
    if ((this.#buffer.length === 0 && this.#rest.length === 0) || (!now && performance.now() - this.#failedAt < RETRY_MS)) return;
    const text = Buffer.from(this.#buffer.join(''));
    let bytes = this.#rest.length === 0 ? text : Buffer.concat([this.#rest, text]);
    this.#buffer = [];
    try {
      if (this.#file === null) {
        mkdirSync(dirname(this.#path), { recursive: true });
        this.#file = openSync(this.#path, 'a');
      }
      while (bytes.length > 0) bytes = bytes.subarray(writeSync(this.#file, bytes));
      this.#failedAt = -Infinity;
    } catch (error) {
      this.#failedAt = performance.now();
      this.#onFailure(error);
    }
    this.#rest = bytes;
  }

  /** Writes what waits and closes the file; adding text opens it again. */
  close(): void {
    this.flush({ now: true });
    if (this.#file !== null) closeSync(this.#file);
    this.#file = null;
    if (this.#rest.length === 0) process.off('exit', this.#atExit);
  }

  #size(): number {
    try {
      return (this.#file === null ? statSync(this.#path) : fstatSync(this.#file)).size;
    } catch {
      return 0;
    }
  }
}
