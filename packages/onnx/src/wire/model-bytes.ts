/** Model files in memory: bytes to messages and back, nothing lost. */
import { decoding } from './decoding.js';
import { Input } from './input.js';
import { readMessage } from './read.js';
import { ModelFields, type ModelMessage } from './schema.js';
import { joined, writeMessage } from './write.js';

/**
 * The bytes of a model file as a message: every field of the file, those of a newer ONNX too, and no other. Weights are parts of `bytes`,
 * not copies. {@link serializeModel} gives the bytes back.
 *
 * @throws `INVALID_ONNX` for bytes that are no protobuf message.
 * @example
 * const message = parseModel(readFileSync('tanh.onnx'));
 * writeFileSync('named.onnx', serializeModel({ ...message, producerName: 'me' }));
 */
export const parseModel = (bytes: Uint8Array): ModelMessage =>
  decoding('The model', () => readMessage<ModelMessage>(new Input(bytes), ModelFields));

/** The bytes of a model file: fields in the order of their numbers, as protobuf's own writers have them. */
export const serializeModel = (model: ModelMessage): Uint8Array => joined(writeMessage(model, ModelFields));
