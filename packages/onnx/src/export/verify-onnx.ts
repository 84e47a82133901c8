/** Compares an exported file with the model that it was made of, by running both. */
import { checkOptions, rules } from '@gradus/core';
import {
  asarray,
  foldIn,
  GradusError,
  isFloat,
  jsEngine,
  normal,
  randomKey,
  remainder,
  bits,
  sameShape,
  type DType,
  type Engine,
  type NDArray,
  type Shape,
} from '@gradus/graph';
import { decodeModel } from '../decode.js';
import { requireElementType } from '../decode-tensor.js';
import type { DimensionProto, ValueProto } from '../proto.js';
import { ortSessions, type OnnxSession, type OpenSession } from '../run/session.js';
import { parseModel, serializeModel } from '../wire/model-bytes.js';
import { readModelFile } from '../wire/model-file.js';
import type { ModelMessage } from '../wire/schema.js';
import { checkTraceable, traceModel, type DecodingModel, type ModelState } from './trace-model.js';

export interface VerifyOptions {
  /**
   * Sizes to try for each free size, by name: as many runs as the longest list has. Default: 1, 2, 5 and 16 for every one.
   */
  readonly sizes?: Readonly<Record<string, readonly number[]>>;
  /** Makes an input of random numbers. Default: normal floats, whole numbers of 0 and 1. Give one for indices that have a larger range. */
  readonly draw?: (key: NDArray, input: { readonly name: string; readonly dtype: DType; readonly shape: Shape }) => NDArray;
  /** Largest difference allowed, relative to the larger of 1 and the value. Default: 1e-5, and 1e-12 where an output is float64. */
  readonly tolerance?: number;
  /** Default: 0. */
  readonly seed?: number;
  /** Runs the file. Default: onnxruntime-node, one thread. */
  readonly session?: OpenSession;
  /** Runs the model. Default: the interpreter, which every engine is compared with. */
  readonly engine?: Engine;
  /** As in `exportOnnx`. */
  readonly decode?: boolean;
}

/** What a comparison found. */
export interface VerifyReport {
  readonly passed: boolean;
  /** The largest difference, relative to the larger of 1 and the value. */
  readonly largest: number;
  readonly tolerance: number;
  /** Each run with the largest difference of every output. */
  readonly runs: readonly { readonly sizes: Readonly<Record<string, number>>; readonly differences: Readonly<Record<string, number>> }[];
}

const OPTIONS = {
  sizes: rules.object,
  draw: rules.method,
  tolerance: rules.notNegative,
  seed: rules.count,
  session: rules.method,
  engine: rules.object,
  decode: rules.flag,
};

const SIZES = [1, 2, 5, 16];

/**
 * Runs an exported model and the live one on the same random inputs, at several sizes, and reports the largest difference. Nothing is
 * thrown for a difference: look at `passed`.
 *
 * @param file What {@link exportOnnx} gave, the bytes of a file, or its path.
 * @param state The parameters that were exported.
 * @throws `ORT_UNAVAILABLE`, `ORT_LOAD_FAILED`, `ORT_RUN_FAILED`; `INVALID_ARGUMENT`; `SHAPE_MISMATCH` for a file of another model.
 * @example
 * const report = await verifyOnnx(file, trainer.model, trainer.state);
 * if (!report.passed) throw new Error(`differs by ${report.largest}`);
 */
export async function verifyOnnx(
  file: ModelMessage | Uint8Array | string,
  model: DecodingModel,
  state: ModelState,
  options: VerifyOptions = {},
): Promise<VerifyReport> {
  checkOptions('verifyOnnx', options, OPTIONS);
  checkTraceable(model);
  const { sizes = {}, draw = drawn, seed = 0, session: open = ortSessions({ threads: 1 }), engine = jsEngine, decode = true } = options;
  const { graph } = decodeModel(
    typeof file === 'string' ? readModelFile(file, { externalData: 'keep' }) : file instanceof Uint8Array ? parseModel(file) : file,
  );
  const initializers = new Set(graph.initializers.map(({ name }) => name));
  const inputs = graph.inputs.filter(({ name }) => !initializers.has(name)).map(inputOf);
  const free = [...new Set(inputs.flatMap(({ shape }) => shape.filter((n) => typeof n === 'string')))] as string[];
  const stray = Object.keys(sizes).find((name) => !free.includes(name));
  if (stray !== undefined) throw unusable(`'${stray}'`, free.length === 0 ? 'no sizes: none is free' : `sizes of ${free.join(', ')}`);
  const count = free.length === 0 ? 1 : Math.max(...free.map((name) => (sizes[name] ?? SIZES).length));
  const tolerance =
    options.tolerance ?? (graph.outputs.some(({ type }) => type?.kind === 'tensor' && type.elementType === 'float64') ? 1e-12 : 1e-5);
  const session = await open(file instanceof Uint8Array || typeof file === 'string' ? file : serializeModel(file));
  try {
    const runs: VerifyReport['runs'][number][] = [];
    for (let i = 0; i < count; i++) {
      const own = Object.fromEntries(free.map((name) => [name, (sizes[name] ?? SIZES)[i % (sizes[name] ?? SIZES).length]]));
      const key = foldIn(randomKey(seed), i) as NDArray;
      const given = Object.fromEntries(
        inputs.map(({ name, dtype, shape }, k): [string, NDArray] => {
          const input = { name, dtype, shape: shape.map((n) => (typeof n === 'string' ? own[n] : (n ?? 1))) };
          return [name, draw(foldIn(key, k) as NDArray, input)];
        }),
      );
      const live = await outputsOf(model, state, given, engine, decode);
      runs.push({
        sizes: own,
        differences: differences(
          await session.run(given),
          graph.outputs.map(({ name }) => name),
          live,
        ),
      });
    }
    const largest = Math.max(0, ...runs.flatMap((run) => Object.values(run.differences)));
    return { passed: largest <= tolerance, largest, tolerance, runs };
  } finally {
    await session.release?.();
  }
}

