/** The trainer with Gradus' own plugins, ONNX Runtime as engine, and the gradient that fits the model. */
import { callbacksPlugin } from '@gradus/callbacks';
import { Trainer as CoreTrainer, type Model, type Plugin, type TrainerOptions as CoreOptions } from '@gradus/core';
import { engineOrtPlugin } from '@gradus/engine-ort';
import { gradientsPlugin } from '@gradus/gradients';
import { optimizersPlugin } from '@gradus/optimizers';

/** The plugins whose names every trainer of this package knows. */
export const defaultPlugins: readonly Plugin[] = Object.freeze([callbacksPlugin, engineOrtPlugin, gradientsPlugin, optimizersPlugin]);

/** The gradient for a model: back-propagation of a loss, a model's local rule, or central differences of a black box. */
export function defaultGradient(model: Model): string {
  if (model.loss !== undefined) return 'autodiff';
  return model.pseudoGradients === undefined ? 'centralDifference' : 'localRule';
}

/** As `TrainerOptions` of `@gradus/core`, with defaults for the gradient and the engine (`'ort'`). */
export type TrainerOptions = Omit<CoreOptions, 'gradient'> & Partial<Pick<CoreOptions, 'gradient'>>;

/**
 * Trains one model; every part can be given as an object or by name.
 *
 * @example
 * const trainer = new Trainer({ model, optimizer: 'adam' });
 * await trainer.fit(inMemory({ x, y }), { epochs: 10, callbacks: ['progressBar'] });
 */
export class Trainer extends CoreTrainer {
  constructor(options: TrainerOptions) {
    super({
      engine: 'ort',
      ...options,
      // A model that is none is reported by the core, in its own words.
      gradient: options.gradient ?? defaultGradient(options.model ?? ({} as Model)),
      plugins: [...defaultPlugins, ...(options.plugins ?? [])],
    });
  }
}
