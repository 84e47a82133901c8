/** Backends: what turns an input into a state and a state into futures, a circuit or a formula. */
import { GradusError, type Tensor } from '@gradus/graph';
import type { Futures } from './futures.js';
import { requireInteger, requireSize, sizeError, unknownName, type Vector } from './validation.js';

export interface BackendConfig {
  /** D, channels of input and state; at least 1. */
  readonly outputDim: number;
  /** Measurements per evaluation; `null` (default) for exact backends. */
  readonly shots?: number | null;
  /** For backends that draw random numbers. Default `null`. */
  readonly seed?: number | null;
}

export type GradientKind = 'parameter-shift' | 'finite-diff' | 'adjoint' | 'none';

/** What a backend can do. */
export interface Capabilities {
  readonly backendName: string;
  readonly backendVersion: string;
  readonly maxQubits: number;
  readonly outputDim: number;
  readonly supportsShots: boolean;
  readonly minShots: number;
  readonly maxShots: number;
  readonly supportsNoise: boolean;
  readonly supportsBatch: boolean;
  readonly gradient: GradientKind;
  readonly notes: string;
}

/** Parameters by name, in canonical order. */
export type ParameterValues = Readonly<Record<string, Vector>>;

/** Base of all backends. A subclass writes `run` and `projectFuture`. */
export abstract class Backend {
  readonly outputDim: number;
  readonly config: BackendConfig;
  /** The current values; subclasses read them, `setParams` writes them. */
  protected readonly parameters: Readonly<Record<string, Float64Array>>;
  readonly #input: Float64Array;
  #encoded = false;

  /**
   * @param parameters Initial values by name, in canonical order. Default: none.
   * @throws `INVALID_ARGUMENT` unless `outputDim` is a positive integer.
   */
  constructor(config: BackendConfig, parameters: ParameterValues = {}) {
    requireInteger('outputDim', config.outputDim, 1);
    this.outputDim = config.outputDim;
    this.config = config;
    this.parameters = Object.fromEntries(Object.entries(parameters).map(([name, values]) => [name, Float64Array.from(values)]));
    this.#input = new Float64Array(config.outputDim);
  }

  /** Stores a copy of the input. NaN and infinities pass. @throws `SHAPE_MISMATCH` unless it has D numbers. */
  encode(x: Vector): void {
    requireSize('The input of encode', x, this.outputDim);
    for (let d = 0; d < x.length; d++) this.#input[d] = x[d];
    this.#encoded = true;
  }

  /**
   * The state of the encoded input, D numbers.
   *
   * @param params Values to set first; they stay.
   * @param out Where to write. Default: a new array.
   * @throws `BACKEND_NOT_ENCODED` before the first `encode`.
   */
  abstract run(params?: ParameterValues, out?: Float64Array): Float64Array;

  /**
   * Possible next states.
   *
   * @param branches Default 2; fewer count as 2.
   * @param out Where to write, of the right size. Default: new.
   */
  abstract projectFuture(state: Vector, branches?: number, out?: Futures): Futures;

  /** `run` in tensors, `[T, D]` to `[T, D]`, for backends that have such a form. */
  runTensor?(x: Tensor, parameters: Readonly<Record<string, Tensor>>): Tensor;

  /** `projectFuture` in tensors, `[T, D]` to `[T, K, D]`. */
  projectFutureTensor?(states: Tensor, branches: number): Tensor;

  /** Copies of the current parameters. */
  getParams(): Record<string, Float64Array> {
    return Object.fromEntries(Object.entries(this.parameters).map(([name, values]) => [name, values.slice()]));
  }

  /** Sets the parameters given and leaves the others. @throws `UNKNOWN_NAME`, `SHAPE_MISMATCH`, naming the parameter. */
  setParams(values: ParameterValues): void {
    for (const name in values) {
      const own = this.parameters[name];
      if (!Object.hasOwn(this.parameters, name)) throw unknownName('parameter', name, Object.keys(this.parameters));
      requireSize(`Parameter '${name}'`, values[name], own.length);
      own.set(values[name]);
    }
  }

  capabilities(): Capabilities {
    const { shots } = this.config;
    return {
      backendName: this.constructor.name,
      backendVersion: '0',
      maxQubits: 0,
      outputDim: this.outputDim,
      supportsShots: shots !== null && shots !== undefined,
      minShots: shots ?? 0,
      maxShots: shots ?? 0,
      supportsNoise: false,
      supportsBatch: false,
      gradient: 'none',
      notes: '',
    };
  }

  /** The encoded input. @throws `BACKEND_NOT_ENCODED` when there is none. */
  protected requireInput(): Float64Array {
    if (!this.#encoded) {
      throw new GradusError('BACKEND_NOT_ENCODED', {
        what: `${this.constructor.name}: nothing to run on`,
        expected: 'encode(x) before run()',
      });
    }
    return this.#input;
  }

  /** Throws `SHAPE_MISMATCH` unless a state has D numbers. */
  protected validateState(state: Vector): void {
    requireSize('The state', state, this.outputDim);
  }

  /** Throws `SHAPE_MISMATCH` unless futures have D columns; any number of branches passes. */
  protected validateFutures(futures: Futures): Futures {
    if (futures.dim !== this.outputDim) throw sizeError('Futures have another number of channels', `${futures.dim}`, `${this.outputDim}`);
    return futures;
  }
}
