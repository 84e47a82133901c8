/** Reads the records of a run in order, from any place, a piece at a time. */
import { closeSync, openSync, readSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { Warnings } from '../input/warnings.js';
import { segmentPath, segmentsOf, START, type Position } from './layout.js';
import { decode, type RunHeader, type SpoolRecord } from './records.js';

/** A record, and where it is. */
export interface Item {
  readonly record: SpoolRecord;
  readonly segment: number;
  /** The byte of its segment after it. */
  readonly end: number;
  /** Its length in the file. */
  readonly bytes: number;
}

const PIECE = 256 * 1024;

export class SpoolReader {
  readonly #folder: string;
  readonly #warnings: Warnings;
  readonly #files = new Map<number, FileHandle>();
  /** What was skipped past, and what was read: by segment, from the first. */
  readonly #position: number[];
  readonly #read: number[];
  #items: Item[] = [];
  #next = 0;

  constructor(folder: string, from: Position, warnings: Warnings) {
    this.#folder = folder;
    this.#warnings = warnings;
    this.#position = [...from];
    this.#read = [...from];
  }

  /** The next record, which stays the next; `undefined` where no more is written yet. */
  async peek(): Promise<Item | undefined> {
    if (this.#next >= this.#items.length) await this.#fill();
    return this.#items[this.#next];
  }

  /** Goes past the record that {@link peek} gave. */
  skip(): void {
    const { segment, end } = this.#items[this.#next++];
    while (this.#position.length < segment) this.#position.push(0);
    this.#position[segment - 1] = end;
  }

  /** The place that the next record is at. */
  get position(): Position {
    return [...this.#position];
  }

  async close(): Promise<void> {
    for (const file of this.#files.values()) await file.close();
    this.#files.clear();
  }

  /** Reads on in the first segment that has more: an old one may still grow while its process lives. */
  async #fill(): Promise<void> {
    this.#items = [];
    this.#next = 0;
    for (const segment of segmentsOf(this.#folder)) {
      while (this.#items.length === 0 && (await this.#piece(segment)));
      if (this.#items.length > 0) return;
    }
  }

  /** Reads whole lines; `false` where there are none. What is torn at the end of a segment whose process died stays unread. */
  async #piece(segment: number): Promise<boolean> {
    while (this.#read.length < segment) this.#read.push(0);
    const from = this.#read[segment - 1];
    const file = await this.#file(segment);
    let bytes = Buffer.alloc(0);
    let end = -1;
    // A line may be longer than a piece.
    for (let size = PIECE; end === -1; size *= 2) {
      const buffer = Buffer.alloc(size);
      const { bytesRead } = await file.read(buffer, 0, size, from);
      if (bytesRead === bytes.length) return false;
      bytes = buffer.subarray(0, bytesRead);
      end = bytes.lastIndexOf(10);
    }
    for (let start = 0; start <= end; ) {
      const stop = bytes.indexOf(10, start);
      const line = bytes.toString('utf8', start, stop);
      start = stop + 1;
      const record = line === '' ? undefined : decode(line);
      if (record !== undefined) this.#items.push({ record, segment, end: from + start, bytes: line.length });
      else if (line !== '') this.#warnings.once(`torn ${this.#folder}`, `a line of '${this.#folder}' is damaged and is left out`);
    }
    this.#read[segment - 1] = from + end + 1;
    return true;
  }

  async #file(segment: number): Promise<FileHandle> {
    let file = this.#files.get(segment);
    if (file === undefined) this.#files.set(segment, (file = await open(segmentPath(this.#folder, segment))));
    return file;
  }
}

/** How a run begins, and the place after that; `undefined` where nothing whole is written. */
export async function readHeader(folder: string, warnings: Warnings): Promise<{ header: RunHeader; end: Position } | undefined> {
  const reader = new SpoolReader(folder, START, warnings);
  try {
    const item = await reader.peek();
    if (item?.record.type !== 'run') return undefined;
    reader.skip();
    return { header: item.record, end: reader.position };
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

/** How a run begins, where its first whole line says so. Reads at once, for callers that cannot wait. */
export function headerOf(folder: string): RunHeader | undefined {
  for (const segment of segmentsOf(folder)) {
    const buffer = Buffer.alloc(PIECE);
    const file = openSync(segmentPath(folder, segment), 'r');
    const size = readSync(file, buffer, 0, PIECE, 0);
    closeSync(file);
    const end = buffer.subarray(0, size).indexOf(10);
    const record = end === -1 ? undefined : decode(buffer.toString('utf8', 0, end));
    if (record?.type === 'run') return record;
  }
  return undefined;
}
