/** Outputs of the model for given inputs, row by row in order: compiled where the model is traced, else asked directly. */
import { dtypes, foldIn, GradusError, isLeaf, NDArray, sizeOf, trace, type Engine, type Tensor, type TensorSpec } from '@gradus/graph';
import type { Batch, Model, Params, TensorBatch, TensorParams } from '../contracts/model.js';
import { samplesOf, signatureOf } from './batches.js';
import type { ModelValues } from './evaluator.js';
import type { Hooks } from './hooks.js';
import { CompiledFunction } from './traced.js';

type Outputs = NDArray | Params;

export class Predictor {
  readonly #model: Model;
  readonly #engine: Engine;
  readonly #compiled = new Map<string, CompiledFunction<Tensor | TensorParams>>();

  constructor(model: Model, engine: Engine) {
    this.#model = model;
    this.#engine = engine;
  }

  async predict(values: ModelValues, inputs: Batch, key: NDArray, hooks: Hooks, batchSize?: number): Promise<Outputs> {
    const rows = checkInputs(this.#model, inputs);
    const size = batchSize ?? rows;
    if (!Number.isInteger(size) || size < 1) {
      throw new GradusError('INVALID_ARGUMENT', {
        what: "Option 'batchSize' of predict is not usable",
        received: String(size),
        expected: 'a whole number of 1 or more',
      });
    }
    const parts: Outputs[] = [];
    await hooks.fire('onPredictBegin');
    for (let start = 0; start < rows; start += size) {
      const number = parts.length;
      const batch = Object.fromEntries(
        Object.entries(inputs).map(([name, array]) => [name, rowsOf(array, start, Math.min(start + size, rows))]),
      );
      await hooks.fire('onPredictBatchBegin', number);
      parts.push(await this.#outputs(values, batch, foldIn(key, number), hooks));
      await hooks.fire('onPredictBatchEnd', number);
    }
    await hooks.fire('onPredictEnd');
    return joinRows(parts);
  }

  async dispose(): Promise<void> {
    for (const compiled of this.#compiled.values()) await compiled.dispose();
    this.#compiled.clear();
  }

  async #outputs({ params, buffers, variables }: ModelValues, batch: Batch, key: NDArray, hooks: Hooks): Promise<Outputs> {
    const model = this.#model;
    if (model.loss === undefined && model.pseudoGradients === undefined) {
      return (await model.predict!(params, batch, { key, training: false, emit: hooks.emit, buffers, variables })) as Outputs;
    }
    const signature = signatureOf(batch);
    let compiled = this.#compiled.get(signature);
    if (compiled === undefined) {
      const fn = (p: TensorParams, own: TensorParams, data: TensorBatch, k: Tensor): Tensor | TensorParams =>
        model.predict!(p, data, { key: k, training: false, emit: null, buffers: own }) as Tensor | TensorParams;
      const traced = trace(fn, params, buffers, batch as Record<string, TensorSpec>, { dtype: 'uint32', shape: [2] } as TensorSpec);
      this.#compiled.set(signature, (compiled = new CompiledFunction<Tensor | TensorParams>(this.#engine, traced)));
    }
    return (await compiled.call(params, buffers, batch, key)) as Outputs;
  }
}

/** @returns the number of rows. @throws `INVALID_MODEL` without `predict`, `INVALID_BATCH` for rows that disagree. */
function checkInputs(model: Model, inputs: Batch): number {
  if (typeof model.predict !== 'function') {
    throw new GradusError('INVALID_MODEL', {
      what: `Model '${model.name}' has no predict`,
      expected: 'a function predict(params, inputs, context)',
    });
  }
  const rows = samplesOf(inputs);
  const odd = Object.entries(inputs).find(([, array]) => !(array instanceof NDArray) || array.shape[0] !== rows);
  if (rows === 0 || odd !== undefined) {
    throw new GradusError('INVALID_BATCH', {
      what: odd === undefined ? 'There is nothing to predict' : `Input '${odd[0]}' has another number of rows than the first`,
      received:
        Object.entries(inputs)
          .map(([name, array]) => `${name} ${String(array)}`)
          .join(', ') || 'no inputs',
      expected: 'named arrays with one leading size of 1 or more',
    });
  }
  return rows;
}

function rowsOf(array: NDArray, start: number, stop: number): NDArray {
  if (start === 0 && stop === array.shape[0]) return array;
  const shape = [stop - start, ...array.shape.slice(1)];
  const size = sizeOf(array.shape.slice(1));
  return new NDArray(array.dtype, shape, array.data.slice(start * size, stop * size));
}

function joinRows(parts: readonly Outputs[]): Outputs {
  const [first] = parts;
  if (parts.length === 1) return first;
  if (isLeaf(first)) return joinArrays(parts as NDArray[]);
  return Object.fromEntries(Object.keys(first).map((name) => [name, joinArrays(parts.map((part) => (part as Params)[name]))]));
}

function joinArrays(arrays: readonly NDArray[]): NDArray {
  const rows = arrays.reduce((total, { shape }) => total + shape[0], 0);
  const shape = [rows, ...arrays[0].shape.slice(1)];
  const data = dtypes[arrays[0].dtype].allocate(sizeOf(shape));
  let offset = 0;
  for (const array of arrays) {
    data.set(array.data as never, offset);
    offset += array.size;
  }
  return new NDArray(arrays[0].dtype, shape, data);
}
