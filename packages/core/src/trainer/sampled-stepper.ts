/** Training steps by evaluating the loss: the estimator asks for it several times, the optimizer runs in the interpreter. */
import { foldIn, jsEngine, scalar, trace, type Graph, type NDArray, type Tensor, type TensorSpec } from '@gradus/graph';
import type { SampledEstimator } from '../contracts/gradient-estimator.js';
import type { GradientTransform, TransformState } from '../contracts/gradient-transform.js';
import type { Emit, Params, TensorParams } from '../contracts/model.js';
import type { HyperparameterSet } from '../hyperparameters.js';
import { checkLikeParams } from '../params.js';
import type { Evaluator } from './evaluator.js';
import { scalarsOnly, type Reports } from './reports.js';
import { formOf, type Progress, type StateForm } from './state.js';
import type { StepInput, Stepper, StepsResult } from './stepper.js';
import { CompiledFunction } from './traced.js';
import { applyUpdate, floatOf, inOrderOf, updateContext } from './update.js';

/** What the optimizer is told of a step beside hyperparameters. */
type Told = { readonly loss: Tensor; readonly lastStepOfEpoch: Tensor; readonly key: Tensor };

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
  readonly #form: StateForm;
  readonly #update: CompiledFunction<[Record<string, Tensor>, TransformState]>;

  constructor(parts: Parts, state: Progress) {
    this.#parts = parts;
    this.#form = formOf(state);
    this.#update = new CompiledFunction(jsEngine, traceUpdate(parts, state));
  }

  async run(state: Progress, steps: readonly StepInput[]): Promise<StepsResult> {
    let current = state;
    const reports: Reports[] = [];
    for (const { batch, rates: values, lastOfEpoch } of steps) {
      const { gradient, evaluator, hyperparameters } = this.#parts;
      const key = foldIn(this.#parts.key, current.step);
      const own = Object.fromEntries(hyperparameters.ownNames('gradient').map((entry) => [entry.own, values[entry.name]]));
      const before = current;
      const { gradients, evaluation } = await gradient.estimate(
        (params) => evaluator.evaluate({ ...before, params }, batch, key, this.#parts.emit()),
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
        { loss, lastStepOfEpoch: scalar(lastOfEpoch, 'bool'), key },
      );
      current = {
        ...current,
        params: params as unknown as Params,
        optimizer: optimizer as unknown as TransformState,
        buffers: await evaluator.buffersAfter(current, batch, key),
        step: current.step + 1,
      };
      reports.push(scalarsOnly({ loss: evaluation.loss, ...evaluation.metrics }));
    }
    return { state: current, reports };
  }

  async prepare(specs: Readonly<Record<string, TensorSpec>>): Promise<readonly string[]> {
    await this.#update.ready();
    return this.#parts.evaluator.prepare(this.#form, specs);
  }

  get graphs(): readonly Graph[] {
    return [this.#update.graph];
  }

  async dispose(): Promise<void> {
    await this.#update.dispose();
    await this.#parts.evaluator.dispose();
  }
}

function traceUpdate({ optimizer, hyperparameters }: Parts, state: Progress) {
  const spec: TensorSpec = { dtype: floatOf(state.params), shape: [] };
  const rates = Object.fromEntries(hyperparameters.ownNames('optimizer').map(({ own }) => [own, spec]));
  return trace(
    (params: TensorParams, slots: TransformState, gradients: TensorParams, values: Record<string, Tensor>, told: Told) =>
      applyUpdate(optimizer, state, gradients, slots, params, updateContext(values, told)),
    state.params,
    state.optimizer,
    state.params,
    rates,
    { loss: spec, lastStepOfEpoch: { dtype: 'bool', shape: [] } as TensorSpec, key: { dtype: 'uint32', shape: [2] } as TensorSpec },
  );
}
