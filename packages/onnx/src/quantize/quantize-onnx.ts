/** Quantised models, and what they lose. */
import { checkOptions, rules } from '@gradus/core';
import { GradusError, type NDArray } from '@gradus/graph';
import { ortSessions, type OpenSession } from '../run/session.js';
import { parseModel, serializeModel } from '../wire/model-bytes.js';
import { readModelFile } from '../wire/model-file.js';
import type { ModelMessage } from '../wire/schema.js';
import { quantizeWeights } from './quantize-weights.js';

export interface QuantizeOptions {
  /** Inputs by name on which the loss is measured: data like those that the model will see. */
  readonly samples: Readonly<Record<string, NDArray>>;
  /** Elements from which on a matrix of weights is quantised: small ones win nothing. Default: 1024. */
  readonly least?: number;
  /**
   * Whether weights use 7 of the 8 bits: x86 processors of before 2019 (AVX2 without VNNI) cut off sums of pairs that are larger. Default:
   * `false`.
   */
  readonly reduceRange?: boolean;
  /** Runs both models. Default: onnxruntime-node. */
  readonly session?: OpenSession;
}

/** What quantisation wins and loses. */
export interface QuantizeReport {
  /** Bytes of the model before and after. */
  readonly bytes: readonly [before: number, after: number];
  /** Differences of the first output over the samples, relative to its largest absolute value. */
  readonly largest: number;
  readonly mean: number;
  /**
   * The share of samples whose largest number, along the last axis of the first output, stands at the same place: of a classifier, those with
   * the same answer.
   */
  readonly agreement: number;
}

/**
 * A model whose products with weights run in integers of 8 bits, with its loss as measured on samples.
 *
 * @param source What `exportOnnx` gave, the bytes of a file, or its path.
 * @throws `INVALID_MODEL` for a model without such weights; `INVALID_ARGUMENT`; `ORT_UNAVAILABLE`, `ORT_LOAD_FAILED`, `ORT_RUN_FAILED`.
 * @example
 * const { model, report } = await quantizeOnnx(file, { samples: { x: validation.x } });
 * if (report.agreement > 0.99) writeModelFile('digits.int8.onnx', model);
 */
export async function quantizeOnnx(
  source: ModelMessage | Uint8Array | string,
  options: QuantizeOptions,
): Promise<{ readonly model: ModelMessage; readonly report: QuantizeReport }> {
  checkOptions(
    'quantizeOnnx',
    options,
    { samples: rules.object, least: rules.positiveCount, reduceRange: rules.flag, session: rules.method },
    ['samples'],
  );
  const { samples, least = 1024, reduceRange = false, session = ortSessions() } = options;
  const before = typeof source === 'string' ? readModelFile(source) : source instanceof Uint8Array ? parseModel(source) : source;
  const model = quantizeWeights(before, least, reduceRange ? 63 : 127);
  if (model.graph?.initializer?.some(({ name }) => name?.endsWith('.int8')) !== true) {
    throw new GradusError('INVALID_MODEL', {
      what: 'The model has nothing to quantise',
      received: `no product with a float32 matrix of ${least} elements or more`,
      fix: "Give a smaller 'least'.",
    });
  }
  const [plain, quantised] = [serializeModel(before), serializeModel(model)];
  const output = before.graph?.output?.[0]?.name ?? '';
  const [wanted, found] = await Promise.all([plain, quantised].map((bytes) => outputOf(session, bytes, samples, output)));
  return { model, report: { bytes: [plain.length, quantised.length], ...lossOf(wanted, found) } };
}

async function outputOf(open: OpenSession, bytes: Uint8Array, samples: Readonly<Record<string, NDArray>>, name: string): Promise<NDArray> {
  const session = await open(bytes);
  try {
    return (await session.run(samples))[name];
  } finally {
    await session.release?.();
  }
}

function lossOf(wanted: NDArray, found: NDArray): Omit<QuantizeReport, 'bytes'> {
  const [a, b] = [wanted, found].map(({ data }) => Float64Array.from(data as ArrayLike<number>, Number));
  const scale = a.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
  const differences = a.map((value, i) => Math.abs(value - b[i]) / scale);
  const width = wanted.shape.at(-1) ?? 1;
  const rows = a.length / width;
  let same = 0;
  for (let row = 0; row < rows; row++) if (largestOf(a, row * width, width) === largestOf(b, row * width, width)) same++;
  return {
    largest: differences.reduce((most, value) => Math.max(most, value), 0),
    mean: differences.reduce((sum, value) => sum + value, 0) / a.length,
    agreement: same / rows,
  };
}

function largestOf(values: Float64Array, start: number, count: number): number {
  let best = 0;
  for (let i = 1; i < count; i++) if (values[start + i] > values[start + best]) best = i;
  return best;
}
