/** Constant folding: what depends on constants alone is computed before the graph is compiled. */
import { NDArray } from '../ndarray.js';
import { sizeOf } from '../shape.js';
import type { Rule } from './rewrite.js';

/** Constants that would be larger than what they are made of, and than this many elements, stay computations. */
const SMALL = 4096;

export const constantFolding: Rule = (node, inputs, attributes) => {
  if (inputs.length === 0 || !inputs.every((input) => input instanceof NDArray)) return null;
  const given = inputs.reduce((total, { size }) => total + size, 0);
  const made = node.outputs.reduce((total, { shape }) => total + sizeOf(shape), 0);
  return made > Math.max(given, SMALL) ? null : node.operator.kernel(inputs, attributes, node.outputs);
};
