/** What the compiled parts of a trainer share: checking reported scalars, and calling traced functions by trees. */
import {
  flattenArguments,
  formatSpec,
  GradusError,
  type Engine,
  type Executable,
  type NDArray,
  type Tensor,
  type Traced,
} from '@gradus/graph';
import type { LossResult } from '../contracts/model.js';

/** Collects `loss` and metrics into one record of scalars. @throws `INVALID_REPORT`, naming the one that is no scalar. */
export function reportsOf(source: string, loss: Tensor | null, metrics: Readonly<Record<string, Tensor>> = {}): Record<string, Tensor> {
  const reports: Record<string, Tensor> = loss === null ? {} : { loss };
  for (const [name, tensor] of Object.entries(metrics)) {
    if (name in reports)
      throw new GradusError('INVALID_REPORT', {
        what: `${source} reports a metric named '${name}'`,
        expected: 'another name: this one is the loss',
      });
    reports[name] = tensor;
  }
  for (const [name, tensor] of Object.entries(reports)) {
    if (tensor?.shape?.length !== 0 || (tensor.dtype !== 'float32' && tensor.dtype !== 'float64')) {
      throw new GradusError('INVALID_REPORT', {
        what: `${source} reports '${name}' that is no float scalar`,
        received: tensor === undefined ? 'undefined' : formatSpec(tensor),
        expected: 'float32[] or float64[]',
        fix: 'Reduce it with mean() or sum().',
      });
    }
  }
  return reports;
}

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

  /** Names of the outputs, as paths in the result. */
  get names(): readonly string[] {
    return this.#traced.graph.outputNames;
  }

  /** Waits for the engine. @throws what it found wrong with the graph. */
  async ready(): Promise<void> {
    await this.#executable;
  }

  async call(...args: readonly unknown[]) {
    const executable = await this.#executable;
    return this.#traced.unflatten(await executable.run(flattenArguments<NDArray>(...args)));
  }

  async dispose(): Promise<void> {
    await (await this.#executable).dispose();
  }
}
