/** Names in sight of a node: those of its own graph, then those of the graphs around it. */
import { SymbolicTensor, topologicalOrder, type GradusError, type Tensor } from '@gradus/graph';
import type { AttributeProto, FunctionProto } from '../proto.js';
import type { Mode } from './mode.js';
import type { Value } from './value.js';

/** What holds for the whole model. */
export interface ModelContext {
  readonly functions: ReadonlyMap<string, FunctionProto>;
  /** Initializers that cannot be arrays, and why: it matters only when a node reads one. */
  readonly unreadable: ReadonlyMap<string, GradusError>;
  /** The inputs and parameters the model was applied to, by the tensors given for them: for messages. */
  readonly origins: ReadonlyMap<Tensor, string>;
  /** `null`: each node does what the file says. */
  readonly mode: Mode | null;
  /** The longest axis that a value may have: rules make lists of its places. */
  readonly longest: number;
}

/** What a scope takes over from where it is opened. */
interface Surroundings {
  readonly opsets: ReadonlyMap<string, number>;
  /** Inside a function: the attributes of its caller. */
  readonly attributes?: ReadonlyMap<string, AttributeProto>;
  /** The functions of the model that are being called. */
  readonly calls?: readonly FunctionProto[];
  /** Whether this is a part of the body of a control-flow operator, which may run many times or not at all. */
  readonly inBody?: boolean;
}

export class Scope {
  readonly context: ModelContext;
  readonly opsets: ReadonlyMap<string, number>;
  readonly attributes: ReadonlyMap<string, AttributeProto>;
  readonly calls: readonly FunctionProto[];
  readonly inBody: boolean;
  readonly #values = new Map<string, Value>();
  readonly #outer: Scope | null;

  constructor(
    context: ModelContext,
    { opsets, attributes = new Map(), calls = [], inBody = false }: Surroundings,
    outer: Scope | null = null,
  ) {
    this.context = context;
    this.opsets = opsets;
    this.attributes = attributes;
    this.calls = calls;
    this.inBody = inBody;
    this.#outer = outer;
  }

  /** A scope for the body of a control-flow operator. */
  inner(): Scope {
    return new Scope(this.context, { ...this.#surroundings, inBody: true }, this);
  }

  /** A scope for a function of the model, which sees no names of its caller. */
  inside(fn: FunctionProto, attributes: ReadonlyMap<string, AttributeProto>): Scope {
    return new Scope(this.context, { ...this.#surroundings, opsets: fn.opsets, attributes, calls: [...this.calls, fn] });
  }

  get #surroundings(): Surroundings {
    const { opsets, attributes, calls, inBody } = this;
    return { opsets, attributes, calls, inBody };
  }

  set(name: string, value: Value): void {
    this.#values.set(name, value);
  }

  /** `undefined` when nothing of this name is in sight. */
  get(name: string): Value | undefined {
    return this.#values.has(name) ? this.#values.get(name) : this.#outer?.get(name);
  }

  /** The names of the inputs and parameters that a tensor depends on. */
  originsOf(tensor: Tensor): string[] {
    const sources = new Set<Tensor>([tensor]);
    for (const node of topologicalOrder([tensor])) for (const input of node.inputs) sources.add(input);
    return [...sources].flatMap((source) => (source instanceof SymbolicTensor ? (this.context.origins.get(source) ?? []) : []));
  }
}
