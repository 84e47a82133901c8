/** A plugin as a third party writes it: one optimizer, one engine wrapper, one callback, from public packages only. */
import {
  add,
  cast,
  definePlugin,
  multiply,
  negative,
  ortEngine,
  sign,
  withSchedules,
  zeros,
  type Callback,
  type Engine,
  type Executable,
  type Optimizer,
  type Schedule,
  type Tensor,
} from 'gradus';

export interface LionOptions {
  /** Default: 1e-3; Lion wants about a tenth of Adam's rate, and a rate that falls: its steps do not shrink by themselves. */
  readonly learningRate?: number | Schedule;
}

/**
 * Lion: steps of one size, in the direction of an average of gradients.
 * Source: Chen et al., "Symbolic Discovery of Optimization Algorithms" (2023), algorithm 2, without weight decay.
 */
export function lion({ learningRate = 1e-3 }: LionOptions = {}): Optimizer {
  const mix = (a: Tensor, b: Tensor, share: number): Tensor => add(multiply(a, share), multiply(b, 1 - share));
  return {
    name: 'acme/lion',
    hyperparameters: { learningRate },
    init: (params) => ({ m: Object.fromEntries(Object.entries(params).map(([name, p]) => [name, zeros(p.shape, p.dtype)])) }),
    update(gradients, state, _params, { hyperparameters }) {
      const m = state.m as Record<string, Tensor>;
      const names = Object.keys(gradients);
      const step = (name: string): Tensor =>
        multiply(sign(mix(m[name], gradients[name], 0.9)), negative(cast(hyperparameters.learningRate, gradients[name].dtype)));
      return [
        Object.fromEntries(names.map((name) => [name, step(name)])),
        { m: Object.fromEntries(names.map((name) => [name, mix(m[name], gradients[name], 0.99)])) },
      ];
    },
  };
}

export interface CountingOptions {
  /** What does the work. Default: ONNX Runtime. */
  readonly engine?: Engine;
  /** Counts up, so that whoever passed it can read it. */
  readonly counter?: { runs: number };
}

/** Any engine, with its runs counted. */
export function counting({ engine = ortEngine(), counter = { runs: 0 } }: CountingOptions = {}): Engine {
  const count = async (compiled: Promise<Executable>): Promise<Executable> => {
    const executable = await compiled;
    return {
      run: (inputs) => {
        counter.runs++;
        return executable.run(inputs);
      },
      dispose: () => executable.dispose(),
    };
  };
  return {
    name: `counting(${engine.name})`,
    compile: (graph) => count(engine.compile(graph)),
    compileLoop: (step, layout) => count(engine.compileLoop(step, layout)),
  };
}

/** Writes a line whenever the loss halved since the last line. */
export function halvings({ write = console.log }: { readonly write?: (line: string) => void } = {}): Callback {
  let mark = Infinity;
  return {
    name: 'acme/halvings',
    onEpochEnd(epoch, { loss }) {
      if (loss > mark / 2) return;
      mark = loss;
      write(`epoch ${epoch}: loss ${loss.toFixed(4)}`);
    },
    getState: () => ({ mark }),
    setState: (state) => {
      ({ mark } = state as { mark: number });
    },
  };
}

export const acme = definePlugin({
  name: 'acme',
  core: '^0.1.0',
  setup(registry) {
    registry.add('optimizer', 'acme/lion', withSchedules(lion));
    registry.add('engine', 'acme/counting', counting);
    registry.add('callback', 'acme/halvings', halvings);
  },
});
