/** A layer map as a model for the trainer: it learns by the local rules of its edges. */
import { checkOptions, oneOf, rules, type Model, type Params, type TensorBatch, type TensorParams } from '@gradus/core';
import { foldIn, GradusError, randomKey, split, type NDArray, type Tensor } from '@gradus/graph';
import { checkLabels, encodeLabels, labelModes, type LabelMode } from './data/labels.js';
import { Dynamics } from './dynamics/dynamics.js';
import type { Orchestrator } from './dynamics/orchestrator.js';
import { edgeValues, valuesOf } from './edge-values.js';
import { LayerMap } from './layer-map.js';
import type { LocalMetric, Observation } from './metrics/local-metric.js';
import { defaultMetrics } from './metrics/default-metrics.js';
import type { Float, Semantics } from './module.js';
import type { Protocol } from './protocols/protocol.js';
import { twoPhase } from './protocols/two-phase.js';

export interface LocalNetworkOptions {
  /** Names the run folder and appears in messages. Default: `localNetwork`. */
  readonly name?: string;
  readonly layers: LayerMap;
  /** The phases of a lesson. Default: `twoPhase()`. */
  readonly protocol?: Protocol;
  /** The order of updates. Default: `sequential()`. */
  readonly orchestrator?: Orchestrator;
  /** Which published version of the rules is meant. Default: `current`. */
  readonly semantics?: Semantics;
  /** What labels become where the target field has classes, int32 or int64 [batch]. Default: `signs`. */
  readonly labels?: LabelMode;
  /** What is reported. Default: `defaultMetrics`. */
  readonly metrics?: readonly LocalMetric[];
  /** Decides what is drawn once and never learned: frozen weights, masks. Default: 0. */
  readonly seed?: number;
  /** Default: `float32`. */
  readonly dtype?: Float;
  /** Stop each phase at a fixed point; the result is the same. Default: `true`. */
  readonly earlyExit?: boolean;
  /** The batch's field with inputs, `[batch, …input]`. Default: `x`. */
  readonly input?: string;
  /** The batch's field with classes, or labels `[batch, …output]`. Default: `y`. */
  readonly target?: string;
  /** The batch's field that says how much each sample counts, float [batch]. Default: every sample counts the same. */
  readonly gate?: string;
}

/** A model that can also be looked into. */
export interface LocalNetwork extends Model {
  readonly layers: LayerMap;
  readonly pseudoGradients: NonNullable<Model['pseudoGradients']>;
  readonly dtype: Float;
  /** What no training changes, by `receiver.sender.name`: constants of the compiled step. */
  readonly frozen: Params;
  /** The scores of inputs, `[batch, …output]`, at these parameters: from units at 0, without labels. @param key `uint32[2]`. */
  infer(params: TensorParams, x: Tensor, key: Tensor): Tensor;
  /** The dynamics at these parameters. */
  dynamics(params: TensorParams): Dynamics;
}

/** Throws `INVALID_ARGUMENT`. */
function checkNetwork(options: LocalNetworkOptions): void {
  checkOptions(
    'localNetwork',
    options,
    {
      name: rules.text,
      layers: { expected: 'a layer map: layerMap({ … })', accepts: (v) => v instanceof LayerMap },
      protocol: { expected: 'a protocol such as twoPhase()', accepts: (v) => typeof (v as Partial<Protocol>).lesson === 'function' },
      orchestrator: {
        expected: 'an orchestrator such as sequential()',
        accepts: (v) => typeof (v as Partial<Orchestrator>).sweep === 'function',
      },
      semantics: oneOf('current', 'seed'),
      labels: oneOf(...labelModes),
      metrics: { expected: 'a list of metrics', accepts: Array.isArray },
      seed: rules.count,
      dtype: oneOf('float32', 'float64'),
      earlyExit: rules.flag,
      input: rules.text,
      target: rules.text,
      gate: rules.text,
    },
    ['layers'],
  );
}

