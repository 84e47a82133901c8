/** Reads protobuf messages by their tables of fields. What no table knows is kept. */
import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import type { Input } from './input.js';
import { joined } from './write.js';
import { MAX_DEPTH, type Field, type Fields, type Kind, type Message, type PackedArray } from './message.js';

type Value = number | bigint | string | Uint8Array | Message;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** How a single value is on the wire, and how it is read. */
const kinds: Readonly<Record<Kind, { readonly wire: WireType; read(input: Input, end: number): Value }>> = {
  double: { wire: WireType.Bit64, read: ({ number }) => number.double() },
  float: { wire: WireType.Bit32, read: ({ number }) => number.float() },
  int64: { wire: WireType.Varint, read: ({ number }) => BigInt(number.int64()) },
  uint64: { wire: WireType.Varint, read: ({ number }) => BigInt(number.uint64()) },
  int32: { wire: WireType.Varint, read: ({ number }) => number.int32() },
  text: { wire: WireType.LengthDelimited, read: (input, end) => utf8.decode(input.bytes(input.size(end))) },
  bytes: { wire: WireType.LengthDelimited, read: (input, end) => input.bytes(input.size(end)) },
};

const arrays = { double: Float64Array, float: Float32Array, int64: BigInt64Array, uint64: BigUint64Array, int32: Int32Array };

/** Fields by number. */
const tables = new WeakMap<Fields, Map<number, readonly [key: string, field: Field]>>();

function tableOf(fields: Fields): Map<number, readonly [string, Field]> {
  let table = tables.get(fields);
  if (table === undefined) {
    table = new Map(Object.entries(fields).map(([key, field]) => [field[0], [key, field]]));
    tables.set(fields, table);
  }
  return table;
}

/** Reads the message that ends at `end`. @throws whatever says that bytes are none: callers give it a code. */
export function readMessage<M extends Message>(input: Input, fields: Fields, end = input.length, depth = 0, into = {} as M): M {
  if (depth > MAX_DEPTH) throw new RangeError(`messages nested deeper than ${MAX_DEPTH}`);
  const table = tableOf(fields);
  const message = into as Record<string, unknown>;
  let unknown: BinaryWriter | undefined;
  while (input.position < end) {
    const [number, wire] = input.number.tag();
    const [key, field] = table.get(number) ?? [];
    if (field === undefined || !fits(field, wire)) {
      keep((unknown ??= new BinaryWriter()), input, number, wire, end);
      continue;
    }
    const [, kind, many] = field;
    if (typeof kind !== 'string') {
      const inner = input.size(end) + input.position;
      // A message that comes twice is one message with the fields of both.
      const known = many === undefined ? ((message[key!] as Message | undefined) ?? {}) : {};
      const value = readMessage(input, kind(), inner, depth + 1, known);
      if (many === undefined) message[key!] = value;
      else add(message, key!, value);
    } else if (many === undefined) {
      message[key!] = kinds[kind].read(input, end);
    } else if (wire === WireType.LengthDelimited && kinds[kind].wire !== wire) {
      const numbers = readPacked(kind as keyof typeof arrays, input.bytes(input.size(end)));
      if (message[key!] === undefined && many === 'packed') message[key!] = numbers;
      else for (const value of numbers) add(message, key!, value);
    } else {
      add(message, key!, kinds[kind].read(input, end));
    }
  }
  if (input.position > end) throw new RangeError('a field reaches beyond its message');
  for (const [key, [, kind, many]] of Object.entries(fields)) {
    if (many !== 'packed' || !Array.isArray(message[key])) continue;
    const storage = arrays[kind as keyof typeof arrays] as unknown as { from(values: readonly unknown[]): PackedArray };
    message[key] = storage.from(message[key]);
  }
  if (unknown !== undefined) message.unknown = joined([(message.unknown as Uint8Array | undefined) ?? new Uint8Array(0), unknown.finish()]);
  return into;
}

/** Lists are numbers one by one too, packed or not; anything else is no such field. */
function fits([, kind, many]: Field, wire: WireType): boolean {
  const own = typeof kind === 'string' ? kinds[kind].wire : WireType.LengthDelimited;
  return wire === own || (many !== undefined && wire === WireType.LengthDelimited);
}

/** Adds a value to a list, which packed numbers begin as an array of their own. */
function add(message: Record<string, unknown>, key: string, value: Value): void {
  const list = message[key];
  if (Array.isArray(list)) list.push(value);
  else message[key] = list === undefined ? [value] : [...(list as Iterable<Value>), value];
}

function readPacked(kind: keyof typeof arrays, bytes: Uint8Array): PackedArray {
  if (kind === 'float' || kind === 'double') return new arrays[kind](bytes.slice().buffer);
  // Every number ends with a byte below 128.
  let count = 0;
  for (const byte of bytes) if (byte < 128) count++;
  const reader = new BinaryReader(bytes);
  const numbers = new arrays[kind](count);
  for (let i = 0; i < count; i++) {
    numbers[i] = (kind === 'int32' ? reader.int32() : BigInt(kind === 'int64' ? reader.int64() : reader.uint64())) as never;
  }
  if (reader.pos !== reader.len) throw new RangeError('a packed number that does not end');
  return numbers;
}

/** Copies a field that nobody reads. */
function keep(unknown: BinaryWriter, input: Input, field: number, wire: WireType, end: number): void {
  unknown.tag(field, wire);
  if (wire === WireType.Varint) unknown.uint64(input.number.uint64());
  else if (wire === WireType.Bit32) unknown.raw(input.bytes(4));
  else if (wire === WireType.Bit64) unknown.raw(input.bytes(8));
  else if (wire === WireType.LengthDelimited) unknown.bytes(input.bytes(input.size(end)));
  else throw new RangeError(`a group as field ${field}`);
}
