import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { asarray, dtypes, NDArray, scalar, zeros } from '@gradus/graph';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { anyArray, anyName } from '../test/random-states.js';
import { bitsOf } from '../test/states.js';
import { decodeSafetensors, encodeSafetensors, readSafetensors, writeSafetensors } from './index.js';

const golden = (file: string) => fileURLToPath(new URL(`../test/golden/${file}`, import.meta.url));

let directory: string;
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'gradus-safetensors-'))));
afterEach(() => rmSync(directory, { recursive: true }));

/** A file with this header and so many bytes of data. */
function file(header: unknown, dataBytes = 0): Uint8Array {
  const text = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, Buffer.alloc(dataBytes, 1)]);
}

describe('the format', () => {
  it('byte by byte', () => {
    const bytes = Buffer.from(encodeSafetensors({ flag: asarray([true]), x: asarray([[1, -2]]) }, { by: 'hand' }));
    const header =
      '{"__metadata__":{"by":"hand"},"flag":{"dtype":"BOOL","shape":[1],"data_offsets":[8,9]},"x":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]}}';
    const length = Math.ceil(header.length / 8) * 8;
    expect(bytes.readBigUInt64LE()).toBe(BigInt(length));
    expect(bytes.toString('latin1', 8, 8 + length)).toBe(header.padEnd(length, ' '));
    // Wider elements first: 1.0 and -2.0 in little-endian float32, then the flag.
    expect(bytes.toString('hex', 8 + length)).toBe('0000803f' + '000000c0' + '01');
  });

  it('reads what the Python package wrote, to the bit', async () => {
    const expected = JSON.parse(readFileSync(golden('python.json'), 'utf8'));
    const { arrays, metadata } = await readSafetensors(golden('python.safetensors'));
    expect(metadata).toEqual(expected.metadata);
    const bits = (data: NDArray['data']) => {
      const { buffer, byteOffset, length, BYTES_PER_ELEMENT: width } = data;
      const view =
        width === 8 ? new BigUint64Array(buffer, byteOffset, length) : width === 4 ? new Uint32Array(buffer, byteOffset, length) : data;
      return Array.from(view as Uint32Array, String);
    };
    const listed = Object.fromEntries(
      Object.entries(arrays).map(([name, { dtype, shape, data }]) => [name, { dtype, shape, bits: bits(data) }]),
    );
    expect(listed).toEqual(expected.arrays);
  });

  it('writes what the Python package wrote, where that keeps the same order', async () => {
    const bytes = readFileSync(golden('python.safetensors'));
    const { arrays, metadata } = decodeSafetensors(bytes);
    expect(Buffer.from(encodeSafetensors(arrays, metadata)).equals(bytes)).toBe(true);
  });
});

describe('what was written comes back', () => {
  const anyArrays = fc.array(fc.tuple(anyName, anyArray), { maxLength: 6 }).map((members) => Object.fromEntries(members));
  const anyMetadata = fc.array(fc.tuple(anyName, anyName), { maxLength: 3 }).map((members) => Object.fromEntries(members));

  it('from bytes: names, order, types, shapes, bits, metadata', () => {
    fc.assert(
      fc.property(anyArrays, anyMetadata, (arrays, metadata) => {
        const bytes = encodeSafetensors(arrays, metadata);
        expect(bitsOf(decodeSafetensors(bytes))).toBe(bitsOf({ arrays, metadata }));
        expect(Number(Buffer.from(bytes).readBigUInt64LE()) % 8).toBe(0);
      }),
    );
  });

  it('from a file, which is the same bytes; folders are made, nothing is left beside it', async () => {
    const arrays = {
      large: new NDArray(
        'float64',
        [300_001],
        new Float64Array(300_001).map((_, i) => Math.sqrt(i)),
      ),
      flag: scalar(true, 'bool'),
    };
    const path = join(directory, 'a/b/x.safetensors');
    await writeSafetensors(path, zeroed(arrays));
    await writeSafetensors(path, arrays, { note: 'second' });
    expect(readFileSync(path).equals(encodeSafetensors(arrays, { note: 'second' }))).toBe(true);
    expect(bitsOf(await readSafetensors(path))).toBe(bitsOf({ arrays, metadata: { note: 'second' } }));
    expect(readdirSync(join(directory, 'a/b'))).toEqual(['x.safetensors']);
  });

  it('from many small arrays and from views of others', async () => {
    const all = new Float32Array(5000).map((_, i) => i);
    const arrays = Object.fromEntries(
      Array.from({ length: 2500 }, (_, i) => [`p${i}`, new NDArray('float32', [2], all.subarray(2 * i, 2 * i + 2))]),
    );
    const path = join(directory, 'x.safetensors');
    await writeSafetensors(path, arrays);
    const read = await readSafetensors(path);
    expect(bitsOf(read.arrays)).toBe(bitsOf(arrays));
    expect(read.arrays.p7.data.buffer.byteLength).toBe(8);
  });

  const zeroed = (arrays: Record<string, NDArray>) =>
    Object.fromEntries(Object.entries(arrays).map(([name, { dtype, shape }]) => [name, zeros(shape, dtype)]));
});