/**
 * A network of layers that settle and learn by local rules. Its `pseudoGradients` run one lesson: give the trainer `localRule()` as gradient.
 * `predict` gives the scores, `[batch, …output]`.
 *
 * Parameters are named `receiver.sender.name`: `1.0.weight` is what layer 1 has for the messages of layer 0. Only what learns is a
 * parameter; frozen weights, masks, self-couplings and thresholds are constants of the compiled step, which no optimizer sees.
 *
 * @throws `INVALID_ARGUMENT`; when traced: `UNKNOWN_NAME` for a batch without the fields, `SHAPE_MISMATCH`, `DTYPE_MISMATCH`; of a batch, before
 *   anything is computed with it: `INVALID_LABELS`.
 * @example
 * const model = localNetwork({ name: 'prototypes', layers, protocol: twoPhase({ clamped: 10, free: 10 }) });
 * const trainer = new Trainer({ model, optimizer: adam({ learningRate: 5e-3 }), gradient: localRule() });
 */
export function localNetwork(options: LocalNetworkOptions): LocalNetwork {
  checkNetwork(options);
  const { name = 'localNetwork', layers, protocol = twoPhase(), labels = 'signs', metrics = defaultMetrics, seed = 0 } = options;
  const { orchestrator, earlyExit, dtype = 'float32', semantics = 'current', input = 'x', target = 'y', gate } = options;
  const setting = { dtype, semantics };
  const frozenKey = randomKey(seed);
  const frozen: Params = edgeValues(layers.edges, ({ module }, i) => module.frozen?.(foldIn(frozenKey, i), setting));
  const dynamics = (params: TensorParams): Dynamics =>
    new Dynamics(layers, { ...params, ...frozen }, { ...setting, orchestrator, earlyExit });
  const field = (batch: TensorBatch, wanted: string): Tensor => {
    if (batch[wanted] !== undefined) return batch[wanted];
    throw new GradusError('UNKNOWN_NAME', {
      what: `Model '${name}' finds no field '${wanted}' in the data`,
      received: Object.keys(batch).join(', ') || 'no fields',
      expected: `'${input}' for inputs and '${target}' for targets${gate === undefined ? '' : `, '${gate}' for how much samples count`}`,
      fix: 'Name the fields so, or give localNetwork({ input, target, gate }) the names you have.',
    });
  };
  const infer = (own: Dynamics, x: Tensor, key: Tensor) => {
    const { state, steps } = own.settle(own.initialState(x), { filter: 'inference', steps: protocol.inference, key });
    return { state, steps, scores: own.readout(state) };
  };
  return {
    name,
    layers,
    dtype,
    frozen,
    dynamics,
    init: (key) => edgeValues(layers.edges, (edge, i) => edge.module.init?.(foldIn(key, i), setting, valuesOf<NDArray>(frozen, edge))),
    check: (batch, number) =>
      checkLabels(field(batch, target) as NDArray, { mode: labels, classes: layers.shapes[layers.output][0], of: ` of batch ${number}` }),
    pseudoGradients(params, batch, context) {
      const own = dynamics(params);
      const x = field(batch, input);
      const y = encodeLabels(field(batch, target), { mode: labels, classes: layers.shapes[layers.output], dtype });
      const [lessonKey, inferenceKey] = split(context.key);
      const start = own.initialState(x, y);
      const lesson = protocol.lesson({ dynamics: own, start, key: lessonKey, gate: gate === undefined ? undefined : field(batch, gate) });
      let inference: Observation['inference'] | undefined;
      const observation: Observation = {
        dynamics: own,
        lesson,
        y,
        get inference() {
          return (inference ??= infer(own, x, inferenceKey));
        },
      };
      const wanted = metrics.filter(({ training }) => training || !context.training);
      return {
        gradients: own.withRates(lesson.gradients),
        metrics: Object.fromEntries(wanted.map((metric) => [metric.name, metric.measure(observation)])),
      };
    },
    infer: (params, x, key) => infer(dynamics(params), x, key).scores,
    predict: (params, batch, { key }) => infer(dynamics(params), field(batch, input), split(key)[1]).scores,
    metrics: Object.fromEntries(metrics.map(({ name: own, direction }) => [own, { direction }])),
  };
}
