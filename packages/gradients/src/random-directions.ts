/** What estimators by random directions share: the loss a step ahead and a step behind along each, and directions weighed by it. */
import {
  checkOptions,
  normalizeLoss,
  type Evaluation,
  type LossResult,
  type Params,
  type SampledEstimator,
  type Schedule,
  type TensorParams,
} from '@gradus/core';
import {
  add,
  all,
  bits,
  cast,
  dtypes,
  foldIn,
  full,
  GradusError,
  isfinite,
  multiply,
  NDArray,
  reshape,
  row,
  scan,
  sizeOf,
  slice,
  stack,
  sum,
  vmap,
  where,
  type Shape,
  type Tensor,
} from '@gradus/graph';
import { positive } from './positive.js';

export interface DirectionRule {
  readonly name: string;
  /** The hyperparameter that says how long a step is, with its value. */
  readonly step: { readonly name: string; readonly value: number | Schedule };
  readonly pairs: number;
  /** Numbers of mean 0 and variance 1. */
  draw(key: Tensor, shape: Shape, dtype: 'float32' | 'float64'): Tensor;
  /** The weight of each direction in the gradient. @param ahead, behind Losses by direction. @param step A scalar. */
  weigh(ahead: Tensor, behind: Tensor, step: Tensor): Tensor;
}

/** Elements of parameters that are moved at once inside a compiled step; what is more goes one group after the other. */
const ELEMENTS = 2 ** 20;

/** An estimator that evaluates the base, then both ends of each direction. The same directions in tensors and one by one. */
export function randomDirections(rule: DirectionRule): SampledEstimator {
  const { name, pairs } = rule;
  return {
    kind: 'sampled',
    name,
    hyperparameters: { [rule.step.name]: rule.step.value },

    async estimate(evaluate, params, { key, hyperparameters }) {
      const step = hyperparameters[rule.step.name];
      checkOptions(name, { [rule.step.name]: step ?? null }, { [rule.step.name]: positive });
      const evaluation = await evaluate(params);
      // The trainer reads the evaluation and says which term it was.
      if (!Number.isFinite(evaluation.loss))
        return { gradients: mapParams(params, ({ shape, dtype }) => full(shape, NaN, dtype)), evaluation };
      const keys = bits(key, [pairs, 2]) as NDArray;
      const losses: [number[], number[]] = [[], []];
      for (let k = 0; k < pairs; k++) {
        const direction = directionsOf(rule, params, row(keys, k)) as Params;
        for (const [side, shift] of [step, -step].entries()) losses[side].push(await lossAt(evaluate, params, direction, shift, name));
      }
      const [ahead, behind] = losses.map((list) => new NDArray('float64', [pairs], Float64Array.from(list)));
      const weights = rule.weigh(ahead, behind, new NDArray('float64', [], Float64Array.of(step))) as NDArray;
      let gradients: Params = mapParams(params, ({ shape, dtype }) => full(shape, 0, dtype));
      for (let k = 0; k < pairs; k++) {
        const direction = directionsOf(rule, params, row(keys, k));
        gradients = mapParams(
          gradients,
          (sofar, each) => add(sofar, multiply(direction[each], cast(row(weights, k), sofar.dtype))) as NDArray,
        );
      }
      return { gradients, evaluation };
    },

    traced(model, params, batch, context) {
      const lossAt = (at: TensorParams): LossResult => normalizeLoss(model.loss!(at, batch, context));
      const { loss, metrics = {}, buffers = {} } = lossAt(params);
      const step = cast(context.hyperparameters[rule.step.name], loss.dtype);
      const size = Object.values(params).reduce((total, { shape }) => total + sizeOf(shape), 0);
      const groups = groupsFor(pairs, size);
      const keys = reshape(bits(context.key, [pairs, 2]), [groups, pairs / groups, 2]);

      const both = (key: Tensor): Tensor => {
        const direction = directionsOf(rule, params, key);
        const along = (shift: Tensor): Tensor =>
          lossAt(mapParams(params, (p, each) => add(p, multiply(direction[each], cast(shift, p.dtype))))).loss;
        return stack([along(step), along(multiply(step, -1))]);
      };
      const losses = reshape(each(groups, keys, vmap(both)), [pairs, 2]);
      const side = (k: number): Tensor => reshape(slice(losses, { axis: 1, start: k, stop: k + 1 }), [pairs]);
      const weights = reshape(rule.weigh(side(0), side(1), step), [groups, pairs / groups]);

      const weighed = (key: Tensor, weight: Tensor): TensorParams =>
        mapParams(directionsOf(rule, params, key), (direction) => multiply(direction, cast(weight, direction.dtype)));
      const summed = (ofGroup: Tensor, own: Tensor): TensorParams =>
        mapParams(vmap(weighed)(ofGroup, own) as TensorParams, (d) => sum(d, { axes: 0 }));
      const zero = mapParams(params, ({ shape, dtype }) => full(shape, 0, dtype as 'float32') as Tensor);
      const [gradients] = scan(
        (sofar: TensorParams, { ofGroup, own }: { ofGroup: Tensor; own: Tensor }) => {
          const further = summed(ofGroup, own);
          return [mapParams(sofar, (tensor, name_) => add(tensor, further[name_])), []];
        },
        zero,
        { ofGroup: keys, own: weights },
      );
      // A loss that is not finite somewhere along the way weighs nothing: the step says so before it is believed.
      return { gradients, loss: where(all(isfinite(losses)), loss, NaN), metrics, buffers };
    },
  };
}

const mapParams = <T extends Tensor, R>(params: Readonly<Record<string, T>>, fn: (tensor: T, name: string) => R): Record<string, R> =>
  Object.fromEntries(Object.entries(params).map(([name, tensor]) => [name, fn(tensor, name)]));

function directionsOf(rule: DirectionRule, params: TensorParams, key: Tensor): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(params).map(([name, { shape, dtype }], k) => [name, rule.draw(foldIn(key, k), shape, dtype as 'float32')]),
  );
}

/** The least number of equal groups of pairs whose copies of the parameters stay within bounds. */
function groupsFor(pairs: number, size: number): number {
  const most = Math.max(1, Math.floor(ELEMENTS / (2 * Math.max(size, 1))));
  for (let groups = Math.ceil(pairs / most); groups < pairs; groups++) if (pairs % groups === 0) return groups;
  return pairs;
}

/** `fn` of each group, one after the other. */
function each(groups: number, keys: Tensor, fn: (group: Tensor) => Tensor): Tensor {
  if (groups === 1) return fn(reshape(keys, keys.shape.slice(1)));
  const [, results] = scan((_, group: Tensor) => [[], fn(group)], [], keys);
  return results;
}

async function lossAt(
  evaluate: (params: Params) => Promise<Evaluation>,
  params: Params,
  direction: Params,
  shift: number,
  owner: string,
): Promise<number> {
  const moved = mapParams(params, ({ dtype, shape, data }, name) => {
    const next = dtypes[dtype].allocate(data.length) as Float64Array;
    const along = direction[name].data as Float64Array;
    for (let i = 0; i < next.length; i++) next[i] = (data[i] as number) + shift * along[i];
    return new NDArray(dtype, shape, next);
  });
  const { loss } = await evaluate(moved);
  if (Number.isFinite(loss)) return loss;
  throw new GradusError('NON_FINITE_LOSS', {
    what: `The loss became ${loss} on a random direction of ${owner}, a step of ${shift} away`,
    received: String(loss),
    expected: 'a finite number',
    fix: 'Use a smaller step, or make the loss finite around the parameters.',
    data: { shift },
  });
}
