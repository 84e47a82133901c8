/** Bytes read from front to back: those of an array, or of a file of which only a window is in memory. */
import { BinaryReader } from '@bufbuild/protobuf/wire';

/** Fills `target` with the bytes of a file from `position` on. */
export type ReadAt = (position: number, target: Uint8Array) => void;

const WINDOW = 1 << 16;
/** A varint is no longer than this, and no number is either. */
const NUMBER = 10;

export class Input {
  readonly length: number;
  readonly #readAt: ReadAt | null;
  #window: Uint8Array;
  #reader: BinaryReader;
  /** Where the window begins. */
  #base = 0;

  /** @param source All bytes, or how to read them; then `length` says how many there are. */
  constructor(source: Uint8Array | ReadAt, length = 0) {
    const whole = source instanceof Uint8Array;
    this.length = whole ? source.length : length;
    this.#readAt = whole ? null : source;
    // A Buffer would give views where copies are asked for.
    this.#window = whole ? new Uint8Array(source.buffer, source.byteOffset, source.length) : new Uint8Array(0);
    this.#reader = new BinaryReader(this.#window);
  }

  get position(): number {
    return this.#base + this.#reader.pos;
  }

  /** A reader at the next number. */
  get number(): BinaryReader {
    const { pos, len } = this.#reader;
    if (this.#readAt !== null && pos + NUMBER > len && this.#base + len < this.length) this.#open(this.position);
    return this.#reader;
  }

  /** The length of what follows, which must end at `end` or before: nothing is allocated for one that lies. */
  size(end: number): number {
    const size = Number(this.number.uint64());
    if (size > end - this.position) throw new RangeError(`a length of ${size} where ${end - this.position} bytes are left`);
    return size;
  }

  /** The next bytes: a part of the array, or a copy of a part of the file. */
  bytes(count: number): Uint8Array {
    const start = this.#reader.pos;
    const known = this.#window.subarray(start, start + count);
    if (this.#readAt === null || known.length === count) {
      this.#reader.pos += count;
      return this.#readAt === null ? known : known.slice();
    }
    const bytes = new Uint8Array(count);
    bytes.set(known);
    this.#readAt(this.position + known.length, bytes.subarray(known.length));
    this.#open(this.position + count);
    return bytes;
  }

  #open(position: number): void {
    this.#base = position;
    this.#window = new Uint8Array(Math.min(WINDOW, this.length - position));
    this.#readAt!(position, this.#window);
    this.#reader = new BinaryReader(this.#window);
  }
}
