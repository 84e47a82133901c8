/** The trainer with Gradus' own plugins, ONNX Runtime as engine, and the gradient that fits the model. */
import { callbacksPlugin } from '@gradus/callbacks';
import { Trainer as CoreTrainer, type Model, type Plugin, type TrainerOptions } from '@gradus/core';
import { engineOrtPlugin } from '@gradus/engine-ort';
import { gradientsPlugin } from '@gradus/gradients';
import { optimizersPlugin } from '@gradus/optimizers';

/** The plugins whose names every trainer of this package knows. */
export const defaultPlugins: readonly Plugin[] = Object.freeze([callbacksPlugin, engineOrtPlugin, gradientsPlugin, optimizersPlugin]);

/**
 * The gradient for a model: back-propagation of a loss, a model's local rule, central differences of a black box, or none for a model that
 * is trained by its reward.
 */
export function defaultGradient(model: Model): string | undefined {
  if (model.loss !== undefined) return 'autodiff';
  if (model.pseudoGradients !== undefined) return 'localRule';
  return model.reward !== undefined && model.objective === undefined ? undefined : 'centralDifference';
}

/**
 * Trains one model; every part can be given as an object or by name. The engine is ONNX Runtime (`'ort'`) and the gradient the one that
 * fits the model, unless they are given.
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
