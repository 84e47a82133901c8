/** Training steps inside an engine: loss, gradients and optimizer traced into one graph, K steps per execution. */
import {
  asarray,
  flattenArguments,
  foldIn,
  trace,
  type Engine,
  type Executable,
  type Graph,
  type NDArray,
  type Tensor,
  type TensorSpec,
  type Traced,
} from '@gradus/graph';
import type { TracedEstimator } from '../contracts/gradient-estimator.js';
import type { GradientTransform, TransformState } from '../contracts/gradient-transform.js';
import type { Model, Params, TensorBatch, TensorParams } from '../contracts/model.js';
import type { HyperparameterSet } from '../hyperparameters.js';
import { checkLikeParams } from '../params.js';
import { signatureOf, stackArrays } from './batches.js';
import { readReports, reportsOf, type TracedReports } from './reports.js';
import { formOf, type Progress, type StateForm } from './state.js';
import type { StepInput, Stepper, StepsResult } from './stepper.js';
import { applyUpdate, floatOf, inOrderOf, nextBuffers, updateContext } from './update.js';

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
  readonly traced: Traced<unknown>;
}

/** What an execution gives: reports have the steps on their first axis. */
type StepResults = readonly [params: Params, optimizer: TransformState, buffers: Params, reports: TracedReports];

export class TracedStepper implements Stepper {
  readonly chunks = true;
  readonly #parts: Parts;
  readonly #form: StateForm;
  readonly #compiled = new Map<string, Compiled>();

  /** @param state Gives names, types, shapes and order of parameters and slots. */
  constructor(parts: Parts, state: Progress) {
    this.#parts = parts;
    this.#form = formOf(state);
  }

  async prepare(specs: Readonly<Record<string, TensorSpec>>): Promise<readonly string[]> {
    const { executable, traced } = this.#compile(specs);
    await executable;
    return Object.keys((traced.unflatten(traced.graph.outputs) as unknown as StepResults)[3].logs);
  }

  async run(state: Progress, steps: readonly StepInput[]): Promise<StepsResult> {
    const { hyperparameters, key } = this.#parts;
    const { executable, traced } = this.#compile(steps[0].batch);
    const fields = Object.keys(steps[0].batch).map((name) => stackArrays(steps.map(({ batch }) => batch[name])));
    const float = floatOf(state.params);
    const values = hyperparameters.names.map((name) =>
      asarray(
        steps.map(({ rates }) => rates[name]),
        { dtype: float, shape: [steps.length] },
      ),
    );
    const ends = asarray(steps.map(({ lastOfEpoch }) => lastOfEpoch));
    const keys = stackArrays(steps.map((_, k) => foldIn(key, state.step + k)));
    const carried = flattenArguments<NDArray>(state.params, state.optimizer, state.buffers);

    const outputs = await (await executable).run([...carried, ...fields, ...values, ends, keys]);
    const [params, optimizer, buffers, reports] = traced.unflatten(outputs) as unknown as StepResults;
    return {
      state: { ...state, params, optimizer, buffers, step: state.step + steps.length },
      reports: steps.map((_, k) => readReports(reports, k)),
    };
  }

  get graphs(): readonly Graph[] {
    return [...this.#compiled.values()].slice(0, 1).map(({ traced }) => traced.graph);
  }

  async dispose(): Promise<void> {
    for (const { executable } of this.#compiled.values()) await (await executable).dispose();
    this.#compiled.clear();
  }

  #compile(batch: Readonly<Record<string, TensorSpec>>): Compiled {
    const signature = signatureOf(batch);
    let compiled = this.#compiled.get(signature);
    if (compiled === undefined) {
      const traced = traceStep(this.#parts, this.#form, batch);
      const { params, optimizer, buffers } = this.#form;
      const carried = flattenArguments(params, optimizer, buffers).length;
      const executable = this.#parts.engine.compileLoop(traced.graph, { carried, scanned: traced.graph.inputs.length - carried });
      // A failure is reported by whoever awaits the executable; until then it must not count as unhandled.
      executable.catch(() => {});
      this.#compiled.set(signature, (compiled = { executable, traced }));
    }
    return compiled;
  }
}

/** One step as a graph: parameters, slots and buffers carried; batch, hyperparameters, end of the epoch and key scanned; reports out. */
function traceStep(parts: Parts, state: StateForm, batch: Readonly<Record<string, TensorSpec>>): Traced<unknown> {
  const { model, gradient, optimizer, hyperparameters } = parts;
  const scalar: TensorSpec = { dtype: floatOf(state.params), shape: [] };
  const rates = Object.fromEntries(hyperparameters.names.map((name) => [name, scalar]));
  const own = (owner: 'optimizer' | 'gradient', rate: Record<string, Tensor>): Record<string, Tensor> =>
    Object.fromEntries(hyperparameters.ownNames(owner).map((entry) => [entry.own, rate[entry.name]]));
  const step = (
    params: TensorParams,
    slots: TransformState,
    buffers: TensorParams,
    data: TensorBatch,
    rate: Record<string, Tensor>,
    lastStepOfEpoch: Tensor,
    key: Tensor,
  ) => {
    const context = { key, training: true, emit: null, buffers, hyperparameters: own('gradient', rate) };
    const estimate = (at: TensorParams) => {
      const estimated = gradient.estimate(model, at, data, context);
      checkLikeParams(estimated.gradients, state.params, `Gradient '${gradient.name}' of model '${model.name}'`);
      return estimated;
    };
    const { gradients, loss, metrics, buffers: given } = estimate(params);
    const reports = reportsOf(model, loss, metrics);
    const told = { evaluate: estimate, lastStepOfEpoch, key, ...(loss === null ? {} : { loss }) };
    const update = updateContext(own('optimizer', rate), told);
    const next = nextBuffers(model, state.buffers, buffers, given);
    return [...applyUpdate(optimizer, state, gradients, slots, params, update), inOrderOf(state.buffers, next), reports];
  };
  const bool: TensorSpec = { dtype: 'bool', shape: [] };
  const key: TensorSpec = { dtype: 'uint32', shape: [2] };
  return trace(step, state.params, state.optimizer, state.buffers, batch, rates, bool, key) as Traced<unknown>;
}
