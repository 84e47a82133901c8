/** Traced functions, compiled and called by trees. */
import { flattenArguments, type Engine, type Executable, type NDArray, type Tensor, type Traced } from '@gradus/graph';
import type { LossResult } from '../contracts/model.js';

/** A loss as the model returned it, in one form. */
export const normalizeLoss = (result: Tensor | LossResult): LossResult => ('loss' in result ? result : { loss: result });

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
