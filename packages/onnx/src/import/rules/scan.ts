/** Scan. */
import { scan, slice, squeeze, stack, transpose, type Tensor } from '@gradus/graph';
import type { Call } from '../call.js';
import type { Rules } from '../rule.js';

/** The body over the first axis of `xs`: the last of what goes round, then the stacked results. */
function run(call: Call, init: readonly Tensor[], xs: readonly Tensor[]): Tensor[] {
  const body = call.body('body');
  const [last, stacked] = scan(
    (state, rows) => {
      const values = call.runTensors(body, [...state, ...rows]);
      return [values.slice(0, init.length), values.slice(init.length)];
    },
    [...init],
    [...xs],
  );
  return [...last, ...stacked];
}

/** Since operator set 9; before, a batch comes first, each example with its own loop. */
function scanned(call: Call): Tensor[] {
  const count = call.int('num_scan_inputs')!;
  if (call.version < 9) return batchOfScans(call, count);
  const inputs = call.tensors();
  const carried = inputs.length - count;
  const results = call.body('body').outputs.length - carried;
  const flags = (name: string, length: number): number[] => call.ints(name) ?? new Array<number>(length).fill(0);
  const [inputAxes, inputWays] = [flags('scan_input_axes', count), flags('scan_input_directions', count)];
  const [outputAxes, outputWays] = [flags('scan_output_axes', results), flags('scan_output_directions', results)];
  // One scan goes one way: inputs that go the other way are turned around, and so are outputs.
  const xs = inputs.slice(carried).map((x, i) => turned(toFront(x, inputAxes[i]), inputWays[i] === 1));
  const outputs = run(call, inputs.slice(0, carried), xs);
  const stacked = outputs.slice(carried).map((y, i) => fromFront(turned(y, outputWays[i] === 1), outputAxes[i]));
  return [...outputs.slice(0, carried), ...stacked];
}

const turned = (x: Tensor, backwards: boolean): Tensor => (backwards ? slice(x, { step: -1 }) : x);

const toFront = (x: Tensor, axis: number): Tensor => {
  const at = axis < 0 ? axis + x.shape.length : axis;
  return at === 0 ? x : transpose(x, [at, ...[...x.shape.keys()].filter((i) => i !== at)]);
};

const fromFront = (x: Tensor, axis: number): Tensor => {
  const at = axis < 0 ? axis + x.shape.length : axis;
  const order = [...x.shape.keys()].slice(1);
  return at === 0 ? x : transpose(x, [...order.slice(0, at), 0, ...order.slice(at)]);
};

/** Each is a loop of its own. */
const MOST_EXAMPLES = 1000;

/** Operator set 8: every tensor has the batch first; sequence lengths are input 0. */
function batchOfScans(call: Call, count: number): Tensor[] {
  if (call.has(0)) throw call.unsupported('sequence lengths (operator set 8)');
  if (call.ints('directions')?.includes(1)) throw call.unsupported('a direction backwards (operator set 8)');
  const inputs = call.tensors(1);
  const carried = inputs.length - count;
  if (inputs[0].shape[0] > MOST_EXAMPLES) throw call.unsupported(`more than ${MOST_EXAMPLES} examples (operator set 8)`);
  const examples = Array.from({ length: inputs[0].shape[0] }, (_, b) => {
    const own = inputs.map((x) => squeeze(slice(x, { start: b, stop: b + 1 }), 0));
    return run(call, own.slice(0, carried), own.slice(carried));
  });
  return examples[0].map((_, i) => stack(examples.map((values) => values[i])));
}

export const rules: Rules = { Scan: scanned };
