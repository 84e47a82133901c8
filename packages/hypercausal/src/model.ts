/** A chain of nodes, each taking the state of the one before it. */
import type { ForwardOptions, HCNode, NodeInfo, Step } from './node.js';
import { invalid, requireInteger, type Vector } from './validation.js';

/** What a node of a chain reports, with its place. */
export interface ChainInfo extends NodeInfo {
  readonly nodeIndex: number;
}

export interface SequenceOptions {
  /** The state before the first step. Default: none. */
  readonly initial?: Vector | null;
  readonly branches?: number;
  /** All nodes instead of the first one alone. Default `false`. */
  readonly chain?: boolean;
}

/** Results of a sequence, one element per step. */
export interface SequenceResult {
  readonly states: readonly Float64Array[];
  readonly futures: readonly Float64Array[];
  /** Per step: one element without `chain`, one per node with it. */
  readonly infos: readonly (readonly ChainInfo[])[];
}

/**
 * @example
 * const model = new HCModel([new HCNode(first), new HCNode(second)]);
 * const { state, future, info } = model.forwardChain([0.2, -0.1, 0.4], { branches: 5 });
 */
export class HCModel {
  readonly nodes: readonly HCNode[];
  readonly defaultBranches: number;

  /** @throws `INVALID_ARGUMENT` without nodes. */
  constructor(nodes: readonly HCNode[], { defaultBranches = 2 }: { readonly defaultBranches?: number } = {}) {
    if (nodes.length === 0) throw invalid('A model needs nodes', 'none', 'at least one', 'Give new HCModel([new HCNode(backend)]).');
    this.nodes = [...nodes];
    this.defaultBranches = defaultBranches;
  }

  /** The first node alone. @throws `INVALID_ARGUMENT` for fewer than 2 branches. */
  forward(x: Vector, { previous, branches = this.defaultBranches }: ForwardOptions = {}): Step {
    requireInteger('branches', branches, 2);
    return this.nodes[0].forward(x, { previous, branches });
  }

  /**
   * Every node in order: each takes the previous node's state as its input and as its `previous`. State and future are the last
   * node's. @throws `INVALID_ARGUMENT` for fewer than 2 branches.
   */
  forwardChain(x: Vector, { previous, branches = this.defaultBranches }: ForwardOptions = {}): Step<readonly ChainInfo[]> {
    requireInteger('branches', branches, 2);
    const infos: ChainInfo[] = [];
    let step = this.nodes[0].forward(x, { previous, branches });
    infos.push({ nodeIndex: 0, ...step.info });
    for (let i = 1; i < this.nodes.length; i++) {
      step = this.nodes[i].forward(step.state, { previous: step.state, branches });
      infos.push({ nodeIndex: i, ...step.info });
    }
    return { state: step.state, future: step.future, info: infos };
  }

  /** One forward step per input, each told the state before it. */
  predictSequence(xs: Iterable<Vector>, { initial = null, branches, chain = false }: SequenceOptions = {}): SequenceResult {
    const states: Float64Array[] = [];
    const futures: Float64Array[] = [];
    const infos: (readonly ChainInfo[])[] = [];
    let previous = initial;
    for (const x of xs) {
      if (chain) {
        const { state, future, info } = this.forwardChain(x, { previous, branches });
        states.push(state);
        futures.push(future);
        infos.push(info);
      } else {
        const { state, future, info } = this.forward(x, { previous, branches });
        states.push(state);
        futures.push(future);
        infos.push([{ nodeIndex: 0, ...info }]);
      }
      previous = states[states.length - 1];
    }
    return { states, futures, infos };
  }
}