describe('refuses', () => {
  it.each(['__metadata__', '__proto__', 'half \ud800'])('to write the name %j', (name) => {
    const write = () => encodeSafetensors(Object.fromEntries([[name, scalar(1)]]));
    expect(write).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringContaining(JSON.stringify(name)) }));
  });

  const f32 = (begin: number, end: number, shape: unknown = [(end - begin) / 4]) => ({ dtype: 'F32', shape, data_offsets: [begin, end] });
  const tooLong = Buffer.alloc(16);
  tooLong.writeBigUInt64LE(2n ** 63n);
  const overLimit = Buffer.alloc(16);
  overLimit.writeBigUInt64LE(100_000_001n);

  it.each<[string, Uint8Array, RegExp]>([
    ['nothing', new Uint8Array(), /only 0 bytes/],
    ['less than a length', new Uint8Array(7), /only 7 bytes/],
    ['a header longer than the file', file({ x: f32(0, 4) }, 4).subarray(0, 40), /a header of \d+ bytes in a file of 40/],
    ['a header of 2^63 bytes', tooLong, /9223372036854775808 bytes, where 100000000 are the limit/],
    ['a header above 100 MB', overLimit, /100000001 bytes, where 100000000/],
    ['an empty header', file(''), /no JSON/],
    ['no UTF-8', Buffer.concat([file({}).subarray(0, 8), Buffer.from([0x7b, 0xff])]), /no JSON/],
    ['a header that is a list', file([]), /no JSON object/],
    ['blanks before the header', file(' {}'), /no JSON object/],
    ['a million brackets', file('['.repeat(1e6)), /no JSON/],
    ['nested a million deep', file('['.repeat(1e6) + ']'.repeat(1e6)), /no JSON object/],
    [
      'a shape nested a million deep',
      file(`{"x":{"dtype":"F32","data_offsets":[0,4],"shape":${'['.repeat(1e6)}${']'.repeat(1e6)}}}`, 4),
      /no usable shape/,
    ],
    ['metadata that is no text', file({ __metadata__: { a: 1 } }), /__metadata__/],
    ["the name '__proto__'", file('{"__proto__":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}', 4), /__proto__/],
    ["'__proto__' in the metadata", file('{"__metadata__":{"__proto__":"x"}}'), /__metadata__/],
    ['an entry that is null', file({ x: null }), /'x' has no usable shape/],
    ['no offsets', file({ x: { dtype: 'F32', shape: [1] } }, 4), /'x' has no usable data_offsets/],
    ['offsets that go backwards', file({ x: { dtype: 'F32', shape: [1], data_offsets: [4, 0] } }, 4), /data_offsets/],
    ['offsets that are no integers', file({ x: { dtype: 'F32', shape: [1], data_offsets: [0.5, 4.5] } }, 5), /data_offsets/],
    ['a negative size', file({ x: f32(0, 4, [-1, -1]) }, 4), /no usable shape/],
    ['a size beyond 2^53', file('{"x":{"dtype":"F32","shape":[1e300],"data_offsets":[0,4]}}', 4), /no usable shape/],
    [
      'a shape whose product overflows to its size',
      file({ x: f32(0, 0, [2 ** 40, 2 ** 40, 0]) }),
      /impossible shape \[1099511627776, 1099511627776, 0\]/,
    ],
    [
      'a shape larger than its bytes',
      file({ x: f32(0, 4, [1_000_000_000]) }, 4),
      /float32\[1000000000\], needs 4000000000 bytes and has 4/,
    ],
    ['a hole', file({ x: f32(0, 4), y: f32(8, 12) }, 12), /'y' begins at 8, the one before it ends at 4/],
    ['a hole at the beginning', file({ x: f32(4, 8) }, 8), /'x' begins at 4, the one before it ends at 0/],
    ['an overlap', file({ x: f32(0, 8), y: f32(4, 12) }, 12), /'y' begins at 4, the one before it ends at 8/],
    ['two arrays at one place', file({ x: f32(0, 4), y: f32(0, 4) }, 4), /'y' begins at 0, the one before it ends at 4/],
    ['bytes after the end', file({ x: f32(0, 4) }, 5), /5 bytes of data, where the header tells of 4/],
    ['bytes missing', file({ x: f32(0, 8) }, 7), /7 bytes of data, where the header tells of 8/],
    [
      'a bool of 2',
      Buffer.concat([file({ x: { dtype: 'BOOL', shape: [2], data_offsets: [0, 2] } }), Buffer.from([1, 2])]),
      /'x' is BOOL and holds a byte of 2/,
    ],
  ])('%s', async (_, bytes, message) => {
    const refusal = expect.objectContaining({ code: 'INVALID_SAFETENSORS', message: expect.stringMatching(message) });
    // However large the arrays are that it tells of, no memory is taken for them.
    const allocate = vi.spyOn(dtypes.float32, 'allocate');
    expect(() => decodeSafetensors(bytes)).toThrow(refusal);
    const path = join(directory, 'x.safetensors');
    writeFileSync(path, bytes);
    await expect(readSafetensors(path)).rejects.toEqual(refusal);
    expect(allocate).not.toHaveBeenCalled();
    allocate.mockRestore();
  });

  it.each(['BF16', 'F16', 'F8_E4M3', 'U8', 'constructor'])('the element type %s, naming the tensor', (dtype) => {
    const refusal = expect.objectContaining({
      code: 'DTYPE_MISMATCH',
      message: expect.stringContaining(`tensor 'h.0' has the element type ${dtype}`),
    });
    expect(() => decodeSafetensors(file({ 'h.0': { dtype, shape: [1], data_offsets: [0, 2] } }, 2))).toThrow(refusal);
  });

  it('what is not there, and what is a folder', async () => {
    await expect(readSafetensors(join(directory, 'none.safetensors'))).rejects.toMatchObject({ code: 'CHECKPOINT_NOT_FOUND' });
    await expect(readSafetensors(directory)).rejects.toMatchObject({ code: 'CHECKPOINT_UNREADABLE', cause: { code: 'EISDIR' } });
    await expect(writeSafetensors(directory, {})).rejects.toMatchObject({ code: 'CHECKPOINT_UNWRITABLE', cause: { code: 'EISDIR' } });
    expect(readdirSync(directory)).toEqual([]);
  });
});
