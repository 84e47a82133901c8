/**
 * The header of a safetensors file: 8 bytes with its length (little-endian), then JSON that says which array lies where among the bytes
 * that follow. Format: https://github.com/huggingface/safetensors#format.
 */
import { dtypes, formatShape, GradusError, type DType, type NDArray } from '@gradus/graph';
import { bytesOf } from './slices.js';
import { isCount, isRecord, Malformed, parseJson } from './malformed.js';

/** Where an array lies, in bytes after the header. */
export interface Entry {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

export interface Header {
  /** In the order of the header. */
  readonly entries: readonly Entry[];
  readonly metadata: Readonly<Record<string, string>>;
}

/** The length of a header as 8 bytes. */
export const PREFIX_BYTES = 8;

/** The limit of the format. */
const LARGEST_HEADER = 100_000_000;

const METADATA = '__metadata__';

const NAMES = { float32: 'F32', float64: 'F64', int32: 'I32', int64: 'I64', uint32: 'U32', bool: 'BOOL' } as const satisfies Record<
  DType,
  string
>;
const DTYPES = new Map<unknown, DType>(Object.entries(NAMES).map(([dtype, name]) => [name, dtype as DType]));

/**
 * The bytes of a file, in pieces: the header, then each array as it lies in memory. The header lists arrays in the order given; wider
 * elements come first among the bytes, so that each array is aligned to its elements.
 * @throws `INVALID_ARGUMENT` for a name that the format cannot hold, and for a header above 100 MB.
 */
export function layOut(arrays: Readonly<Record<string, NDArray>>, metadata: Readonly<Record<string, string>>): Uint8Array[] {
  const names = Object.keys(arrays);
  for (const name of [...names, ...Object.keys(metadata), ...Object.values(metadata)]) checkText(name);
  const width = (name: string): number => dtypes[arrays[name].dtype].bytes;
  const byWidth = [...names].sort((a, b) => width(b) - width(a));
  const offsets = new Map<string, readonly [begin: number, end: number]>();
  let end = 0;
  for (const name of byWidth) {
    const begin = end;
    end += arrays[name].data.byteLength;
    offsets.set(name, [begin, end]);
  }
  const described = names.map((name) => {
    const { dtype, shape } = arrays[name];
    return [name, { dtype: NAMES[dtype], shape, data_offsets: offsets.get(name) }] as const;
  });
  const json = JSON.stringify(Object.fromEntries([...(Object.keys(metadata).length === 0 ? [] : [[METADATA, metadata]]), ...described]));
  const text = Buffer.from(json);
  const bytes = Buffer.alloc(PREFIX_BYTES + Math.ceil(text.length / 8) * 8, ' ');
  if (bytes.length - PREFIX_BYTES > LARGEST_HEADER) {
    throw new GradusError('INVALID_ARGUMENT', {
      what: 'The names and shapes of these arrays do not fit into a safetensors header',
      received: `${text.length} bytes of header for ${names.length} arrays`,
      expected: `${LARGEST_HEADER} at most`,
    });
  }
  bytes.writeBigUInt64LE(BigInt(bytes.length - PREFIX_BYTES));
  text.copy(bytes, PREFIX_BYTES);
  return [bytes, ...byWidth.map((name) => bytesOf(arrays[name].data))];
}

function checkText(name: string): void {
  if (name !== METADATA && name !== '__proto__' && !/\p{Surrogate}/u.test(name)) return;
  throw new GradusError('INVALID_ARGUMENT', {
    what: 'safetensors cannot hold this name or text',
    received: JSON.stringify(name),
    expected: `well-formed Unicode other than '${METADATA}' and '__proto__'`,
    fix: 'Rename it.',
  });
}

/** How long a header is, from the first 8 bytes of a file of `fileBytes`. @throws Malformed. */
export function headerLength(prefix: Uint8Array, fileBytes: number): number {
  if (prefix.length < PREFIX_BYTES) throw new Malformed(`only ${prefix.length} bytes`);
  const length = Buffer.from(prefix.buffer, prefix.byteOffset, PREFIX_BYTES).readBigUInt64LE();
  if (length > LARGEST_HEADER) throw new Malformed(`a header of ${length} bytes, where ${LARGEST_HEADER} are the limit`);
  if (Number(length) > fileBytes - PREFIX_BYTES) throw new Malformed(`a header of ${length} bytes in a file of ${fileBytes}`);
  return Number(length);
}

/** @param dataBytes Bytes of the file after the header: the arrays must fill them without a gap. @throws Malformed. */
export function parseHeader(bytes: Uint8Array, dataBytes: number): Header {
  const json = parseJson(bytes);
  if (!isRecord(json) || bytes[0] !== '{'.charCodeAt(0)) throw new Malformed('a header that is no JSON object');
  const entries: Entry[] = [];
  let metadata: Header['metadata'] = {};
  for (const [name, value] of Object.entries(json)) {
    if (name === '__proto__') throw new Malformed("an array with the name '__proto__'");
    if (name === METADATA) metadata = parseMetadata(value);
    else entries.push(parseEntry(name, value));
  }
  let end = 0;
  for (const entry of inOrderOfBytes(entries)) {
    if (entry.begin !== end) {
      throw new Malformed(`tensor '${entry.name}' begins at ${entry.begin}, the one before it ends at ${end}`);
    }
    end = entry.end;
  }
  if (end !== dataBytes) throw new Malformed(`${dataBytes} bytes of data, where the header tells of ${end}`);
  return { entries, metadata };
}

export const inOrderOfBytes = (entries: readonly Entry[]): Entry[] => [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end);

function parseMetadata(value: unknown): Readonly<Record<string, string>> {
  if (!isRecord(value) || Object.hasOwn(value, '__proto__') || !Object.values(value).every((text) => typeof text === 'string')) {
    throw new Malformed(`'${METADATA}' is no record of texts`);
  }
  return value as Readonly<Record<string, string>>;
}

function parseEntry(name: string, value: unknown): Entry {
  const { dtype: dtypeName, shape, data_offsets: offsets } = isRecord(value) ? value : {};
  if (!Array.isArray(shape) || !shape.every(isCount)) throw new Malformed(`tensor '${name}' has no usable shape`);
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount) || offsets[0] > offsets[1]) {
    throw new Malformed(`tensor '${name}' has no usable data_offsets`);
  }
  const dtype = DTYPES.get(dtypeName);
  if (dtype === undefined) {
    const given = typeof dtypeName === 'string' ? dtypeName : 'no text';
    throw new Malformed(`tensor '${name}' has the element type ${given}`, { unknownDType: typeof dtypeName === 'string' });
  }
  let bytes = dtypes[dtype].bytes;
  // One by one: a product beyond 2^53 must not come back into range.
  for (const size of shape) {
    bytes *= size;
    if (!Number.isSafeInteger(bytes)) throw new Malformed(`tensor '${name}' has the impossible shape ${formatShape(shape)}`);
  }
  const [begin, end] = offsets as [number, number];
  if (end - begin !== bytes) {
    throw new Malformed(`tensor '${name}', ${dtype}${formatShape(shape)}, needs ${bytes} bytes and has ${end - begin}`);
  }
  return { name, dtype, shape, begin, end };
}
