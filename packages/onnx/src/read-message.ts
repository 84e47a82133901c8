/** Reads protobuf messages field by field. */
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { GradusError, isGradusError } from '@gradus/graph';
import { Entry } from './field-numbers.js';

/** Reads the value of one field. The wire type matters only to repeated numbers, which may be packed. */
type FieldReader = (reader: BinaryReader, type: WireType) => void;

/** Calls the reader of each field in the order of the file. Fields without one are skipped. */
export function readMessage(bytes: Uint8Array, fields: Readonly<Record<number, FieldReader>>): void {
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    const read = fields[field];
    if (read === undefined) reader.skip(type, field);
    else read(reader, type);
  }
}

/** Adds the numbers of a repeated field, packed or one by one, to `values`. */
export function readRepeated<T>(reader: BinaryReader, type: WireType, values: T[], read: () => T): void {
  if (type !== WireType.LengthDelimited) {
    values.push(read());
    return;
  }
  const end = reader.uint32() + reader.pos;
  while (reader.pos < end) values.push(read());
}

/** A `StringStringEntryProto`, put into a map. */
export function readEntry(bytes: Uint8Array, map: Map<string, string>): void {
  let [key, value] = ['', ''];
  readMessage(bytes, { [Entry.key]: (r) => (key = r.string()), [Entry.value]: (r) => (value = r.string()) });
  map.set(key, value);
}

/** Runs a decoder; what fails inside becomes an `INVALID_ONNX` error. */
export function decoding<T>(what: string, decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    if (isGradusError(error)) throw error;
    throw new GradusError('INVALID_ONNX', {
      what: `${what} cannot be read: its bytes are damaged, or are something else`,
      received: error instanceof Error ? error.message : String(error),
      cause: error,
    });
  }
}
