/** Checks of what a trainer is given, before anything is computed. */
import { GradusError, type Engine } from '@gradus/graph';
import type { Callback } from '../contracts/callback.js';
import type { Model } from '../contracts/model.js';
import { checkOptions, rules, type Rule } from '../option-rules.js';
import { listNames } from '../suggest.js';
import type { Learner } from './learner.js';
import type { FitOptions, TrainerOptions } from './options.js';

const WAYS = ['loss', 'objective', 'pseudoGradients', 'reward'] as const;

/** Throws `INVALID_MODEL` unless the model can be initialised and trained in at least one way. */
export function checkModel(model: Model): Model {
  const invalid = (what: string, received: string, expected: string, fix?: string): GradusError =>
    new GradusError('INVALID_MODEL', { what, received, expected, fix });
  if (typeof model !== 'object' || model === null) throw invalid('There is no model', String(model), 'an object with name, init and loss');
  if (typeof model.name !== 'string' || model.name === '')
    throw invalid('The model has no name', typeof model.name, 'a string that is not empty');
  if (typeof model.init !== 'function')
    throw invalid(`Model '${model.name}' has no init`, typeof model.init, 'a function of a random key that returns parameters');
  if (!WAYS.some((way) => typeof model[way] === 'function')) {
    throw invalid(`Model '${model.name}' offers no way to be trained`, listNames(Object.keys(model)), `at least one of ${WAYS.join(', ')}`);
  }
  return model;
}

/** Throws `INVALID_PART` for an object that is not what it stands for, and `INVALID_MODEL` when the model lacks what the gradient needs. */
export function checkParts(model: Model, learner: Learner, engine: Engine): void {
  requireMethods('engine', engine, ['compile', 'compileLoop'], 'ortEngine() of @gradus/engine-ort');
  if (learner.kind === 'gradient') {
    requireMethods('optimizer', learner.optimizer, ['init', 'update'], 'adam() of @gradus/optimizers');
    requireMethods('gradient', learner.gradient, ['estimate'], 'autodiff() of @gradus/gradients');
  }
  const needs = neededBy(learner);
  if (needs.some((way) => typeof model[way] === 'function')) return;
  const offered = WAYS.filter((way) => typeof model[way] === 'function');
  throw new GradusError('INVALID_MODEL', {
    what: `Model '${model.name}' cannot be trained by ${learner.kind === 'gradient' ? `gradient '${learner.gradient.name}'` : `proposer '${learner.optimizer.name}'`}`,
    received: `a model with ${offered.join(' and ')}`,
    expected: `a model with ${needs.join(' or ')}`,
    fix: 'Choose what fits: autodiff for loss, finite differences for objective, localRule for pseudoGradients, a proposer for reward.',
  });
}

/** The ways of being trained that a learner can use. */
function neededBy(learner: Learner): readonly (typeof WAYS)[number][] {
  if (learner.kind === 'proposer') return ['reward'];
  return learner.gradient.kind === 'traced' ? [learner.gradient.needs] : ['objective', 'loss'];
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

const TRAINER_RULES = {
  model: rules.any,
  optimizer: rules.any,
  gradient: rules.any,
  engine: rules.any,
  plugins: { expected: 'a list of plugins', accepts: Array.isArray },
  seed: rules.any,
} as const satisfies Readonly<Record<keyof TrainerOptions, Rule>>;

/** Throws `INVALID_ARGUMENT`, naming the option, for one that does not exist; parts are checked where they are used. */
export const checkTrainerOptions = (options: TrainerOptions): void => checkOptions('Trainer', options, TRAINER_RULES);

const FIT_RULES = {
  epochs: rules.count,
  validationData: rules.any,
  validationFrequency: rules.positiveCount,
  callbacks: { expected: 'a list of callbacks or their names', accepts: Array.isArray },
  stepsPerExecution: { expected: "'auto' or a whole number of 1 or more", accepts: (v) => v === 'auto' || rules.positiveCount.accepts(v) },
  run: { expected: 'false, or an object with directory, name and id', accepts: (v) => v === false || rules.object.accepts(v) },
  handleSignals: rules.flag,
} as const satisfies Readonly<Record<keyof FitOptions, Rule>>;

/** Throws `INVALID_ARGUMENT`, naming the option, for one that does not exist or has no usable value. */
export function checkFitOptions(options: FitOptions): void {
  checkOptions('fit', options, FIT_RULES);
  if (typeof options.run === 'object')
    checkOptions('fit({ run })', options.run, { directory: rules.text, name: rules.text, id: rules.text });
}

/** Throws `INVALID_ARGUMENT` for a callback whose `everyStep` says nothing. */
export function checkCallbackSteps(callbacks: readonly Callback[]): void {
  for (const { name, everyStep } of callbacks) {
    if (everyStep === undefined || typeof everyStep === 'boolean' || rules.positiveCount.accepts(everyStep)) continue;
    throw new GradusError('INVALID_ARGUMENT', {
      what: `Callback '${name}' has an everyStep that says nothing`,
      received: String(everyStep),
      expected: 'true, false, or a whole number of 1 or more',
    });
  }
}

/** Throws `DUPLICATE_CALLBACK` when two callbacks of a run have one name: it is the key of their state. */
export function checkCallbackNames(callbacks: readonly Callback[]): void {
  const names = callbacks.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice === undefined) return;
  throw new GradusError('DUPLICATE_CALLBACK', {
    what: `Two callbacks of this run are named '${twice}'`,
    received: listNames(names),
    expected: 'a name of its own for each: it is the key of its state',
    fix: "Give one of them another name: { name: '…' }.",
  });
}
