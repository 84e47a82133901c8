/** A model from a network, a loss and metrics. */
import { checkOptions, rules, type Model, type Rule, type TensorBatch, type TensorParams } from '@gradus/core';
import { GradusError, type Tensor } from '@gradus/graph';
import type { Layer, LayerContext } from './layer.js';
import type { Loss } from './loss.js';
import type { Metric } from './metric.js';

export interface SupervisedOptions {
  /** Names the run folder and appears in messages. */
  readonly name: string;
  readonly net: Layer;
  readonly loss: Loss;
  /** Reported beside the loss. Default: none. */
  readonly metrics?: readonly Metric[];
  /** The batch's field with inputs. Default: `x`. */
  readonly input?: string;
  /** The batch's field with targets. Default: `y`. */
  readonly target?: string;
  /** Further fields that the layers get beside their input, by the names under which they know them: `['mask']`. Default: none. */
  readonly extras?: readonly string[];
  /** The batch's field with weights of the samples, float [batch], for loss and metrics. Default: every sample counts the same. */
  readonly weight?: string;
}

const layer: Rule = {
  expected: 'a layer, such as sequential([dense({ in, out }), relu])',
  accepts: (v) => typeof (v as Partial<Layer> | null)?.apply === 'function' && typeof (v as Partial<Layer>).init === 'function',
};

const RULES = {
  name: rules.text,
  net: layer,
  loss: rules.method,
  metrics: { expected: 'a list', accepts: Array.isArray },
  input: rules.text,
  target: rules.text,
  extras: rules.texts,
  weight: rules.text,
};

/**
 * A model that learns targets from inputs. `predict` gives the network's outputs. Metrics are those of all samples of an epoch together,
 * however they are cut into batches; the loss of an epoch is the mean of its batches by their numbers of samples.
 *
 * @throws `INVALID_ARGUMENT` for options that are not usable; `DUPLICATE_NAME` for two metrics of one name; when traced: `UNKNOWN_NAME` for a batch without the fields, naming those it has.
 * @example
 * const model = supervised({
 *   name: 'digits',
 *   net: sequential([dense({ in: 784, out: 128 }), relu, dense({ in: 128, out: 10 })]),
 *   loss: softmaxCrossEntropy,
 *   metrics: [accuracy],
 * });
 */
export function supervised(options: SupervisedOptions): Model {
  const { name, net, loss, metrics = [], input = 'x', target = 'y', extras = [], weight } = options;
  checkOptions('supervised', options, RULES, ['name', 'net', 'loss']);
  requireMetrics(name, metrics);
  const field = (batch: TensorBatch, wanted: string): Tensor => {
    if (batch[wanted] !== undefined) return batch[wanted];
    throw new GradusError('UNKNOWN_NAME', {
      what: `Model '${name}' finds no field '${wanted}' in the data`,
      received: Object.keys(batch).join(', ') || 'no fields',
      expected: `'${input}' for inputs and '${target}' for targets${weight === undefined ? '' : `, '${weight}' for weights`}`,
      fix: 'Name the fields so, or give supervised({ input, target, weight }) the names you have.',
    });
  };
  const outputsOf = (params: TensorParams, batch: TensorBatch, context: LayerContext): Tensor =>
    net.apply(params, field(batch, input), context, Object.fromEntries(extras.map((extra) => [extra, field(batch, extra)])));
  return {
    name,
    init: (key) => net.init(key),
    ...(net.buffers === undefined ? {} : { buffers: () => net.buffers!() }),
    loss(params, batch, context) {
      const buffers: Record<string, Tensor> = {};
      const outputs = outputsOf(params, batch, { ...context, setBuffer: (buffer, value) => void (buffers[buffer] = value) });
      const targets = field(batch, target);
      const weights = weight === undefined ? undefined : field(batch, weight);
      return {
        loss: loss(outputs, targets, weights),
        metrics: Object.fromEntries(metrics.map((metric) => [metric.name, metric.statistics(outputs, targets, weights)])),
        buffers,
      };
    },
    predict: (params, batch, context) => outputsOf(params, batch, context),
    metrics: Object.fromEntries(metrics.map((metric) => [metric.name, metric])),
  };
}

function requireMetrics(model: string, metrics: readonly Metric[]): void {
  const other = metrics.find((metric) => typeof (metric as Partial<Metric> | null)?.statistics !== 'function');
  if (other !== undefined) {
    throw new GradusError('INVALID_ARGUMENT', {
      what: `Model '${model}' has a metric that is none`,
      received: typeof other === 'function' ? `the function '${(other as () => void).name}'` : String(other),
      expected: 'metrics such as accuracy or metrics.f1',
      fix: 'Losses are no metrics; those of the same name are metrics.meanSquaredError, metrics.meanAbsoluteError and so on.',
    });
  }
  const twice = metrics.find(({ name }, i) => metrics.findIndex((other) => other.name === name) !== i);
  if (twice === undefined) return;
  throw new GradusError('DUPLICATE_NAME', {
    what: `Model '${model}' has two metrics of one name`,
    received: `'${twice.name}' twice`,
    fix: "Leave one out, or give one a name of its own: precisionWith({ average: 'micro', name: 'microPrecision' }).",
  });
}
