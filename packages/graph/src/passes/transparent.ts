/** Takes out the nodes that only steer differentiation, once nothing is left to differentiate. */
import type { Rule } from './rewrite.js';

export const transparent: Rule = (node, inputs) => (node.operator.transparent === true ? inputs.slice(0, node.outputs.length) : null);
