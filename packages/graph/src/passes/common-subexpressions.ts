/** Common subexpressions: what is computed twice on the same values is computed once. */
import { NDArray } from '../ndarray.js';
import { formatSpec, type AttributeValue } from '../operator.js';
import type { Tensor } from '../tensor.js';
import { rebuild, type Rule } from './rewrite.js';

/** Equal constants of up to so many elements count as one; larger ones only when they are the same array. */
const COMPARED = 1024;

export function commonSubexpressions(): Rule {
  const numbers = new Map<unknown, number>();
  const constants = new Map<string, NDArray>();
  const known = new Map<string, readonly Tensor[]>();
  const number = (key: unknown): number => {
    let id = numbers.get(key);
    if (id === undefined) numbers.set(key, (id = numbers.size));
    return id;
  };
  /** The tensor itself, or the first constant equal to it. */
  const canonical = (tensor: Tensor): Tensor => {
    if (!(tensor instanceof NDArray) || tensor.size > COMPARED) return tensor;
    // -0 and 0 are written alike and are not the same.
    const written = Array.from<number | bigint, string>(tensor.data, (x) => (Object.is(x, -0) ? '-0' : String(x)));
    const key = `${formatSpec(tensor)}:${written.join()}`;
    const first = constants.get(key);
    if (first === undefined) constants.set(key, tensor);
    return first ?? tensor;
  };
  const form = (value: AttributeValue): string =>
    typeof value === 'object' && !Array.isArray(value) ? `#${number(value)}` : JSON.stringify(value);
  return (node, given, attributes) => {
    const inputs = given.map(canonical);
    const named = Object.entries(attributes).map(([name, value]) => `${name}=${form(value)}`);
    const key = `${number(node.operator)}(${inputs.map(number).join()})${named.join()}`;
    let outputs = known.get(key);
    if (outputs === undefined) known.set(key, (outputs = rebuild(node, inputs, attributes)));
    return outputs;
  };
}
