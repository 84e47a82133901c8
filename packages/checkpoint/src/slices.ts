/**
 * Bytes to and from files in slices of 1 MiB: hashing one takes about half a millisecond, reading and writing happen beside it, and
 * between slices everything else in the process gets its turn.
 */
import type { Hash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { Malformed } from './malformed.js';

const SLICE_BYTES = 2 ** 20;

/** The bytes of an array as they lie in memory, not copied. */
export const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView<ArrayBufferLike>): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** Consecutive parts of a file, cut and gathered: large ones in slices, small ones many together. */
function* grouped(parts: Iterable<Uint8Array>): Generator<Uint8Array[]> {
  let group: Uint8Array[] = [];
  let bytes = 0;
  for (const part of parts) {
    for (let at = 0; at < part.length; at += SLICE_BYTES) {
      const slice = part.subarray(at, at + SLICE_BYTES);
      if (bytes + slice.length > SLICE_BYTES) {
        yield group;
        group = [];
        bytes = 0;
      }
      group.push(slice);
      bytes += slice.length;
    }
  }
  if (group.length > 0) yield group;
}

/** How much is written before the disk is told to take it, beside the rest: so little is left for the end. */
const FLUSH_BYTES = 16 * SLICE_BYTES;

/** Writes `parts` one after the other, and brings them to the disk. While a slice is written the next one is hashed. */
export async function writeSlices(file: FileHandle, hash: Hash | null, parts: Iterable<Uint8Array>): Promise<void> {
  let writing = Promise.resolve();
  let flushing = Promise.resolve();
  let unflushed = 0;
  for (const group of grouped(parts)) {
    const slice = group.length === 1 ? group[0] : Buffer.concat(group);
    hash?.update(slice);
    await writing;
    if (unflushed >= FLUSH_BYTES) {
      await flushing;
      flushing = file.datasync();
      // Awaited later, unless a write fails before.
      flushing.catch(() => {});
      unflushed = 0;
    }
    writing = writeAll(file, slice);
    unflushed += slice.length;
  }
  await writing;
  await flushing;
  await file.sync();
}

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; ) at += (await file.write(bytes, at)).bytesWritten;
}

/** Reads on into `parts`, until they are full. While a slice is read the one before is hashed. @throws Malformed at the end of the file. */
export async function readSlices(file: FileHandle, hash: Hash | null, parts: Iterable<Uint8Array>): Promise<void> {
  let last: Uint8Array = new Uint8Array();
  for (const group of grouped(parts)) {
    const slice = group.length === 1 ? group[0] : new Uint8Array(group.reduce((sum, { length }) => sum + length, 0));
    const reading = readAll(file, slice);
    hash?.update(last);
    await reading;
    last = slice;
    if (group.length === 1) continue;
    let at = 0;
    for (const part of group) {
      part.set(slice.subarray(at, at + part.length));
      at += part.length;
    }
  }
  hash?.update(last);
}

async function readAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const { bytesRead } = await file.read(bytes, at);
    if (bytesRead === 0) throw new Malformed('it ends too early');
    at += bytesRead;
  }
}
