/** Reads the records of a run in order, from any place, a piece at a time. */
import { closeSync, openSync, readSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { Warnings } from '../input/warnings.js';
import { segmentPath, segmentsOf, START, type Position } from './layout.js';
import { decode, type RunHeader, type SpoolRecord } from './records.js';

/** A record, and the place after it. */
export interface Item {
  readonly record: SpoolRecord;
  readonly end: Position;
  /** Its length in the file. */
  readonly bytes: number;
}

const PIECE = 256 * 1024;

export class SpoolReader {
  readonly #folder: string;
  readonly #warnings: Warnings;
  #at: Position;
  #items: Item[] = [];
  #next = 0;
  #file: FileHandle | undefined;

  constructor(folder: string, from: Position, warnings: Warnings) {
    this.#folder = folder;
    this.#at = from;
    this.#warnings = warnings;
  }

  /** The next record, which stays the next; `undefined` where no more is written yet. */
  async peek(): Promise<Item | undefined> {
    if (this.#next >= this.#items.length) await this.#fill();
    return this.#items[this.#next];
  }

  /** Goes past the record that {@link peek} gave. */
  skip(): void {
    this.#next++;
  }

  async close(): Promise<void> {
    await this.#file?.close();
    this.#file = undefined;
  }

  async #fill(): Promise<void> {
    this.#items = [];
    this.#next = 0;
    while (this.#items.length === 0) {
      const found = await this.#piece();
      if (found) continue;
      // A process that goes on writes a segment of its own, so what is torn at the end of this one stays torn.
      const later = segmentsOf(this.#folder).find((segment) => segment > this.#at.segment);
      if (later === undefined) return;
      // The old writer may have written its last lines between our look at its file and at the folder.
      if (await this.#piece()) continue;
      await this.close();
      this.#at = { segment: later, offset: 0 };
    }
  }

  /** Reads whole lines from where we are; `false` where there are none. */
  async #piece(): Promise<boolean> {
    try {
      this.#file ??= await open(segmentPath(this.#folder, this.#at.segment));
    } catch {
      return false;
    }
    let bytes = Buffer.alloc(0);
    let end = -1;
    // A line may be longer than a piece.
    for (let size = PIECE; end === -1; size *= 2) {
      const buffer = Buffer.alloc(size);
      const { bytesRead } = await this.#file.read(buffer, 0, size, this.#at.offset);
      if (bytesRead === 0 || (bytes.length > 0 && bytesRead === bytes.length)) return false;
      bytes = buffer.subarray(0, bytesRead);
      end = bytes.lastIndexOf(10);
    }
    let start = 0;
    while (start <= end) {
      const stop = bytes.indexOf(10, start);
      const line = bytes.toString('utf8', start, stop);
      start = stop + 1;
      const after = { segment: this.#at.segment, offset: this.#at.offset + start };
      const record = line === '' ? undefined : decode(line);
      if (record !== undefined) this.#items.push({ record, end: after, bytes: line.length });
      else if (line !== '') this.#warnings.once(`torn ${this.#folder}`, `a line of '${this.#folder}' is damaged and is left out`);
    }
    this.#at = { segment: this.#at.segment, offset: this.#at.offset + end + 1 };
    return true;
  }
}

/** How a run begins, and the place after that; `undefined` where nothing whole is written. */
export async function readHeader(folder: string, warnings: Warnings): Promise<{ header: RunHeader; end: Position } | undefined> {
  const reader = new SpoolReader(folder, START, warnings);
  try {
    const item = await reader.peek();
    return item?.record.type === 'run' ? { header: item.record, end: item.end } : undefined;
  } finally {
    await reader.close();
  }
}

/**
 * The records of a run in order, as far as they are whole: what a program that goes on with a run reads to know where it was.
 *
 * @param folder `folder` of a run, or the spool and the key of one, joined.
 * @example
 * let next = 0;
 * for await (const record of recordsOf(join('mlflow-spool', key))) if (record.type === 'metrics') next = record.metrics.at(-1)!.step + 1;
 */
export async function* recordsOf(folder: string): AsyncGenerator<SpoolRecord, void, undefined> {
  const reader = new SpoolReader(folder, START, new Warnings(() => {}));
  try {
    for (let item = await reader.peek(); item !== undefined; item = await reader.peek()) {
      reader.skip();
      yield item.record;
    }
  } finally {
    await reader.close();
  }
}

/** Whether a run has begun: whether its first whole line says so. Reads at once, for callers that cannot wait. */
export function hasBegun(folder: string): boolean {
  for (const segment of segmentsOf(folder)) {
    const buffer = Buffer.alloc(PIECE);
    const file = openSync(segmentPath(folder, segment), 'r');
    const size = readSync(file, buffer, 0, PIECE, 0);
    closeSync(file);
    const end = buffer.subarray(0, size).indexOf(10);
    if (end !== -1 && decode(buffer.toString('utf8', 0, end))?.type === 'run') return true;
  }
  return false;
}
