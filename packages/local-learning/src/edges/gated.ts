import { multiply, reshape, type Tensor } from '@gradus/graph';
import type { Experience } from '../module.js';

/** The sender's states with each sample's weight. */
export const gated = ({ x, gate }: Experience): Tensor =>
  gate === undefined ? x : multiply(x, reshape(gate, [gate.shape[0], ...x.shape.slice(1).map(() => 1)]));
