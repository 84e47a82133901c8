/** The backend of the demos: one neuron per channel with shared weight and bias, applied to its own output `depth` times. */
import { add, multiply, tanh, type Tensor } from '@gradus/graph';
import { Backend, type BackendConfig, type ParameterValues } from './backend.js';
import type { Futures } from './futures.js';
import { LinearProjector } from './projector.js';
import { invalid, requireFinite, type Vector } from './validation.js';

/** Anything whose depth can be set: a backend, or a model for all of its backends. */
export interface DepthAware {
  depth: number;
}

export const isDepthAware = <T extends object>(value: T): value is T & DepthAware => 'depth' in value && typeof value.depth === 'number';

export interface DepthAwareOptions extends BackendConfig {
  /** Initial weight. Default 0.9. */
  readonly w?: number;
  /** Initial bias. Default 0.05. */
  readonly b?: number;
  /** Half-width of the fan of futures at depth 1. Default 0.25. */
  readonly span?: number;
  /** Least half-width. Default 0.1. */
  readonly spanFloor?: number;
  /** How fast the fan narrows with depth. Default 0.3. */
  readonly spanShrink?: number;
  /** Initial depth. Default 1. */
  readonly depth?: number;
}

/**
 * State: `s = x`, then `s = tanh(w * s + b)`, `depth` times. Futures: a `LinearProjector` of half-width
 * `max(spanFloor, span / (1 + spanShrink * (depth - 1)))`. Parameters: `w` and `b`, one number each.
 *
 * @example
 * const backend = new DepthAwareBackend({ outputDim: 3, w: 0.95, b: 0.05 });
 * backend.encode([0.2, -0.1, 0.4]);
 * const state = backend.run();                    // [0.2355, -0.0450, 0.4053]
 * const futures = backend.projectFuture(state, 5);  // 5 rows
 */
export class DepthAwareBackend extends Backend implements DepthAware {
  readonly #options: { readonly span: number; readonly floor: number; readonly shrink: number };
  readonly #w: Float64Array;
  readonly #b: Float64Array;
  #depth = 1;
  #projector = new LinearProjector();

  /** @throws `INVALID_ARGUMENT` for numbers that are not finite. */
  constructor(options: DepthAwareOptions) {
    const { w = 0.9, b = 0.05, span = 0.25, spanFloor = 0.1, spanShrink = 0.3, depth = 1, outputDim, shots, seed } = options;
    super({ outputDim, shots, seed }, { w: [w], b: [b] });
    for (const [name, value] of Object.entries({ w, b, span, spanFloor, spanShrink })) requireFinite(name, value);
    this.#options = { span, floor: spanFloor, shrink: spanShrink };
    this.#w = this.parameters.w;
    this.#b = this.parameters.b;
    this.depth = depth;
  }

  get depth(): number {
    return this.#depth;
  }

  /** Fractions are cut off and less than 1 counts as 1 where it is a count of steps; the span takes it as it is. */
  set depth(depth: number) {
    if (!Number.isFinite(depth)) throw invalid('A depth must be a number', String(depth), 'a finite number');
    const { span, floor, shrink } = this.#options;
    this.#depth = depth;
    this.#projector = new LinearProjector({ span: Math.max(floor, span / (1 + shrink * (depth - 1))) });
  }

  /** Half-width of the fan at the present depth. */
  get span(): number {
    return this.#projector.span;
  }

  get #steps(): number {
    return Math.max(1, Math.trunc(this.#depth));
  }

  run(params?: ParameterValues, out: Float64Array = new Float64Array(this.outputDim)): Float64Array {
    if (params !== undefined) this.setParams(params);
    const input = this.requireInput();
    const w = this.#w[0];
    const b = this.#b[0];
    const steps = this.#steps;
    for (let d = 0; d < input.length; d++) {
      let s = input[d];
      for (let i = 0; i < steps; i++) s = Math.tanh(w * s + b);
      out[d] = s;
    }
    return out;
  }

  projectFuture(state: Vector, branches = 2, out?: Futures): Futures {
    this.validateState(state);
    return this.#projector.project(state, branches, out);
  }

  override runTensor(x: Tensor, { w, b }: Readonly<Record<string, Tensor>>): Tensor {
    let s = x;
    for (let i = 0; i < this.#steps; i++) s = tanh(add(multiply(w, s), b));
    return s;
  }

  override projectFutureTensor(states: Tensor, branches: number): Tensor {
    return this.#projector.projectTensor(states, branches);
  }
}