/** @throws `DTYPE_MISMATCH` for an element type that is not computed with here, `SHAPE_MISMATCH` for what is no tensor of a known rank. */
function inputOf({ name, type }: ValueProto): { readonly name: string; readonly dtype: DType; readonly shape: readonly DimensionProto[] } {
  if (type?.kind !== 'tensor' || type.shape === null) {
    throw new GradusError('SHAPE_MISMATCH', {
      what: `The input '${name}' of the file is none of the model's`,
      received: type?.kind ?? 'no type',
      expected: 'a tensor',
    });
  }
  requireElementType(`The input '${name}' of the file`, type.elementType);
  return { name, dtype: type.elementType, shape: type.shape };
}

const unusable = (received: string, expected: string): GradusError =>
  new GradusError('INVALID_ARGUMENT', { what: "Option 'sizes' of verifyOnnx is not usable", received, expected });

function drawn(key: NDArray, { dtype, shape }: { readonly dtype: DType; readonly shape: Shape }): NDArray {
  if (isFloat(dtype)) return normal(key, shape, { dtype: dtype as 'float32' | 'float64' }) as NDArray;
  return asarray(remainder(bits(key, shape), 2) as NDArray, { dtype });
}

async function outputsOf(
  model: DecodingModel,
  state: ModelState,
  given: Readonly<Record<string, NDArray>>,
  engine: Engine,
  decode: boolean,
): Promise<NDArray[]> {
  const { key = randomKey(0), ...others } = given;
  // A file in another precision gets the same numbers in its own.
  const own = Object.values(state.params).find(({ dtype }) => isFloat(dtype))?.dtype;
  const inputs = Object.fromEntries(
    Object.entries(others).map(([name, array]) => [
      name,
      own !== undefined && isFloat(array.dtype) ? asarray(array, { dtype: own }) : array,
    ]),
  );
  const { graph, parameters } = traceModel(model, state, inputs, decode);
  const executable = await engine.compile(graph);
  try {
    return await executable.run([...parameters.map(({ array }) => array), ...Object.values(inputs), key]);
  } finally {
    await executable.dispose();
  }
}

/** The largest difference of each output, relative to the larger of 1 and the value; NaN equals NaN, and an infinity only itself. */
function differences(results: OnnxResults, names: readonly string[], live: readonly NDArray[]): Record<string, number> {
  return Object.fromEntries(
    names.map((name, i) => {
      const [actual, expected] = [results[name], live[i]];
      if (!alike(actual, expected) || names.length !== live.length) {
        throw new GradusError('SHAPE_MISMATCH', {
          what: `Output '${name}' of the file is none of the model's`,
          received: String(actual),
          expected: String(expected),
        });
      }
      let largest = 0;
      actual.data.forEach((value: number | bigint, k: number) => {
        const [a, b] = [Number(value), Number(expected.data[k])];
        if (Object.is(a, b) || a === b) return;
        const difference = Math.abs(a - b) / Math.max(1, Math.abs(b));
        largest = Math.max(largest, Number.isNaN(difference) ? Infinity : difference);
      });
      return [name, largest];
    }),
  );
}

/** The same shape, and the same element type unless both are floats. */
const alike = (a: NDArray | undefined, b: NDArray | undefined): boolean =>
  a !== undefined && b !== undefined && sameShape(a.shape, b.shape) && (a.dtype === b.dtype || (isFloat(a.dtype) && isFloat(b.dtype)));

type OnnxResults = Awaited<ReturnType<OnnxSession['run']>>;
