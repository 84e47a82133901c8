/** Writes protobuf messages by their tables of fields: fields in the order of their numbers, then what no table knows. */
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import type { Fields, Kind, Message, PackedArray } from './message.js';

/** Payloads from this size on are parts of their own, not copied: weights are in memory once. */
const LARGE = 1 << 12;

/** The bytes of a message, in parts. */
class Parts {
  readonly list: Uint8Array[] = [];
  size = 0;
  /** Takes what is small. */
  writer = new BinaryWriter();

  /** Bytes after their length. */
  payload(bytes: Uint8Array): void {
    this.writer.uint64(bytes.length);
    this.#add([bytes], bytes.length);
  }

  /** A message after its length. */
  message(inner: Parts): void {
    this.writer.uint64(inner.size);
    this.#add(inner.list, inner.size);
  }

  end(): this {
    const bytes = this.writer.finish();
    if (bytes.length > 0) this.list.push(bytes);
    this.size += bytes.length;
    return this;
  }

  #add(parts: readonly Uint8Array[], size: number): void {
    if (size < LARGE) {
      for (const part of parts) this.writer.raw(part);
      return;
    }
    this.end();
    for (const part of parts) this.list.push(part);
    this.size += size;
  }
}

type WriteValue = (parts: Parts, value: never) => void;

const kinds: Readonly<Record<Kind, { readonly wire: WireType; readonly write: WriteValue }>> = {
  double: { wire: WireType.Bit64, write: ({ writer }, value: number) => writer.double(value) },
  float: { wire: WireType.Bit32, write: ({ writer }, value: number) => writer.float(value) },
  int64: { wire: WireType.Varint, write: ({ writer }, value: bigint) => writer.int64(value) },
  uint64: { wire: WireType.Varint, write: ({ writer }, value: bigint) => writer.uint64(value) },
  int32: { wire: WireType.Varint, write: ({ writer }, value: number) => writer.int32(value) },
  text: { wire: WireType.LengthDelimited, write: ({ writer }, value: string) => writer.string(value) },
  bytes: { wire: WireType.LengthDelimited, write: (parts, value: Uint8Array) => parts.payload(value) },
};

/** The bytes of a message, in parts: payloads of weights are those of the message itself. */
export const writeMessage = (message: Message, fields: Fields): readonly Uint8Array[] => partsOf(message, fields).list;

function partsOf(message: Message, fields: Fields): Parts {
  const parts = new Parts();
  for (const [key, [number, kind, many]] of Object.entries(fields)) {
    const value = (message as Readonly<Record<string, unknown>>)[key];
    if (value === undefined) continue;
    if (many === 'packed') {
      writePacked(parts, number, kind as Kind, value as PackedArray);
      continue;
    }
    for (const one of many === 'list' ? (value as readonly unknown[]) : [value]) {
      if (typeof kind === 'string') {
        parts.writer.tag(number, kinds[kind].wire);
        kinds[kind].write(parts, one as never);
      } else {
        parts.writer.tag(number, WireType.LengthDelimited);
        parts.message(partsOf(one as Message, kind()));
      }
    }
  }
  if (message.unknown !== undefined) parts.writer.raw(message.unknown);
  return parts.end();
}

function writePacked(parts: Parts, field: number, kind: Kind, values: PackedArray): void {
  if (values.length === 0) return;
  parts.writer.tag(field, WireType.LengthDelimited);
  if (values instanceof Float32Array || values instanceof Float64Array) {
    parts.payload(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    return;
  }
  const inner = new Parts();
  for (const value of values) kinds[kind].write(inner, value as never);
  parts.message(inner.end());
}

/** Parts as one array. */
export function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let position = 0;
  for (const part of parts) {
    bytes.set(part, position);
    position += part.length;
  }
  return bytes;
}
