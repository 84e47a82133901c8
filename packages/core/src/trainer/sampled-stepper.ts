/** Training steps by evaluating the loss: the estimator asks for it several times, the optimizer runs in the interpreter. */
import { foldIn, jsEngine, scalar, trace, type Tensor, type TensorSpec, type NDArray } from '@gradus/graph';
import type { SampledEstimator } from '../contracts/gradient-estimator.js';
import type { GradientTransform, TransformState } from '../contracts/gradient-transform.js';
import type { Batch, Emit, Params, TensorParams } from '../contracts/model.js';
import type { HyperparameterSet } from '../hyperparameters.js';
import { checkLikeParams } from '../params.js';
import type { Evaluator } from './evaluator.js';
import type { TrainState } from './state.js';
import type { Stepper, StepsResult } from './stepper.js';
import { CompiledFunction } from './traced.js';
import { applyUpdate, floatOf, inOrderOf } from './update.js';

interface Parts {
  readonly gradient: SampledEstimator;
  readonly optimizer: GradientTransform;
  /** Tells the model that it trains. */
  readonly evaluator: Evaluator;
  readonly hyperparameters: HyperparameterSet;
  readonly key: NDArray;
  /** Where model events go at this moment. */
  readonly emit: () => Emit | null;
}

export class SampledStepper implements Stepper {
  readonly chunks = false;
  readonly #parts: Parts;
  readonly #params: Params;
  readonly #update: CompiledFunction<[Record<string, Tensor>, TransformState]>;

  constructor(parts: Parts, state: TrainState) {
    this.#parts = parts;
    this.#params = state.params;
    this.#update = new CompiledFunction(jsEngine, traceUpdate(parts, state));
  }

  async run(state: TrainState, batches: readonly Batch[], rates: readonly Readonly<Record<string, number>>[]): Promise<StepsResult> {
    let current = state;
    const reports: Record<string, number>[] = [];
    for (const [k, batch] of batches.entries()) {
      const { gradient, evaluator, hyperparameters } = this.#parts;
      const key = foldIn(this.#parts.key, current.step);
      const values = rates[k];
      const own = Object.fromEntries(hyperparameters.ownNames('gradient').map((entry) => [entry.own, values[entry.name]]));
      const { gradients, evaluation } = await gradient.estimate(
        (params) => evaluator.evaluate(params, batch, key, this.#parts.emit()),
        current.params,
        { key, hyperparameters: own },
      );
      checkLikeParams(gradients, current.params, `Gradient '${gradient.name}'`);
      const scalars = hyperparameters
        .ownNames('optimizer')
        .map(({ name, own: ownName }) => [ownName, scalar(values[name], floatOf(current.params))]);
      const loss = scalar(evaluation.loss, floatOf(current.params));
      const [params, optimizer] = await this.#update.call(
        current.params,
        current.optimizer,
        inOrderOf(current.params, gradients),
        Object.fromEntries(scalars),
        loss,
      );
      current = {
        ...current,
        params: params as unknown as Params,
        optimizer: optimizer as unknown as TransformState,
        step: current.step + 1,
      };
      reports.push({ loss: evaluation.loss, ...evaluation.metrics });
    }
    return { state: current, reports };
  }

  async prepare(specs: Readonly<Record<string, TensorSpec>>): Promise<readonly string[]> {
    await this.#update.ready();
    return this.#parts.evaluator.prepare(this.#params, specs);
  }

  async dispose(): Promise<void> {
    await this.#update.dispose();
    await this.#parts.evaluator.dispose();
  }
}

function traceUpdate({ optimizer, hyperparameters }: Parts, state: TrainState) {
  const spec: TensorSpec = { dtype: floatOf(state.params), shape: [] };
  const rates = Object.fromEntries(hyperparameters.ownNames('optimizer').map(({ own }) => [own, spec]));
  return trace(
    (params: TensorParams, slots: TransformState, gradients: TensorParams, values: Record<string, Tensor>, loss: Tensor) =>
      applyUpdate(optimizer, state, gradients, slots, params, { hyperparameters: values, loss }),
    state.params,
    state.optimizer,
    state.params,
    rates,
    spec,
  );
}
