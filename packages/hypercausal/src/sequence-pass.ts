/** A pass of a chain over a sequence, into buffers that are used again: no allocation per step. */
import type { Emit } from '@gradus/core';
import { Futures } from './futures.js';
import { coherence } from './losses.js';
import type { HCNode } from './node.js';
import type { SequenceTrace } from './sequence-losses.js';

export class SequencePass {
  readonly #nodes: readonly HCNode[];
  readonly #branches: number;
  readonly #dim: number;
  readonly #buffers: readonly { readonly state: Float64Array; readonly futures: Futures }[];
  #trace: SequenceTrace;

  constructor(nodes: readonly HCNode[], branches: number) {
    this.#nodes = nodes;
    this.#branches = branches;
    this.#dim = nodes[0].backend.outputDim;
    this.#buffers = nodes.map(() => ({ state: new Float64Array(this.#dim), futures: new Futures(branches, this.#dim) }));
    this.#trace = this.#allocate(0);
  }

  #allocate(steps: number): SequenceTrace {
    const size = steps * this.#dim;
    return {
      steps,
      dim: this.#dim,
      states: new Float64Array(size),
      futures: new Float64Array(size),
      coherences: new Float64Array(steps),
    };
  }

  /**
   * @param inputs `[steps, D]`, row-major.
   * @param emit Is told `step_begin` and `step_end` around each step.
   * @returns Buffers that the next pass overwrites.
   */
  run(inputs: Float64Array, steps: number, emit: Emit | null): SequenceTrace {
    if (this.#trace.steps !== steps) this.#trace = this.#allocate(steps);
    const trace = this.#trace;
    const dim = this.#dim;
    const nodes = this.#nodes;
    const last = nodes.length - 1;
    for (let t = 0; t < steps; t++) {
      if (emit !== null) emit('step_begin', { step: t });
      let x: Float64Array = inputs.subarray(t * dim, (t + 1) * dim);
      let spread = 0;
      for (let n = 0; n <= last; n++) {
        const { backend, policy } = nodes[n];
        const buffer = this.#buffers[n];
        backend.encode(x);
        x = backend.run(undefined, buffer.state);
        const futures = backend.projectFuture(x, this.#branches, buffer.futures);
        spread += coherence(futures);
        if (n === last) trace.futures.set(policy.select(futures).future, t * dim);
      }
      trace.states.set(x, t * dim);
      trace.coherences[t] = spread / nodes.length;
      if (emit !== null) emit('step_end', { step: t, context: { step: t } });
    }
    return trace;
  }
}
