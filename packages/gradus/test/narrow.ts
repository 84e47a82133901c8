/** Finds what an ONNX model would compute in less than float64: reads the bytes that ONNX Runtime is given, and as much of them as that takes. */

/** The fields of a message by number: numbers, or bytes of what has a length. */
type Message = ReadonlyMap<number, readonly (number | Uint8Array)[]>;

function read(bytes: Uint8Array): Message {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fields = new Map<number, (number | Uint8Array)[]>();
  let at = 0;
  const varint = (): number => {
    let [value, factor] = [0, 1];
    for (;;) {
      const byte = bytes[at++];
      value += (byte & 127) * factor;
      if (byte < 128) return value;
      factor *= 128;
    }
  };
  while (at < bytes.length) {
    const tag = varint();
    const [field, wire] = [Math.floor(tag / 8), tag % 8];
    let value;
    if (wire === 0) value = varint();
    else if (wire === 5) value = view.getFloat32((at += 4) - 4, true);
    else if (wire === 2) {
      const length = varint();
      value = bytes.subarray(at, (at += length));
    } else throw new Error(`The model has a field of wire type ${wire}, which this reader does not know.`);
    fields.set(field, [...(fields.get(field) ?? []), value]);
  }
  return fields;
}

const all = (message: Message, field: number): Message[] => (message.get(field) ?? []).map((bytes) => read(bytes as Uint8Array));
const text = (message: Message, field: number): string =>
  new TextDecoder().decode((message.get(field)?.[0] ?? new Uint8Array()) as Uint8Array);

/** Element types of TensorProto: float, float16, bfloat16. */
const isNarrow = (type: unknown): boolean => type === 1 || type === 10 || type === 16;

/** They compute statistics in float, whatever their input is, unless told otherwise. */
const STASHING = ['LayerNormalization', 'GroupNormalization'];

/** In words, every value and step of a model that loses what float64 has. */
export const narrow = (model: Uint8Array): string[] => all(read(model), 7).flatMap(narrowGraph);

/** Every float32 value comes from one of these: inputs (of bodies, too), constants, or a cast. */
function narrowGraph(graph: Message): string[] {
  const values = [11, 12].flatMap((field) => all(graph, field));
  const elementType = (value: Message): unknown =>
    all(value, 2)
      .flatMap((type) => all(type, 1))
      .map((tensor) => tensor.get(1)?.[0])[0];
  return [
    ...values.filter((value) => isNarrow(elementType(value))).map((value) => `value '${text(value, 1)}' is float32`),
    ...all(graph, 5)
      .filter((tensor) => isNarrow(tensor.get(2)?.[0]))
      .map((tensor) => `constant '${text(tensor, 8)}' is float32`),
    ...all(graph, 1).flatMap(narrowNode),
  ];
}

function narrowNode(node: Message): string[] {
  const [name, type] = [text(node, 3), text(node, 4)];
  return [
    ...(STASHING.includes(type) ? [`node '${name}' has its statistics in float32`] : []),
    ...all(node, 5).flatMap((attribute) => {
      const [key, number] = [text(attribute, 1), attribute.get(2)?.[0] as number | undefined];
      return [
        ...(type === 'Cast' && key === 'to' && isNarrow(attribute.get(3)?.[0]) ? [`node '${name}' casts to float32`] : []),
        // Attributes are float32: a number with few digits in base 2 is the same in both.
        ...(number !== undefined && !Number.isInteger(number * 1024) ? [`attribute ${key} of '${name}' is ${number} in float32`] : []),
        ...all(attribute, 5)
          .filter((tensor) => isNarrow(tensor.get(2)?.[0]))
          .map(() => `attribute ${key} of '${name}' is a tensor of float32`),
        ...all(attribute, 6).flatMap(narrowGraph),
      ];
    }),
  ];
}
