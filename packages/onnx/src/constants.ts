/** The constants of one model, by name: equal arrays are stored once. */
import { formatShape, type NDArray } from '@gradus/graph';
import type { Names } from './names.js';

const bytesOf = ({ data }: NDArray): Uint8Array => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

export class Constants {
  readonly arrays = new Map<string, NDArray>();
  readonly #names: Names;
  readonly #byArray = new Map<NDArray, string>();
  readonly #bySpec = new Map<string, string[]>();

  constructor(names: Names) {
    this.#names = names;
  }

  /** The name of a constant equal to `array`, to the bit: NaN equals NaN, 0 differs from -0. */
  name(array: NDArray): string {
    const known = this.#byArray.get(array);
    if (known !== undefined) return known;
    const spec = `${array.dtype}${formatShape(array.shape)}`;
    const alike = this.#bySpec.get(spec) ?? [];
    this.#bySpec.set(spec, alike);
    const bytes = bytesOf(array);
    let name = alike.find((other) => sameBytes(bytes, bytesOf(this.arrays.get(other)!)));
    if (name === undefined) {
      name = this.#names.numbered('constant');
      this.arrays.set(name, array);
      alike.push(name);
    }
    this.#byArray.set(array, name);
    return name;
  }
}
