/** Traced functions, compiled and called by trees. */
import {
  flattenArguments,
  GradusError,
  isTensor,
  type Engine,
  type Executable,
  type Graph,
  type NDArray,
  type Tensor,
  type Traced,
} from '@gradus/graph';
import type { LossResult } from '../contracts/model.js';

/** A loss as the model returned it, in one form. @throws `INVALID_REPORT` for what is no tensor, such as a promise or a number. */
export function normalizeLoss(result: Tensor | LossResult): LossResult {
  const loss: unknown = typeof result === 'object' && result !== null && 'loss' in result ? result.loss : result;
  if (isTensor(loss)) return loss === result ? { loss } : (result as LossResult);
  const isPromise = loss instanceof Promise;
  if (isPromise) loss.catch(() => {});
  throw new GradusError('INVALID_REPORT', {
    what: 'The loss of a model gave no tensor',
    received: isPromise ? 'a promise' : loss === null ? 'null' : typeof loss,
    expected: 'a float scalar, or { loss, metrics?, buffers? }',
    fix: 'loss() is traced into a graph, once; what awaits something or gives a number is an objective().',
  });
}

/** A traced function of trees, compiled: called with trees of arrays, it gives a tree of arrays. */
export class CompiledFunction<Out> {
  readonly #traced: Traced<Out>;
  readonly #executable: Promise<Executable>;

  constructor(engine: Engine, traced: Traced<Out>) {
    this.#traced = traced;
    this.#executable = engine.compile(traced.graph);
    // A failure is reported by whoever awaits the executable; until then it must not count as unhandled.
    this.#executable.catch(() => {});
  }

  get graph(): Graph {
    return this.#traced.graph;
  }

  /** Waits for the engine. @throws what it found wrong with the graph. */
  async ready(): Promise<void> {
    await this.#executable;
  }

  /** The tree of symbols that the function gave: names and nesting of its results. */
  get form(): Out {
    return this.#traced.unflatten(this.#traced.graph.outputs) as Out;
  }

  async call(...args: readonly unknown[]) {
    const executable = await this.#executable;
    return this.#traced.unflatten(await executable.run(flattenArguments<NDArray>(...args)));
  }

  async dispose(): Promise<void> {
    await (await this.#executable).dispose();
  }
}
