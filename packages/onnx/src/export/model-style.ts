/** How the nodes of a whole model are written: with free sizes, and with names that say where a node belongs. */
import { GradusError, NDArray, userLine, type Node, type OnnxForm, type Tensor, type TensorSpec } from '@gradus/graph';
import { basename } from 'node:path';
import type { Scope, Style } from '../lower.js';
import type { Names } from '../names.js';
import { describeNode, sameArray, type Family } from './family.js';
import type { FreeSize, Point } from './free-sizes.js';
import { fit, textOf } from './size-function.js';
import { SizeNodes } from './size-nodes.js';
import { writeSizedConstant } from './sized-constant.js';
import { plainConstant } from './sized-form.js';

export class ModelStyle implements Style {
  readonly #family: Family;
  readonly #free: readonly FreeSize[];
  readonly #points: readonly Point[];
  readonly #parameters = new Set<string>();
  #scope: Scope | null = null;
  #sizes: SizeNodes | null = null;

  constructor(family: Family, free: readonly FreeSize[], points: readonly Point[]) {
    this.#family = family;
    this.#free = free;
    this.#points = points;
  }

  /** Begins a model: what follows the sizes goes into this scope, its nodes into the list that is returned. */
  begin(scope: Scope): SizeNodes {
    this.#scope = scope;
    return (this.#sizes = new SizeNodes(scope, this.#free));
  }

  /** Tells that a value is a parameter: nodes that read it belong where it does. */
  parameter(name: string): void {
    this.#parameters.add(name);
  }

  shape(tensor: TensorSpec): (number | string)[] {
    const specs = this.#family.values(tensor as Tensor);
    return tensor.shape.map((n, axis) => {
      const sizes = specs.map(({ shape }) => shape[axis]);
      if (sizes.every((size) => size === n)) return n;
      const terms = fit(
        this.#free,
        this.#points,
        sizes.map((size) => [size]),
      );
      return terms === null ? `size_of_${axis}` : textOf(terms);
    });
  }

  form(node: Node): OnnxForm {
    const nodes = this.#family.nodes(node);
    const main = this.#family.main;
    const forms = nodes.map(({ operator, attributes, inputs, outputs }) => operator.onnx?.(attributes, inputs, outputs) ?? {});
    const first = forms[main];
    for (const [name, value] of Object.entries(first.attributes ?? {})) {
      if (forms.some(({ attributes }) => JSON.stringify(attributes?.[name]) !== JSON.stringify(value))) {
        throw fixed(node, `its attribute '${name}'`);
      }
    }
    // Before the node itself is written, what it reads must be there.
    const bodies = Object.values(first.bodies ?? {}).flatMap(({ graph }) => graph.outputs);
    for (const value of [...node.inputs, ...bodies]) if (value instanceof NDArray) this.constant(value, node);
    const constants = first.constants?.map((array, i) => {
      if (forms.every(({ constants: own }) => sameArray(own![i], array))) return array;
      const plain = plainConstant({ nodes, forms, main }, i);
      if (plain !== null) return plain;
      this.#bind(
        array,
        forms.map(({ constants: own }) => own![i]),
        node,
      );
      return array;
    });
    return { ...first, constants };
  }

  /** Binds a constant that follows the sizes to the value that computes it. */
  constant(array: NDArray, user: Node | null): void {
    const arrays = this.#family.values(array) as readonly NDArray[];
    if (arrays.every((other) => sameArray(array, other))) return;
    if (!this.#scope!.knows(array)) this.#bind(array, arrays, user);
  }

  #bind(array: NDArray, arrays: readonly NDArray[], user: Node | null): void {
    const name = writeSizedConstant(this.#sizes!, { free: this.#free, points: this.#points, arrays });
    if (name === null) throw fixed(user, `a constant ${array.toString()}`);
    this.#scope!.bind(array, name);
  }

  /** `encoder.0/MatMul`: the part that its parameter belongs to, else that of the first value it works on. */
  name(names: Names, type: string, inputs: readonly string[]): string {
    const own = inputs.find((input) => this.#parameters.has(input) && input.includes('.'));
    const from = inputs.find((input) => input.includes('/'));
    const part = own !== undefined ? own.slice(0, own.lastIndexOf('.')) : from?.slice(0, from.lastIndexOf('/'));
    return names.unique(part === undefined ? type : `${part}/${type}`);
  }

  doc(node: Node): string | undefined {
    const line = userLine(node.origin);
    return line === null ? undefined : basename(line);
  }
}

const fixed = (node: Node | null, what: string): GradusError =>
  new GradusError('SIZE_NOT_FREE', {
    what: `${node === null ? 'An output' : describeNode(node)} is tied to the size that was to be free: ${what} is not a function of it that ONNX can compute`,
    expected: 'shapes, bounds and constants that grow evenly with the size',
    fix: "Leave the size out of 'dynamic', or give the constant as an input or a parameter.",
  });
