/** Constant folding: what depends on constants alone, or has no elements, is computed before the graph is compiled. */
import { NDArray, zeros } from '../ndarray.js';
import { sizeOf } from '../shape.js';
import type { Rule } from './rewrite.js';

/** Constants that would be larger than what they are made of, and than this many elements, stay computations. */
const SMALL = 4096;

export const constantFolding: Rule = (node, inputs, attributes) => {
  // Not every engine can compute nothing: TopK of ONNX Runtime divides by the number of rows, and the process ends.
  if (node.outputs.every(({ shape }) => sizeOf(shape) === 0)) return node.outputs.map(({ shape, dtype }) => zeros(shape, dtype));
  if (inputs.length === 0 || !inputs.every((input) => input instanceof NDArray)) return null;
  const given = inputs.reduce((total, { size }) => total + size, 0);
  const made = node.outputs.reduce((total, { shape }) => total + sizeOf(shape), 0);
  return made > Math.max(given, SMALL) ? null : node.operator.kernel(inputs, attributes, node.outputs);
};
