import { checkOptions, rules } from '@gradus/core';
import { layerOf } from '../edges/recurrent-edge.js';
import type { Layer } from '../module.js';

export interface OutputLayerOptions {
  /** Units: one for each class. */
  readonly units: number;
}

/**
 * The last layer: its field, the sum of what the edges to it bring, are the scores. While training it holds the labels. It has no
 * couplings and no parameters.
 *
 * @throws `INVALID_ARGUMENT`.
 */
export function outputLayer(options: OutputLayerOptions): Layer {
  checkOptions('outputLayer', options, { units: rules.positiveCount }, ['units']);
  return layerOf('outputLayer', options.units, (field) => field);
}
