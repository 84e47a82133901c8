/** Model files on disk, of any size: read and written part by part, weights in the file or in one beside it. */
import { closeSync, fstatSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { GradusError } from '@gradus/graph';
import { decoding } from './decoding.js';
import { EXTERNAL, ExternalData, readFully } from './external-data.js';
import { Input } from './input.js';
import { readMessage } from './read.js';
import { ModelFields, type ModelMessage, type StringStringEntryMessage, type TensorMessage } from './schema.js';
import { mapTensors } from './tensors-of.js';
import { writeMessage } from './write.js';

export interface ReadOptions {
  /** `load` (the default) reads tensors that are in files of their own; `keep` leaves them there, only named. */
  readonly externalData?: 'load' | 'keep';
}

export interface WriteOptions {
  /**
   * Whether weights go into a file of their own beside the model. Default: only when the model would have 2 GB or more, which no protobuf
   * reader takes.
   */
  readonly externalData?: boolean;
  /** The name of that file, in the folder of the model. Default: the model's with `.data` after it. */
  readonly location?: string;
  /** Bytes from which on a tensor goes there. Default: 1024. */
  readonly threshold?: number;
}

/** Protobuf counts bytes in 32 bits with a sign. */
const LARGEST = 2 ** 31 - 1;
/** Tensors begin at pages, so that runtimes can map them. */
const PAGE = 4096;

/**
 * Reads a model file, as {@link parseModel} would its bytes, with every large tensor straight into memory of its own: the file need not
 * fit into one array, and is in memory once.
 *
 * @throws `INVALID_ONNX` for a file that is no model, and for tensors in other files that do not fit, or that lie outside of the
 *   model's folder.
 * @example const model = importGraph(decodeModel(readModelFile('llm/model.onnx')));
 */
export function readModelFile(path: string, options: ReadOptions = {}): ModelMessage {
  const handle = openSync(path, 'r');
  let message: ModelMessage;
  try {
    const input = new Input((position, target) => readFully(handle, position, target), fstatSync(handle).size);
    message = decoding(`The model ${basename(path)}`, () => readMessage<ModelMessage>(input, ModelFields));
  } finally {
    closeSync(handle);
  }
  if (options.externalData === 'keep') return message;
  const external = new ExternalData(dirname(path));
  try {
    return decoding(`The data of the model ${basename(path)}`, () => mapTensors(message, (tensor) => external.load(tensor)));
  } finally {
    external.close();
  }
}

/**
 * Writes a model file without ever holding its bytes in one piece. Files are replaced when they are complete, the model last.
 *
 * @throws `INVALID_ARGUMENT` for a location outside of the model's folder, and for `externalData: false` where the model is too large.
 * @example writeModelFile('model.onnx', message, { externalData: true });
 */
export function writeModelFile(path: string, model: ModelMessage, options: WriteOptions = {}): void {
  const { location = `${basename(path)}.data`, threshold = 1024 } = options;
  if (location === '' || location === '..' || basename(location) !== location) {
    throw new GradusError('INVALID_ARGUMENT', {
      what: "Option 'location' of writeModelFile is not usable",
      received: `'${location}'`,
      expected: 'the name of a file in the folder of the model',
    });
  }
  const whole = writeMessage(model, ModelFields);
  const size = whole.reduce((total, part) => total + part.length, 0);
  const external = options.externalData ?? size > LARGEST;
  if (!external) {
    if (size > LARGEST) throw tooLarge(size);
    writeParts(path, whole);
    return;
  }
  const parts: Uint8Array[] = [];
  let position = 0;
  const outside = mapTensors(model, (tensor) => {
    const { rawData, ...rest } = tensor;
    if (rawData === undefined || rawData.length < threshold) return tensor;
    const gap = -position & (PAGE - 1);
    if (gap > 0) parts.push(new Uint8Array(gap));
    const offset = position + gap;
    parts.push(rawData);
    position = offset + rawData.length;
    return { ...rest, dataLocation: EXTERNAL, externalData: entries({ location, offset, length: rawData.length }) } satisfies TensorMessage;
  });
  if (parts.length > 0) writeParts(join(dirname(path), location), parts);
  writeParts(path, writeMessage(outside, ModelFields));
}

const entries = (values: Readonly<Record<string, string | number>>): StringStringEntryMessage[] =>
  Object.entries(values).map(([key, value]) => ({ key, value: String(value) }));

/** A file that is there is either the old one or the whole new one. */
function writeParts(path: string, parts: readonly Uint8Array[]): void {
  const unfinished = `${path}.${process.pid}.partial`;
  try {
    const handle = openSync(unfinished, 'w');
    try {
      for (const part of parts) {
        for (let done = 0; done < part.length; ) done += writeSync(handle, part, done, Math.min(part.length - done, 1 << 30));
      }
    } finally {
      closeSync(handle);
    }
    renameSync(unfinished, path);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  }
}

const tooLarge = (size: number): GradusError =>
  new GradusError('INVALID_ARGUMENT', {
    what: 'The model is too large for one file',
    received: `${size} bytes`,
    expected: `${LARGEST} at most, which is all that protobuf readers take`,
    fix: 'Leave out externalData: false; the weights then go into a file beside the model.',
  });
