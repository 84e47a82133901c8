/** Recurrent layers as scans over time: RNN, GRU (Cho et al., 2014) and LSTM (Hochreiter & Schmidhuber, 1997). */
import {
  add,
  clip,
  expandDims,
  less,
  matmul,
  multiply,
  scan,
  slice,
  splitAxis,
  squeeze,
  stack,
  subtract,
  transpose,
  where,
  zeros,
  arange,
  type Tensor,
} from '@gradus/graph';
import { activationsOf, type Activation } from '../activation-names.js';
import type { Call } from '../call.js';
import type { Rules } from '../rule.js';

/** The weights of one direction: of inputs and of the state before, transposed, and both biases. */
interface Weights {
  readonly input: Tensor;
  readonly state: Tensor;
  readonly inputBias: Tensor;
  readonly stateBias: Tensor;
  /** The state's initial parts, and an LSTM's peepholes. */
  readonly initial: readonly Tensor[];
  readonly peepholes: readonly Tensor[] | null;
  readonly activations: readonly Activation[];
}

/** One step: what x contributes to the gates is computed for all steps at once. */
type Cell = (state: readonly Tensor[], gates: Tensor, weights: Weights) => readonly Tensor[];

interface Layer {
  readonly gates: number;
  readonly parts: number;
  readonly defaults: readonly string[];
  readonly cell: (call: Call) => Cell;
}

/** Along the last axis, in equal parts. */
const gatesOf = (x: Tensor, count: number): readonly Tensor[] => splitAxis(x, count, { axis: -1 });

function weightsOf(call: Call, { gates, parts, defaults }: Layer, batch: number, directions: number): Weights[] {
  const [w, r, b] = [call.input(1), call.input(2), call.optional(3)];
  const hidden = r.shape[2];
  const of = (x: Tensor, direction: number): Tensor => squeeze(slice(x, { start: direction, stop: direction + 1 }), 0);
  const names = call.strings('activations') ?? Array.from({ length: directions }, () => defaults).flat();
  const activations = activationsOf(call, names);
  return Array.from({ length: directions }, (_, d) => {
    const biases = b === undefined ? zeros([2 * gates * hidden], w.dtype) : of(b, d);
    const initial = Array.from({ length: parts }, (_, i) => {
      const given = call.optional(5 + i);
      if (given === undefined) return zeros([batch, hidden], w.dtype);
      return of(call.int('layout', 0) === 1 ? transpose(given, [1, 0, 2]) : given, d);
    });
    const peepholes = parts === 2 && call.has(7) ? gatesOf(of(call.input(7), d), 3) : null;
    return {
      input: transpose(of(w, d)),
      state: transpose(of(r, d)),
      inputBias: slice(biases, { stop: gates * hidden }),
      stateBias: slice(biases, { start: gates * hidden }),
      initial,
      peepholes,
      activations: activations.slice(d * defaults.length, (d + 1) * defaults.length),
    };
  });
}

/** Runs one direction over x of shape [steps, batch, inputs]: the states of all steps, then the last of each part. */
function direction(cell: Cell, x: Tensor, weights: Weights, lengths: Tensor | undefined, reverse: boolean): [Tensor, Tensor[]] {
  const contributions = add(matmul(x, weights.input), weights.inputBias);
  const steps = arange(0, x.shape[0], 1, lengths?.dtype ?? 'int32');
  const [last, states] = scan(
    (state, { gates, step }) => {
      const next = cell(state, gates, weights);
      if (lengths === undefined) return [next, next[0]];
      // After its end a sequence keeps its state, and gives zeros.
      const inside = expandDims(less(step, lengths), 1);
      return [next.map((value, i) => where(inside, value, state[i])), where(inside, next[0], 0)];
    },
    [...weights.initial],
    { gates: contributions, step: steps },
    { reverse },
  );
  return [states, last];
}

function recurrent(call: Call, layer: Layer): Tensor[] {
  const batchFirst = call.int('layout', 0) === 1;
  const x = batchFirst ? transpose(call.input(0), [1, 0, 2]) : call.input(0);
  const way = call.string('direction', 'forward').toLowerCase();
  const ways = way === 'bidirectional' ? [false, true] : [way === 'reverse'];
  const all = weightsOf(call, layer, x.shape[1], ways.length);
  const results = ways.map((reverse, d) => direction(layer.cell(call), x, all[d], call.optional(4), reverse));
  const states = stack(
    results.map(([sequence]) => sequence),
    { axis: 1 },
  );
  const last = Array.from({ length: layer.parts }, (_, i) => stack(results.map(([, parts]) => parts[i])));
  if (!batchFirst) return [states, ...last];
  return [transpose(states, [2, 0, 1, 3]), ...last.map((part) => transpose(part, [1, 0, 2]))];
}

/** Bounds what goes into an activation, with the attribute `clip`. */
function limiter(call: Call): (x: Tensor) => Tensor {
  const bound = call.float('clip');
  return bound === undefined ? (x) => x : (x) => clip(x, -bound, bound);
}

const rnn: Layer = {
  gates: 1,
  parts: 1,
  defaults: ['Tanh'],
  cell: (call) => {
    const limit = limiter(call);
    return ([h], gates, { state, stateBias, activations: [f] }) => [f(limit(add(gates, add(matmul(h, state), stateBias))))];
  },
};

const gru: Layer = {
  gates: 3,
  parts: 1,
  defaults: ['Sigmoid', 'Tanh'],
  cell: (call) => {
    const limit = limiter(call);
    const resetAfter = call.int('linear_before_reset', 0) !== 0;
    return ([h], gates, { state, stateBias, activations: [f, g] }) => {
      const [inputZ, inputR, inputH] = gatesOf(gates, 3);
      const [stateZ, stateR, stateH] = gatesOf(state, 3);
      const [biasZ, biasR, biasH] = gatesOf(stateBias, 3);
      const z = f(limit(add(inputZ, add(matmul(h, stateZ), biasZ))));
      const r = f(limit(add(inputR, add(matmul(h, stateR), biasR))));
      const past = resetAfter ? multiply(r, add(matmul(h, stateH), biasH)) : add(matmul(multiply(r, h), stateH), biasH);
      const candidate = g(limit(add(inputH, past)));
      return [add(multiply(subtract(1, z), candidate), multiply(z, h))];
    };
  },
};

const lstm: Layer = {
  gates: 4,
  parts: 2,
  defaults: ['Sigmoid', 'Tanh', 'Tanh'],
  cell: (call) => {
    const limit = limiter(call);
    const coupled = call.int('input_forget', 0) !== 0;
    return ([h, c], gates, { state, stateBias, peepholes, activations: [f, g, last] }) => {
      const [i, o, forget, candidate] = gatesOf(add(gates, add(matmul(h, state), stateBias)), 4);
      // Peepholes are in the order input, output, forget.
      const peep = (gate: Tensor, cell: Tensor, k: number): Tensor => (peepholes === null ? gate : add(gate, multiply(peepholes[k], cell)));
      const input = f(limit(peep(i, c, 0)));
      const kept = coupled ? subtract(1, input) : f(limit(peep(forget, c, 2)));
      const next = add(multiply(kept, c), multiply(input, g(limit(candidate))));
      const output = f(limit(peep(o, next, 1)));
      return [multiply(output, last(next)), next];
    };
  },
};

export const rules: Rules = {
  GRU: (call) => recurrent(call, gru),
  LSTM: (call) => recurrent(call, lstm),
  RNN: (call) => recurrent(call, rnn),
};
