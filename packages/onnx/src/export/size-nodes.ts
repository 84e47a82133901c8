/** Nodes that compute sizes from the inputs while the model runs, and numbers and constants from sizes. They stand before all others. */
import { asarray, onnxTypes, scalar, type DType, type NDArray } from '@gradus/graph';
import type { Scope } from '../lower.js';
import type { OnnxNode } from '../model.js';
import type { FreeSize } from './free-sizes.js';
import { elementOf, textOf, type SizeFunction } from './size-function.js';

const int64 = (values: readonly number[]): NDArray => asarray([...values], { dtype: 'int64', shape: [values.length] });

export class SizeNodes {
  readonly nodes: OnnxNode[] = [];
  readonly #scope: Scope;
  readonly #free: ReadonlyMap<string, FreeSize>;
  /** Outputs of nodes by what they compute: nothing is computed twice. */
  readonly #known = new Map<string, string>();

  constructor(scope: Scope, free: readonly FreeSize[]) {
    this.#scope = scope;
    this.#free = new Map(free.map((size) => [size.name, size]));
  }

  /** The name of a constant that every size has. */
  constant(array: NDArray): string {
    return this.#scope.constants.name(array);
  }

  /** The numbers of a function, in this shape. */
  numbers(terms: SizeFunction, shape: readonly number[], dtype: DType = 'int64'): string {
    const count = shape.reduce((product, n) => product * n, 1);
    const parts: (readonly number[] | string)[] = [];
    for (let j = 0; j < count; j++) {
      const own = elementOf(terms, j);
      const last = parts.at(-1);
      // Numbers side by side are one constant.
      if (own.some(({ sizes }) => sizes.length > 0)) parts.push(this.#number(own));
      else if (Array.isArray(last)) last.push(own[0]?.factors[0] ?? 0);
      else parts.push([own[0]?.factors[0] ?? 0]);
    }
    const names = parts.map((part) => (typeof part === 'string' ? part : this.constant(int64(part))));
    const list = names.length === 1 ? names[0] : this.node('Concat', names, 'shape', { axis: { int: 0 } });
    return this.cast(shape.length === 1 ? list : this.reshape(list, shape), dtype);
  }

  cast(value: string, dtype: DType): string {
    return dtype === 'int64' ? value : this.node('Cast', [value], 'size', { to: { int: onnxTypes[dtype] } });
  }

  /** 0, 1, … below a size, of one axis: int64. */
  range(count: SizeFunction): string {
    return this.node('Range', [this.constant(scalar(0n, 'int64')), this.numbers(count, []), this.constant(scalar(1n, 'int64'))], 'range');
  }

  reshape(value: string, shape: readonly number[]): string {
    return this.node('Reshape', [value, this.constant(int64(shape))], 'size');
  }

  node(type: string, inputs: readonly string[], stem: string, attributes: OnnxNode['attributes'] = {}): string {
    const { names } = this.#scope;
    return this.#once(`${type}(${inputs.join()})${JSON.stringify(attributes)}`, () => {
      const output = names.numbered(stem);
      this.nodes.push({ name: names.unique(`sizes/${type}`), type, inputs, outputs: [output], attributes });
      return output;
    });
  }

  /** One number that follows the sizes: int64 [1]. */
  #number(terms: SizeFunction): string {
    return this.#once(textOf(terms), () => {
      const values = terms.map(({ sizes, factors: [factor] }) => {
        const factors = factor === 1 && sizes.length > 0 ? [] : [this.constant(int64([factor]))];
        return [...sizes.map((size) => this.#size(size)), ...factors].reduce((a, b) => this.node('Mul', [a, b], 'size'));
      });
      return values.reduce((a, b) => this.node('Add', [a, b], 'size'));
    });
  }

  #size(name: string): string {
    const { input, axis } = this.#free.get(name)!;
    const { names } = this.#scope;
    return this.#once(`size ${name}`, () => {
      const output = names.unique(name);
      const attributes = { start: { int: axis }, end: { int: axis + 1 } };
      this.nodes.push({ name: names.unique(`sizes/${name}`), type: 'Shape', inputs: [input], outputs: [output], attributes });
      return output;
    });
  }

  #once(key: string, make: () => string): string {
    const known = this.#known.get(key) ?? make();
    this.#known.set(key, known);
    return known;
  }
}
