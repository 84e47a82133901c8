/** Checks of what a trainer is given, before anything is computed. */
import { GradusError, type Engine } from '@gradus/graph';
import type { GradientEstimator } from '../contracts/gradient-estimator.js';
import type { GradientTransform } from '../contracts/gradient-transform.js';
import type { Model } from '../contracts/model.js';
import { didYouMean, listNames } from '../suggest.js';
import type { FitOptions } from './options.js';

const WAYS = ['loss', 'objective', 'pseudoGradients'] as const;

/** Throws `INVALID_MODEL` unless the model can be initialised and trained in at least one way. */
export function checkModel(model: Model): Model {
  const invalid = (what: string, received: string, expected: string, fix?: string): GradusError =>
    new GradusError('INVALID_MODEL', { what, received, expected, fix });
  if (typeof model !== 'object' || model === null) throw invalid('There is no model', String(model), 'an object with name, init and loss');
  if (typeof model.name !== 'string' || model.name === '') throw invalid('The model has no name', typeof model.name, 'a string that is not empty');
  if (typeof model.init !== 'function') throw invalid(`Model '${model.name}' has no init`, typeof model.init, 'a function of a random key that returns parameters');
  if (!WAYS.some((way) => typeof model[way] === 'function')) {
    throw invalid(`Model '${model.name}' offers no way to be trained`, listNames(Object.keys(model)), `at least one of ${WAYS.join(', ')}`);
  }
  return model;
}

/** Throws `INVALID_PART` for an object that is not what it stands for, and `INVALID_MODEL` when the model lacks what the gradient needs. */
export function checkParts(model: Model, optimizer: GradientTransform, gradient: GradientEstimator, engine: Engine): void {
  requireMethods('optimizer', optimizer, ['init', 'update'], 'adam() of @gradus/optimizers');
  requireMethods('gradient', gradient, ['estimate'], 'autodiff() of @gradus/gradients');
  requireMethods('engine', engine, ['compile', 'compileLoop'], 'ortEngine() of @gradus/engine-ort');
  const needs = gradient.kind === 'traced' ? [gradient.needs] : (['objective', 'loss'] as const);
  if (needs.some((way) => typeof model[way] === 'function')) return;
  const offered = WAYS.filter((way) => typeof model[way] === 'function');
  throw new GradusError('INVALID_MODEL', {
    what: `Model '${model.name}' cannot be trained by gradient '${gradient.name}'`,
    received: `a model with ${offered.join(' and ')}`,
    expected: `a model with ${needs.join(' or ')}`,
    fix: 'Choose a gradient that fits: autodiff for loss, finite differences for objective, localRule for pseudoGradients.',
  });
}

function requireMethods(kind: string, part: unknown, methods: readonly string[], example: string): void {
  const missing = methods.filter((method) => typeof (part as Record<string, unknown> | null | undefined)?.[method] !== 'function');
  if (missing.length === 0) return;
  throw new GradusError('INVALID_PART', {
    what: `What was given as ${kind} is none`,
    received: part === null || typeof part !== 'object' ? String(part) : `an object without ${missing.join(' and ')}`,
    expected: `an object with ${methods.join(' and ')}, or the name of one that a plugin adds`,
    fix: `For instance ${example}.`,
  });
}

const FIT_OPTIONS: readonly (keyof FitOptions)[] = [
  'epochs',
  'validationData',
  'validationFrequency',
  'callbacks',
  'stepsPerExecution',
  'run',
  'handleSignals',
];

/** Throws `INVALID_ARGUMENT`, naming the option, for one that does not exist or has no usable value. */
export function checkFitOptions(options: FitOptions): void {
  const unknown = Object.keys(options).find((name) => !(FIT_OPTIONS as readonly string[]).includes(name));
  if (unknown !== undefined) {
    throw new GradusError('INVALID_ARGUMENT', {
      what: `fit has no option '${unknown}'`,
      received: `'${unknown}'`,
      expected: `one of ${FIT_OPTIONS.join(', ')}`,
      fix: didYouMean(unknown, FIT_OPTIONS),
    });
  }
  requireCount('epochs', options.epochs, 0);
  requireCount('validationFrequency', options.validationFrequency, 1);
  if (options.stepsPerExecution !== 'auto') requireCount('stepsPerExecution', options.stepsPerExecution, 1);
  if (options.callbacks !== undefined && !Array.isArray(options.callbacks)) {
    throw new GradusError('INVALID_ARGUMENT', { what: "Option 'callbacks' of fit is no list", received: typeof options.callbacks, expected: 'an array of callbacks or their names' });
  }
}

function requireCount(name: string, value: unknown, least: number): void {
  if (value === undefined || (Number.isInteger(value) && (value as number) >= least)) return;
  throw new GradusError('INVALID_ARGUMENT', { what: `Option '${name}' of fit is not usable`, received: String(value), expected: `a whole number of ${least} or more` });
}
