/** The golden files, and the network that they are about. */
import { readFileSync } from 'node:fs';
import { asarray, transpose, type NDArray, type Nested, type Tensor } from '@gradus/graph';
import { frozenFullyConnected, fullyConnected, layerMap, outputLayer, recurrentDiscrete, type Float, type LayerMap } from '../src/index.js';

type Weights = Readonly<Record<'Win' | 'J' | 'Wback' | 'Wout', Nested>>;

/** What a file holds of the states, updates and weights. */
export interface Numbers {
  readonly clamped: readonly Nested[];
  readonly free: readonly Nested[];
  readonly scores: Nested;
  readonly update: Weights;
  readonly after_3_adam_steps: Weights;
  /** Of `reference.json` alone. */
  readonly metrics?: Readonly<Record<string, number>>;
}

export interface Golden extends Weights, Numbers {
  readonly dims: Readonly<Record<'D' | 'H' | 'C' | 'B', number>>;
  readonly thresholds: Readonly<Record<'in_' | 'J' | 'out', number>>;
  readonly J_D: number;
  readonly x: Nested;
  readonly y: Nested;
}

export const read = <T>(name: string): T => JSON.parse(readFileSync(new URL(`./golden/${name}.json`, import.meta.url), 'utf8')) as T;

export const numbers = (x: Tensor | Nested): number[] =>
  'data' in (x as object) ? Array.from((x as NDArray).data as Float64Array, Number) : ([x].flat(9) as number[]);

/** The files have a row for each sender; here a row is a receiver. */
export const turned = (weight: Nested, dtype: Float = 'float64'): NDArray => transpose(asarray(weight, { dtype })) as NDArray;

export const names = { Win: '1.0.weight', J: '1.1.weight', Wout: '2.1.weight' } as const;

export function goldenMap({ dims: { D, H, C }, thresholds, J_D, ...weights }: Golden): LayerMap {
  return layerMap({
    1: {
      0: fullyConnected({ in: D, out: H, threshold: thresholds.in_, weight: turned(weights.Win) }),
      1: recurrentDiscrete({ units: H, selfCoupling: J_D, threshold: thresholds.J, weight: turned(weights.J) }),
      2: frozenFullyConnected({ in: C, out: H, weight: turned(weights.Wback) }),
    },
    2: { 1: fullyConnected({ in: H, out: C, threshold: thresholds.out, weight: turned(weights.Wout) }), 2: outputLayer({ units: C }) },
  });
}
