/** Training steps inside an engine: loss, gradients and optimizer traced into one graph, K steps per execution. */
import {
  asarray,
  flattenArguments,
  foldIn,
  row,
  trace,
  unflatten,
  type DType,
  type Engine,
  type Executable,
  type Tensor,
  type TensorSpec,
  type NDArray,
} from '@gradus/graph';
import type { TracedEstimator } from '../contracts/gradient-estimator.js';
import type { GradientTransform, TransformState } from '../contracts/gradient-transform.js';
import type { Batch, Model, Params, TensorBatch, TensorParams } from '../contracts/model.js';
import type { HyperparameterSet } from '../hyperparameters.js';
import { checkLikeParams } from '../params.js';
import { signatureOf, stackArrays } from './batches.js';
import type { TrainState } from './state.js';
import type { Stepper, StepsResult } from './stepper.js';
import { reportsOf } from './traced.js';
import { applyUpdate, floatOf } from './update.js';

interface Parts {
  readonly model: Model;
  readonly gradient: TracedEstimator;
  readonly optimizer: GradientTransform;
  readonly engine: Engine;
  readonly hyperparameters: HyperparameterSet;
  /** The key of the run; step t draws from stream t under it. */
  readonly key: NDArray;
}

interface Compiled {
  readonly executable: Promise<Executable>;
  readonly reportNames: readonly string[];
}

export class TracedStepper implements Stepper {
  readonly chunks = true;
  readonly #parts: Parts;
  readonly #state: TrainState;
  readonly #compiled = new Map<string, Compiled>();

  /** @param state Gives names, types, shapes and order of parameters and slots. */
  constructor(parts: Parts, state: TrainState) {
    this.#parts = parts;
    this.#state = state;
  }

  async prepare(specs: Readonly<Record<string, TensorSpec>>): Promise<readonly string[]> {
    const { executable, reportNames } = this.#compile(specs);
    await executable;
    return reportNames;
  }

  async run(state: TrainState, batches: readonly Batch[], rates: readonly Readonly<Record<string, number>>[]): Promise<StepsResult> {
    const { hyperparameters, key } = this.#parts;
    const { executable, reportNames } = this.#compile(batches[0]);
    const fields = Object.keys(batches[0]).map((name) => stackArrays(batches.map((batch) => batch[name])));
    const values = hyperparameters.names.map((name) =>
      asarray(
        rates.map((at) => at[name]),
        { dtype: floatOf(state.params), shape: [batches.length] },
      ),
    );
    const keys = stackArrays(batches.map((_, k) => foldIn(key, state.step + k)));

    const outputs = await (await executable).run([...flattenArguments<NDArray>(state.params, state.optimizer), ...fields, ...values, keys]);
    const params = unflatten(state.params, outputs) as Params;
    const slots = outputs.slice(Object.keys(params).length);
    const optimizer = unflatten(state.optimizer, slots) as TransformState;
    const stacked = outputs.slice(outputs.length - reportNames.length);
    const reports = batches.map((_, k) => Object.fromEntries(reportNames.map((name, i) => [name, row(stacked[i], k).item()])));
    return { state: { ...state, params, optimizer, step: state.step + batches.length }, reports };
  }

  async dispose(): Promise<void> {
    for (const { executable } of this.#compiled.values()) await (await executable).dispose();
    this.#compiled.clear();
  }

  #compile(batch: Readonly<Record<string, TensorSpec>>): Compiled {
    const signature = signatureOf(batch);
    let compiled = this.#compiled.get(signature);
    if (compiled === undefined) {
      const { graph, reportNames } = traceStep(this.#parts, this.#state, batch);
      const carried = flattenArguments(this.#state.params, this.#state.optimizer).length;
      const executable = this.#parts.engine.compileLoop(graph, { carried, scanned: graph.inputs.length - carried });
      // A failure is reported by whoever awaits the executable; until then it must not count as unhandled.
      executable.catch(() => {});
      this.#compiled.set(signature, (compiled = { executable, reportNames }));
    }
    return compiled;
  }
}

/** One step as a graph: inputs parameters, slots | batch, hyperparameters, key; outputs parameters, slots | reports. */
function traceStep(parts: Parts, state: TrainState, batch: Readonly<Record<string, TensorSpec>>) {
  const { model, gradient, optimizer, hyperparameters } = parts;
  let reportNames: string[] = [];
  const scalar: TensorSpec = { dtype: floatOf(state.params), shape: [] };
  const rates = Object.fromEntries(hyperparameters.names.map((name) => [name, scalar]));
  const { graph } = trace(
    (params: TensorParams, slots: TransformState, data: TensorBatch, rate: Record<string, Tensor>, key: Tensor) => {
      const own = (owner: 'optimizer' | 'gradient'): Record<string, Tensor> =>
        Object.fromEntries(hyperparameters.ownNames(owner).map((entry) => [entry.own, rate[entry.name]]));
      const context = { key, training: true, emit: null, hyperparameters: own('gradient') };
      const { gradients, loss, metrics } = gradient.estimate(model, params, data, context);
      checkLikeParams(gradients, state.params, `Gradient '${gradient.name}' of model '${model.name}'`);
      const reports = reportsOf(`Model '${model.name}'`, loss, metrics);
      reportNames = Object.keys(reports);
      const update = { hyperparameters: own('optimizer'), ...(loss === null ? {} : { loss }) };
      return [...applyUpdate(optimizer, state, gradients, slots, params, update), reports];
    },
    state.params,
    state.optimizer,
    batch,
    rates,
    { dtype: 'uint32' as DType, shape: [2] },
  );
  return { graph, reportNames };
}
