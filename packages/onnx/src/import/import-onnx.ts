/** ONNX files as networks that can be trained further. */
import { checkOptions, rules } from '@gradus/core';
import type { NDArray } from '@gradus/graph';
import { decodeModel } from '../decode.js';
import { readModelFile } from '../wire/model-file.js';
import type { ModelMessage } from '../wire/schema.js';
import { networkOf, type Network } from './network.js';
import { chosenBy } from './parameters.js';
import { truncated } from './truncate.js';

export interface ImportOnnxOptions {
  /**
   * Names of the initializers that are trained, where `*` stands for any characters: `['classifier.*']`. Default: all floats but scalars,
   * running statistics, and constants that nobody has named. Numbers that tell a node how to work, such as scales of Resize, never are.
   */
  readonly trainable?: readonly string[];
  /** Values or nodes to end at, as in `truncate`: what comes after them need not be importable. Default: the file's outputs. */
  readonly outputs?: readonly string[];
  /** Values of inputs that decide shapes, by name; they are no inputs of the network then. */
  readonly constants?: Readonly<Record<string, NDArray>>;
}

/**
 * Reads an ONNX file as a network that trains with any estimator and optimizer, can be cut and continued, and leaves again by
 * `exportOnnx`. Batch normalisation whose scale or bias is trained follows the batches while training (its statistics are buffers), other
 * batch normalisation stays as it is; dropout drops by the step's random key.
 *
 * @param source The bytes of a file, its path (which loads external data too), or a message.
 * @throws `INVALID_ONNX` for what is no model; `UNSUPPORTED_OPERATOR`, naming the node and the reason, for quantised, fused and other
 *   operators without a rule; `UNKNOWN_PARAMETER`, `UNKNOWN_NAME` for names that the file does not have; `INVALID_ARGUMENT`.
 * @example
 * const features = importOnnx('resnet.onnx', { trainable: ['layer4.*'] }).truncate({ at: '/Flatten' });
 * const net = features.append(dense({ in: 512, out: 3 }));
 * const model = supervised({ name: 'fine-tuned', net, loss: softmaxCrossEntropy });
 */
export function importOnnx(source: Uint8Array | string | ModelMessage, options: ImportOnnxOptions = {}): Network {
  checkOptions('importOnnx', options, { trainable: rules.texts, outputs: rules.texts, constants: rules.object });
  const { trainable, outputs, constants = {} } = options;
  const model = decodeModel(typeof source === 'string' ? readModelFile(source) : source);
  return networkOf(outputs === undefined ? model : truncated(model, outputs), (names) => chosenBy(trainable, names), constants);
}
