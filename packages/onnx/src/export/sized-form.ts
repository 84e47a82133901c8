/** How a node is written when its shapes, bounds or amounts follow the free sizes: by what ONNX has for it, else by computed numbers. */
import { NDArray, type OnnxForm, type TensorSpec } from '@gradus/graph';
import type { Written } from './family.js';

/** Beyond the end of every axis. */
const END = 2n ** 63n - 1n;

const int64 = (values: readonly (number | bigint)[]): NDArray => new NDArray('int64', [values.length], BigInt64Array.from(values, BigInt));

/** The node's counterparts at every size, with their forms. */
export interface SizedNode {
  readonly nodes: readonly Written[];
  readonly forms: readonly OnnxForm[];
  /** Which of them is written. */
  readonly main: number;
}

type Lists = readonly (readonly number[])[];

/**
 * A constant of a form that says the same at every size without being computed: `-1` for the size that is left, `0` for that of the
 * input, `1` in Expand for it, the largest integer for the end of an axis. `null` where there is none.
 */
export function plainConstant(node: SizedNode, index: number): NDArray | null {
  const lists = node.forms.map(({ constants }) => Array.from(constants![index].data as BigInt64Array, Number));
  const kinds: Readonly<Record<string, (node: SizedNode, lists: Lists, index: number) => NDArray | null>> = {
    Expand: expand,
    Reshape: reshape,
    Slice: slice,
  };
  const { name } = node.nodes[0].operator;
  return Object.hasOwn(kinds, name) ? kinds[name](node, lists, index) : null;
}

const sameEverywhere = (values: readonly unknown[]): boolean => values.every((value) => value === values[0]);

const inputOf = (node: Written): TensorSpec => node.inputs[0];

/** Whether axis `axis` of the input has the number at every size. */
const isInputs = ({ nodes }: SizedNode, axis: number, numbers: readonly number[]): boolean =>
  nodes.every((node, k) => inputOf(node).shape[axis] === numbers[k]);

/** Sizes that the input has at the same place are 0, and one that is left is -1. */
function reshape(node: SizedNode, lists: Lists): NDArray | null {
  // With a size of 0 somewhere neither can be said.
  if (lists.some((list) => list.includes(0))) return null;
  const open = lists[0].flatMap((_, i) => (sameEverywhere(lists.map((list) => list[i])) ? [] : [i]));
  const strange = open.filter(
    (i) =>
      !isInputs(
        node,
        i,
        lists.map((list) => list[i]),
      ),
  );
  if (strange.length > 1) return null;
  // One size alone is better told from what is left than from the input: it then need not stand at the same place.
  const left = strange[0] ?? (open.length === 1 ? open[0] : undefined);
  return int64(lists[0].map((n, i) => (i === left ? -1 : open.includes(i) ? 0 : n)));
}

/** Where the input has the size itself a 1 leaves it. */
function expand(node: SizedNode, lists: Lists): NDArray | null {
  const offset = lists[0].length - inputOf(node.nodes[0]).shape.length;
  const numbers = lists[0].map((n, i) => {
    const own = lists.map((list) => list[i]);
    if (sameEverywhere(own)) return n;
    return i >= offset && isInputs(node, i - offset, own) ? 1 : null;
  });
  return numbers.includes(null) ? null : int64(numbers as number[]);
}

/** Ends that are those of the axis, which constant 2 names. */
function slice(node: SizedNode, lists: Lists, index: number): NDArray | null {
  if (index !== 1) return null;
  const axes = Array.from(node.forms[0].constants![2].data as BigInt64Array, Number);
  const numbers = lists[0].map((n, i) => {
    const own = lists.map((list) => list[i]);
    if (sameEverywhere(own)) return n;
    return isInputs(node, axes[i], own) ? END : null;
  });
  return numbers.includes(null) ? null : int64(numbers as (number | bigint)[]);
}
