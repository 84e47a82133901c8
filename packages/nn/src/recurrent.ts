/** What the recurrent layers share: a cell repeated over time by one loop. */
import { checkOptions, rules, type Params, type Rule, type TensorParams } from '@gradus/core';
import {
  cast,
  concat,
  expandDims,
  formatSpec,
  GradusError,
  multiply,
  sameShape,
  scan,
  split,
  transpose,
  where,
  zeros,
  type NDArray,
  type Tensor,
} from '@gradus/graph';
import type { Initializer } from './initializer.js';
import { glorotUniform } from './initializers/glorot-uniform.js';
import { orthogonal } from './initializers/orthogonal.js';
import { zeros as zeroInitializer } from './initializers/zeros.js';
import { weightRules, type WeightOptions } from './layer-options.js';
import { requireShape, requireSize, type Extras, type Layer, type LayerContext } from './layer.js';
import { linear } from './linear.js';
import { requireMask } from './masks.js';

export interface RecurrentOptions extends WeightOptions {
  /** Features of every step of the input. */
  readonly in: number;
  /** Features of the state, and so of the output. */
  readonly out: number;
  /** Whether the output has every step, or only the last state. Default: `true`, as in PyTorch. */
  readonly returnSequences?: boolean;
  /** From the last step to the first. Outputs stay at the places of their inputs. Default: `false`. */
  readonly reverse?: boolean;
  /** Of each gate's matrix that the state is multiplied with. Default: `orthogonal()`, as in Keras. */
  readonly recurrentInitializer?: Initializer;
}

export const recurrentRules = {
  ...weightRules,
  in: rules.any,
  out: rules.any,
  returnSequences: rules.flag,
  reverse: rules.flag,
  recurrentInitializer: rules.method,
};

/** A layer over time that can also say in what state it ends. */
export interface RecurrentLayer extends Layer {
  /** The output with the last state, under the names of the extras that a next part of the sequence begins with. */
  applyWithState(
    params: TensorParams,
    x: Tensor,
    context: LayerContext,
    extras?: Extras,
  ): { readonly output: Tensor; readonly state: TensorParams };
}

/** What makes one recurrent layer different from another. */
export interface Cell {
  readonly layer: string;
  /** How many gates there are: weights have that many times `out` columns, gate after gate. */
  readonly gates: number;
  /** Names of the state's parts, [batch, out] each; the first is the output. */
  readonly states: readonly string[];
  /** Further parameters, and other biases. */
  readonly adapt?: (params: Params) => Params;
  /**
   * One step.
   * @param projected The step's input, multiplied with `weight`, `bias` added: [batch, gates * out].
   */
  step(projected: Tensor, state: readonly Tensor[], params: TensorParams): readonly Tensor[];
}

/** A layer that repeats a cell. @throws `INVALID_ARGUMENT` for options that are not usable. */
export function recurrent(cell: Cell, options: RecurrentOptions, known: Readonly<Record<string, Rule>>): RecurrentLayer {
  const { layer, gates, states } = cell;
  const { in: features, out, bias = true, returnSequences = true, reverse = false, dtype = 'float32' } = options;
  checkOptions(layer, options, known);
  requireSize(layer, 'in', features);
  requireSize(layer, 'out', out);
  const name = `${layer}({ in: ${features}, out: ${out} })`;

  const applyWithState: RecurrentLayer['applyWithState'] = (params, x, _context, extras = {}) => {
    requireShape(name, x, ['time', features], `Features come last; change \`in\`, or the layer before it.`);
    const [batch, time] = x.shape;
    const initial = states.map((state) => extras[state] ?? zeros([batch, out], x.dtype));
    initial.forEach((value, i) => requireState(name, states[i], value, [batch, out]));
    const { mask } = extras;
    if (mask !== undefined) requireMask(name, 'mask', mask, x);

    // Steps first, and all inputs in one product before the loop.
    const steps = transpose(x, [1, 0, 2]);
    const projected = linear(steps, params.weight, bias ? params.bias : undefined);
    const present = mask === undefined ? [] : [expandDims(transpose(mask), 2)];
    const [state, outputs] = scan(
      (before: Tensor[], [row, there]: Tensor[]) => {
        const next = cell.step(row, before, params);
        const kept = there === undefined ? next : next.map((value, i) => where(there, value, before[i]));
        return [kept, returnSequences ? [kept[0]] : []] as const;
      },
      initial,
      [projected, ...present],
      { length: time, reverse },
    );
    const last = Object.fromEntries(states.map((part, i) => [part, state[i]]));
    if (!returnSequences) return { output: state[0], state: last };
    const sequence = transpose(outputs[0], [1, 0, 2]);
    return { output: mask === undefined ? sequence : multiply(sequence, expandDims(cast(mask, x.dtype), 2)), state: last };
  };

  return {
    init(key) {
      const { kernelInitializer = glorotUniform, recurrentInitializer = orthogonal(), biasInitializer = zeroInitializer } = options;
      const [first, second, third] = split(key, 3) as NDArray[];
      // Each gate is a layer of its own to its initialiser.
      const each = (keys: NDArray, make: Initializer, rows: number): NDArray =>
        concat(
          (split(keys, gates) as NDArray[]).map((own) => make(own, [rows, out], dtype, { fanIn: rows, fanOut: out })),
          { axis: 1 },
        ) as NDArray;
      const params: Params = {
        weight: each(first, kernelInitializer, features),
        recurrentWeight: each(second, recurrentInitializer, out),
        ...(bias ? { bias: biasInitializer(third, [gates * out], dtype, { fanIn: features, fanOut: out }) } : {}),
      };
      return bias ? (cell.adapt?.(params) ?? params) : params;
    },
    apply: (params, x, context, extras) => applyWithState(params, x, context, extras).output,
    applyWithState,
  };
}

function requireState(layer: string, part: string, value: Tensor, shape: readonly number[]): void {
  if (sameShape(value.shape, shape)) return;
  throw new GradusError('SHAPE_MISMATCH', {
    what: `${layer}: the extra '${part}' does not fit`,
    received: formatSpec(value),
    expected: `[${shape.join(', ')}], a state for each sequence`,
  });
}
