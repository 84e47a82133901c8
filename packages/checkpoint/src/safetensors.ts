/** Arrays as safetensors: the format of Hugging Face, which Python, Rust and browsers read. Reading it executes nothing. */
import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import type { Hash } from 'node:crypto';
import { basename, resolve } from 'node:path';
import { dtypes, GradusError, NDArray, sizeOf } from '@gradus/graph';
import { Malformed } from './malformed.js';
import { unreadable, unwritable } from './problems.js';
import { replace } from './replace.js';
import { headerLength, inOrderOfBytes, layOut, parseHeader, PREFIX_BYTES, type Entry } from './safetensors-header.js';
import { bytesOf, readSlices, writeSlices } from './slices.js';

export interface Safetensors {
  /** By name, in the order of the header. */
  readonly arrays: Record<string, NDArray>;
  /** Texts that the writer added. */
  readonly metadata: Record<string, string>;
}

/**
 * The bytes of a safetensors file. Every element type of Gradus has one there: F32, F64, I32, I64, U32, BOOL.
 *
 * @param arrays Any shapes; their order is kept.
 * @param metadata Texts to put beside them. Default: none.
 * @throws `INVALID_ARGUMENT` for a name that the format cannot hold (`__metadata__`, `__proto__`, half of a surrogate pair).
 * @example
 * const bytes = encodeSafetensors({ weight: asarray([[1, 2], [3, 4]]) }, { made: 'by hand' });
 * decodeSafetensors(bytes).arrays.weight.toString(); // float32[2, 2]
 */
export function encodeSafetensors(arrays: Readonly<Record<string, NDArray>>, metadata: Readonly<Record<string, string>> = {}): Uint8Array {
  return Buffer.concat(layOut(arrays, metadata));
}

/**
 * The arrays in the bytes of a safetensors file, copied out of them. Never takes more memory than the bytes say and hold.
 * @throws `INVALID_SAFETENSORS` with the reason, for bytes that are not exactly such a file; `DTYPE_MISMATCH`, naming tensor and element
 * type, where one is none of Gradus'.
 */
export function decodeSafetensors(bytes: Uint8Array): Safetensors {
  try {
    const length = headerLength(bytes.subarray(0, PREFIX_BYTES), bytes.length);
    const data = bytes.subarray(PREFIX_BYTES + length);
    const { entries, metadata } = parseHeader(bytes.subarray(PREFIX_BYTES, PREFIX_BYTES + length), data.length);
    const arrays = Object.fromEntries(entries.map((entry) => [entry.name, allocate(entry)]));
    for (const { name, begin, end } of entries) bytesOf(arrays[name].data).set(data.subarray(begin, end));
    checkBools(arrays);
    return { arrays, metadata };
  } catch (error) {
    throw invalid('The bytes are no safetensors file', error);
  }
}

/**
 * Writes a safetensors file, atomically: under its name there is the old file or the new one, never a part.
 * @param path Missing folders are made.
 * @throws `INVALID_ARGUMENT` as `encodeSafetensors`, before anything is written; `CHECKPOINT_UNWRITABLE` when the disk fails.
 */
export async function writeSafetensors(
  path: string,
  arrays: Readonly<Record<string, NDArray>>,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  const parts = layOut(arrays, metadata);
  const target = resolve(path);
  try {
    await replace(target, 'file', async (temporary) => {
      const file = await open(temporary, 'wx');
      try {
        await writeSlices(file, null, parts);
      } finally {
        await file.close();
      }
    });
  } catch (error) {
    throw unwritable(target, error);
  }
}

/**
 * Reads a safetensors file.
 * @throws `CHECKPOINT_NOT_FOUND`, `CHECKPOINT_UNREADABLE`, and as `decodeSafetensors`.
 */
export async function readSafetensors(path: string): Promise<Safetensors> {
  try {
    const file = await open(path);
    try {
      return await readArrays(file, (await file.stat()).size, null);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw error instanceof Malformed ? invalid(`'${basename(path)}' is no safetensors file`, error) : unreadable(path, error);
  }
}

/** Reads a file of `size` bytes from its beginning. Memory is taken for what the file can hold, after the header was checked. @throws Malformed. */
export async function readArrays(file: FileHandle, size: number, hash: Hash | null): Promise<Safetensors> {
  const prefix = new Uint8Array(Math.min(PREFIX_BYTES, size));
  await readSlices(file, hash, [prefix]);
  const header = new Uint8Array(headerLength(prefix, size));
  await readSlices(file, hash, [header]);
  const { entries, metadata } = parseHeader(header, size - PREFIX_BYTES - header.length);
  const found = new Map<string, NDArray>();
  // One by one, while others are read: taking memory for all of them at once would hold everything else up.
  function* parts(): Generator<Uint8Array> {
    for (const entry of inOrderOfBytes(entries)) {
      const array = allocate(entry);
      found.set(entry.name, array);
      yield bytesOf(array.data);
    }
  }
  await readSlices(file, hash, parts());
  const arrays = Object.fromEntries(entries.map(({ name }) => [name, found.get(name)!]));
  checkBools(arrays);
  return { arrays, metadata };
}

const allocate = ({ dtype, shape }: Entry): NDArray => new NDArray(dtype, shape, dtypes[dtype].allocate(sizeOf(shape)));

function checkBools(arrays: Readonly<Record<string, NDArray>>): void {
  for (const [name, { dtype, data }] of Object.entries(arrays)) {
    if (dtype !== 'bool') continue;
    for (let i = 0; i < data.length; i++) {
      if (data[i] > 1) throw new Malformed(`tensor '${name}' is BOOL and holds a byte of ${data[i]}`);
    }
  }
}

function invalid(what: string, error: unknown): unknown {
  if (!(error instanceof Malformed)) return error;
  return new GradusError(error.unknownDType ? 'DTYPE_MISMATCH' : 'INVALID_SAFETENSORS', {
    what,
    received: error.message,
    ...(error.unknownDType && {
      expected: 'F32, F64, I32, I64, U32 or BOOL',
      fix: 'Convert it where it was written, for instance with tensor.float() in PyTorch.',
    }),
    cause: error,
  });
}
