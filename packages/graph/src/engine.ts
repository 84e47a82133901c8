/** The contract of engines, and `jsEngine`: the interpreter as an engine, always there, the oracle of all others. */
import { GradusError } from './errors.js';
import type { Graph } from './graph.js';
import { prepare } from './interpreter.js';
import { NDArray, row } from './ndarray.js';
import { dtypes } from './dtype.js';
import { formatShape, sameShape, sizeOf } from './shape.js';
import type { Tensor } from './tensor.js';

/** A compiled graph. */
export interface Executable {
  /** Runs once. Inputs are in the graph's order and stay as they are; outputs are fresh arrays. */
  run(inputs: readonly NDArray[]): Promise<NDArray[]>;
  /** Frees what the engine holds. Running afterwards is an error. */
  dispose(): Promise<void>;
}

/**
 * How a step graph is looped. Its inputs are, in this order, `carried` values, `scanned` values and any number of constants;
 * its outputs are the `carried` values for the next step, in the same order and of the same specs, then values to stack.
 */
export interface LoopLayout {
  readonly carried: number;
  readonly scanned: number;
}

/** Turns graphs into something that runs. */
export interface Engine {
  readonly name: string;
  compile(graph: Graph): Promise<Executable>;
  /**
   * Compiles a step so that one `run` does K of them: scanned inputs get a leading axis of K (at least 1, free at each run),
   * outputs are the carried values after step K and the stacked values with a leading axis of K. The same bits as K single steps.
   */
  compileLoop(step: Graph, layout: LoopLayout): Promise<Executable>;
}

/**
 * K of a looped run, after checking the loop's inputs.
 * @throws `SHAPE_MISMATCH` when an input does not fit, naming it, and when scanned inputs disagree on K.
 */
export function checkLoopInputs(step: Graph, layout: LoopLayout, inputs: readonly NDArray[]): number {
  const scanEnd = layout.carried + layout.scanned;
  const steps = inputs[layout.carried]?.shape[0] ?? 0;
  const bad = (i: number, expected: string): GradusError =>
    new GradusError('SHAPE_MISMATCH', {
      what: `Input '${step.inputNames[i] ?? i}' does not fit the loop`,
      received: inputs[i] === undefined ? 'nothing' : inputs[i].toString(),
      expected,
    });
  if (inputs.length > step.inputs.length) throw bad(step.inputs.length, `${step.inputs.length} inputs`);
  step.inputs.forEach((spec, i) => {
    const scanned = i >= layout.carried && i < scanEnd;
    const shape = scanned ? [steps, ...spec.shape] : spec.shape;
    if (inputs[i]?.dtype !== spec.dtype || !sameShape(inputs[i].shape, shape) || (scanned && steps < 1)) {
      throw bad(i, `${spec.dtype}${formatShape(shape)}${scanned && steps < 1 ? ' with at least one step' : ''}`);
    }
  });
  return steps;
}

/**
 * Throws `INVALID_LOOP` unless the layout fits the step and its carried outputs have the specs of its carried inputs. Engines call
 * it first.
 */
export function checkLoop(step: Graph, layout: LoopLayout): void {
  const { carried, scanned } = layout;
  if (![carried, scanned].every((n) => Number.isInteger(n) && n >= 0) || carried + scanned > step.inputs.length) {
    throw new GradusError('INVALID_LOOP', {
      what: 'The layout of a loop does not fit its step',
      received: `${carried} carried and ${scanned} scanned of ${step.inputs.length} inputs`,
      expected: 'counts that add up to the number of inputs or less',
    });
  }
  if (scanned < 1) {
    throw new GradusError('INVALID_LOOP', {
      what: 'A loop needs at least one scanned input',
      received: 'none',
      expected: 'an input that gives the number of steps',
    });
  }
  for (let i = 0; i < carried; i++) {
    const from = step.inputs[i];
    const to = step.outputs[i];
    if (to === undefined || from.dtype !== to.dtype || !sameShape(from.shape, to.shape)) {
      throw new GradusError('INVALID_LOOP', {
        what: `Carried value '${step.inputNames[i]}' changes its type or shape in the step`,
        received: to === undefined ? 'no output' : `${to.dtype}${formatShape(to.shape)}`,
        expected: `${from.dtype}${formatShape(from.shape)}`,
      });
    }
  }
}

/** The JavaScript interpreter as an engine. Slow on large arrays, exact everywhere, nothing to install. */
export const jsEngine: Engine = {
  name: 'js',

  async compile(graph) {
    const run = prepare(graph);
    return executable((inputs) => fresh(run(inputs), [...inputs, ...graph.outputs]));
  },

  async compileLoop(step, layout) {
    checkLoop(step, layout);
    const run = prepare(step);
    const { carried } = layout;
    const scanEnd = carried + layout.scanned;
    return executable((inputs) => {
      const steps = checkLoopInputs(step, layout, inputs);
      let state = inputs.slice(0, carried);
      const stacked = step.outputs.slice(carried).map((spec) => {
        const shape = [steps, ...spec.shape];
        return new NDArray(spec.dtype, shape, dtypes[spec.dtype].allocate(sizeOf(shape)));
      });
      for (let k = 0; k < steps; k++) {
        const outputs = run([...state, ...inputs.slice(carried, scanEnd).map((input) => row(input, k)), ...inputs.slice(scanEnd)]);
        state = outputs.slice(0, carried);
        stacked.forEach((array, i) => row(array, k).data.set(outputs[carried + i].data as never));
      }
      return [...fresh(state, [...inputs, ...step.outputs]), ...stacked];
    });
  },
};

function executable(run: (inputs: readonly NDArray[]) => NDArray[]): Executable {
  let disposed = false;
  return {
    run: async (inputs) => {
      if (disposed) throw new GradusError('DISPOSED', { what: 'A compiled graph was run after dispose()', fix: 'Compile it again.' });
      return run(inputs);
    },
    dispose: async () => {
      disposed = true;
    },
  };
}

/** The arrays, copied where they share memory with `others` or with one another: reshaping does not copy. */
function fresh(arrays: readonly NDArray[], others: readonly Tensor[]): NDArray[] {
  const taken = new Set(others.flatMap((other) => (other instanceof NDArray ? [other.data.buffer] : [])));
  return arrays.map((array) => {
    const own = taken.has(array.data.buffer) ? new NDArray(array.dtype, array.shape, array.data.slice()) : array;
    taken.add(own.data.buffer);
    return own;
  });
}
