/** A node: a backend, and the policy that picks one of its futures. */
import type { Backend } from './backend.js';
import type { Futures } from './futures.js';
import { meanPolicy, type SelectionPolicy } from './selection-policy.js';
import { clampBranches, type Vector } from './validation.js';

export interface NodeOptions {
  /** Default: the mean of the branches. */
  readonly policy?: SelectionPolicy;
  /** Branches where a call asks for none. Default 2; fewer count as 2. */
  readonly branches?: number;
}

export interface ForwardOptions {
  /** The state before this one: only handed on to the result, it does not influence the state. */
  readonly previous?: Vector | null;
  /** Number of futures. Default: the owner's. */
  readonly branches?: number;
}

export interface NodeInfo {
  readonly previous: Float64Array | null;
  readonly branches: Futures;
  /** Name of the policy. */
  readonly policy: string;
  readonly diagnostics: Readonly<Record<string, unknown>>;
}

/** Results of a forward step; vectors of D numbers. */
export interface Step<Info = NodeInfo> {
  readonly state: Float64Array;
  /** The future that the policy picked. */
  readonly future: Float64Array;
  readonly info: Info;
}

/**
 * @example
 * const node = new HCNode(new DepthAwareBackend({ outputDim: 3 }));
 * const { state, future } = node.forward([0.2, -0.1, 0.4], { branches: 5 });
 */
export class HCNode {
  readonly backend: Backend;
  readonly policy: SelectionPolicy;
  readonly branches: number;

  constructor(backend: Backend, { policy = meanPolicy, branches = 2 }: NodeOptions = {}) {
    this.backend = backend;
    this.policy = policy;
    this.branches = clampBranches(branches);
  }

  /** @throws `SHAPE_MISMATCH` unless x has D numbers. */
  forward(x: Vector, { previous, branches }: ForwardOptions = {}): Step {
    this.backend.encode(x);
    const state = this.backend.run();
    const futures = this.backend.projectFuture(state, clampBranches(branches ?? this.branches));
    const { future, diagnostics } = this.policy.select(futures);
    return {
      state,
      future,
      info: {
        previous: previous === undefined || previous === null ? null : Float64Array.from(previous),
        branches: futures,
        policy: this.policy.name,
        diagnostics,
      },
    };
  }
}
