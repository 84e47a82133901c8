/** Operators that ONNX Runtime lacks for one element type, computed in a wider one that holds every value of it. */
import { apply, cast, type DType, type Tensor } from '@gradus/graph';
import type { Rule } from '../rewrite.js';

/** By operator, the wider type for each missing one, as found with onnxruntime-node 1.30 on the CPU. */
const WIDER: Readonly<Record<string, Partial<Record<DType, DType>>>> = {
  ArgMax: { uint32: 'float64' },
  Where: { uint32: 'int64', bool: 'int32' },
};

export const widen: Rule = (node, inputs) => {
  // The last operand is always a value; the first may be a condition.
  const narrow = inputs[inputs.length - 1].dtype;
  const wide = WIDER[node.operator.name]?.[narrow];
  if (wide === undefined) return null;
  const values = inputs.map((input, i) => (i === 0 && inputs.length > 1 ? input : cast(input, wide)));
  const results: readonly Tensor[] = apply(node.operator, values, node.attributes);
  return results.map((result) => (result.dtype === wide ? cast(result, narrow) : result));
};
