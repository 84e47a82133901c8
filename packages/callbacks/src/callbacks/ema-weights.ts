/** Keeps a moving average of the parameters, evaluates with it, and ends with it. */
import { checkOptions, oneOf, rules, type Callback, type Params, type Rule, type TrainContext } from '@gradus/core';
import { isFloat, NDArray } from '@gradus/graph';

export interface EmaWeightsOptions {
  /** How much of the average stays at each update: from 0 to below 1. Default: 0.999 per step, 0.9 per epoch. */
  readonly decay?: number;
  /** When the average is updated. Default: `epoch`, since `step` makes every step its own execution. */
  readonly every?: 'step' | 'epoch';
  /** Average buffers of floats too, such as the statistics of normalisation. Default: `true`. */
  readonly buffers?: boolean;
  /** Evaluate with the average at the ends of epochs. Default: `true`. */
  readonly evaluate?: boolean;
  /** Leave the average as the parameters when training ends; an interrupted run keeps its own. Default: `true`. */
  readonly atEnd?: boolean;
  /** Needed only to use two of them in one run. Default: `emaWeights`. */
  readonly name?: string;
}

export interface EmaWeights extends Callback {
  /** The averaged parameters, or `null` before training. */
  readonly params: Params | null;
}

interface Values {
  readonly params: Params;
  readonly buffers: Params;
}

const decayRule: Rule = { expected: 'a number from 0 to below 1', accepts: (v) => typeof v === 'number' && v >= 0 && v < 1 };
const RULES = {
  decay: decayRule,
  every: oneOf('step', 'epoch'),
  buffers: rules.flag,
  evaluate: rules.flag,
  atEnd: rules.flag,
  name: rules.text,
};

/**
 * The average begins with the initial parameters and becomes decay · average + (1 - decay) · parameters at each update. Validation runs
 * with the average in place of the parameters, which come back after it: `val_` metrics are those of the average, while what callbacks
 * read at the end of an epoch are the trained parameters.
 *
 * For an average over steps alone, `emaParams` of `@gradus/optimizers` does the same inside the compiled step and costs next to nothing;
 * this one also averages buffers, and needs no change of the optimizer. Its state holds the average, so a checkpoint grows by it.
 *
 * Source: Polyak and Juditsky, "Acceleration of stochastic approximation by averaging" (1992), with weights that fall.
 *
 * @throws `INVALID_ARGUMENT` for an unusable option.
 * @example
 * await trainer.fit(data, { epochs: 50, validationData, callbacks: [emaWeights({ decay: 0.8 })] });
 */
export function emaWeights(options: EmaWeightsOptions = {}): EmaWeights {
  checkOptions('emaWeights', options, RULES);
  const { every = 'epoch', buffers: withBuffers = true, evaluate = true, atEnd = true, name = 'emaWeights' } = options;
  const { decay = every === 'step' ? 0.999 : 0.9 } = options;
  let average: Values | null = null;
  /** What the average stands in for during validation. */
  let trained: Values | null = null;
  let running = false;
  /** Epochs whose end is in the average: it may come before validation or, without any, after. */
  let averagedEpoch = -1;

  const valuesOf = ({ params, buffers }: TrainContext): Values => ({
    params,
    buffers: withBuffers ? Object.fromEntries(Object.entries(buffers).filter(([, { dtype }]) => isFloat(dtype))) : {},
  });
  const put = ({ params, buffers }: Values, context: TrainContext): void => {
    context.setParams(params);
    context.setBuffers(buffers);
  };
  const update = (context: TrainContext): void => {
    const { params, buffers } = valuesOf(context);
    average = { params: toward(average!.params, params, decay), buffers: toward(average!.buffers, buffers, decay) };
  };
  const endOfEpoch = (context: TrainContext): void => {
    if (every === 'step' || averagedEpoch === context.epoch) return;
    averagedEpoch = context.epoch;
    update(context);
  };
  const giveBack = (context: TrainContext): void => {
    if (trained !== null) put(trained, context);
    trained = null;
  };

  return {
    name,
    ...(every === 'step' && { everyStep: true, onTrainBatchEnd: (_batch, _logs, context) => update(context) }),

    get params() {
      return average?.params ?? null;
    },

    check() {
      average = trained = null;
      averagedEpoch = -1;
    },

    onTrainBegin(context) {
      running = true;
      average ??= valuesOf(context);
    },

    onTestBegin(context) {
      if (!running) return;
      endOfEpoch(context);
      if (!evaluate) return;
      trained = valuesOf(context);
      put(average!, context);
    },

    onTestEnd: (_logs, context) => giveBack(context),

    onEpochEnd(_epoch, _logs, context) {
      endOfEpoch(context);
    },

    onTrainEnd(_logs, context) {
      running = false;
      if (atEnd && context.stopping?.reason !== 'interrupted') put(average!, context);
    },

    onError(_error, context) {
      running = false;
      giveBack(context);
    },

    getState: () => average && { ...average, averagedEpoch },

    setState(saved) {
      const state = saved as (Values & { readonly averagedEpoch: number }) | null;
      average = state && { params: state.params, buffers: state.buffers };
      averagedEpoch = state?.averagedEpoch ?? -1;
    },
  };
}

/** decay · from + (1 - decay) · to, array by array. */
function toward(from: Params, to: Params, decay: number): Params {
  return Object.fromEntries(
    Object.entries(to).map(([name, { dtype, shape, data }]) => {
      const before = from[name].data as Float64Array;
      const next = (data as Float64Array).map((value, k) => decay * before[k] + (1 - decay) * value);
      return [name, new NDArray(dtype, shape, next)];
    }),
  );
}
