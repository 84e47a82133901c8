/** The input of the chain demos and their nodes. */
import { asarray, type NDArray } from '@gradus/graph';
import { DepthAwareBackend, HCNode } from '../src/index.js';

/** `[0.30 sin(f t), 0.20 sin(f t + phase), 0.10 cos(f t + 0.30)]` for each step, with targets of 0: float64 `[steps, 3]`. */
export function sineSequence(steps: number, frequency = 0.35, phase = 0.7): { x: NDArray; target: NDArray } {
  const rows = Array.from({ length: steps }, (_, t) => [
    0.3 * Math.sin(frequency * t),
    0.2 * Math.sin(frequency * t + phase),
    0.1 * Math.cos(frequency * t + 0.3),
  ]);
  return { x: asarray(rows, { dtype: 'float64' }), target: asarray(new Float64Array(steps * 3), { shape: [steps, 3] }) };
}

/** Three nodes of three channels. */
export const nodesOf = (settings: readonly (readonly [w: number, b: number, span: number])[], spanShrink?: number): HCNode[] =>
  settings.map(([w, b, span]) => new HCNode(new DepthAwareBackend({ outputDim: 3, w, b, span, spanShrink })));

/** The nodes of the callbacks demo. */
export const demoNodes = (): HCNode[] =>
  nodesOf([
    [0.9, 0.03, 0.22],
    [0.97, 0.02, 0.25],
    [1.05, 0, 0.3],
  ]);
