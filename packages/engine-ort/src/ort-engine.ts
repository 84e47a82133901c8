/** The engine on ONNX Runtime: a graph is one session, a loop of K steps is one session with one `Scan`. */
import { checkOptions, rules } from '@gradus/core';
import { checkInputs, checkLoop, checkLoopInputs, GradusError, jsEngine, type Engine, type Executable, type NDArray } from '@gradus/graph';
import { encode, lower, lowerLoop, type OnnxGraph } from '@gradus/onnx';
import { allNodes, loadError, runError } from './errors.js';
import { importOrt, runtimeOf, type OrtImporter, type OrtRuntime, type OrtSession } from './runtime.js';
import { fromOrt, toOrt } from './tensors.js';
import { adapt } from './adapt.js';

export interface OrtEngineOptions {
  /**
   * Threads inside one operator, from 1. Default: one per physical core, as ONNX Runtime chooses: on two cores the steps of the
   * larger perceptrons of `benchmarks/src/mlp` took 0.6 of the time, those of the small one 1.06. Results differ in the last
   * bits between numbers of threads.
   */
  readonly threads?: number;
  /**
   * Whether ONNX Runtime keeps the memory of intermediate results for the next execution. Default: `true`. With `false` an idle
   * trainer holds little more than its parameters and slots instead of some eight copies of the parameters besides; steps of a large
   * model (20 million parameters) then took up to twice the time, since the system clears the memory again at every step.
   */
  readonly memoryArena?: boolean;
  /** Where onnxruntime-node cannot be imported: `true` (the default) runs graphs in the interpreter, `false` throws. */
  readonly fallback?: boolean;
  /** Told once when the interpreter takes over. Default: `console.warn`. */
  readonly onFallback?: (message: string) => void;
  /** Gives the module onnxruntime-node. Default: a dynamic import of it. */
  readonly importer?: OrtImporter;
}

const OPTIONS = {
  threads: rules.positiveCount,
  memoryArena: rules.flag,
  fallback: rules.flag,
  onFallback: rules.method,
  importer: rules.method,
};

const INSTALL = "Install it with 'npm install onnxruntime-node' (ONNXRUNTIME_NODE_INSTALL=skip where its download step fails)";

/**
 * Runs graphs in onnxruntime-node on the CPU.
 *
 * The native package is imported at the first `compile`. Where that fails the interpreter takes over, says so once, and the
 * engine's `name` becomes `js`.
 *
 * @throws `INVALID_ARGUMENT` for an option that does not exist or has no usable value.
 * @example
 * const { graph } = trace((x) => sum(tanh(x)), { dtype: 'float32', shape: [3] });
 * const executable = await ortEngine({ threads: 1 }).compile(graph);
 * const [result] = await executable.run([asarray([1, 2, 3])]);
 * await executable.dispose();
 */
export function ortEngine(options: OrtEngineOptions = {}): Engine {
  const { threads, memoryArena = true, fallback = true, onFallback = (message) => console.warn(message), importer = importOrt } = options;
  checkOptions('ortEngine', options, OPTIONS);
  let name = 'ort';
  let loading: Promise<OrtRuntime | null> | undefined;

  /** The runtime, or `null` when the interpreter stands in for it. */
  const runtime = (): Promise<OrtRuntime | null> =>
    (loading ??= Promise.resolve()
      .then(importer)
      .then(runtimeOf)
      .catch((error: unknown) => {
        const reason = (error instanceof Error ? error.message : String(error)).split('\n')[0];
        if (!fallback) {
          throw new GradusError('ORT_UNAVAILABLE', {
            what: 'onnxruntime-node cannot be loaded',
            received: reason,
            fix: `${INSTALL}, or allow the interpreter: fallback: true.`,
            cause: error,
          });
        }
        name = 'js';
        onFallback(
          `Gradus: onnxruntime-node cannot be loaded (${reason}). The JavaScript interpreter takes over: the same results, ` +
            `10 to 100 times slower on large arrays. ${INSTALL}.`,
        );
        return null;
      }));

  const open = async (ort: OrtRuntime, graph: OnnxGraph, check: (inputs: readonly NDArray[]) => void): Promise<Executable> => {
    let session: OrtSession | null;
    try {
      session = await ort.InferenceSession.create(encode(graph), sessionOptions(threads, memoryArena, isWide(graph)));
    } catch (error) {
      throw loadError(graph, error);
    }
    return {
      async run(inputs) {
        if (session === null) {
          throw new GradusError('DISPOSED', { what: 'An executable was run after dispose()', fix: 'Compile the graph again.' });
        }
        check(inputs);
        const feeds = Object.fromEntries(session.inputNames.map((input, i) => [input, toOrt(ort, inputs[i])]));
        const { outputNames } = session;
        const results = await session.run(feeds).catch((error: unknown) => {
          throw runError(graph, error);
        });
        return outputNames.map((output) => fromOrt(results[output]));
      },
      async dispose() {
        const open = session;
        session = null;
        await open?.release();
      },
    };
  };

  return {
    get name() {
      return name;
    },
    async compile(graph) {
      const ort = await runtime();
      if (ort === null) return jsEngine.compile(graph);
      return open(ort, lower(adapt(graph, { threads })), (inputs) => checkInputs(graph, inputs));
    },
    async compileLoop(step, layout) {
      checkLoop(step, layout);
      const ort = await runtime();
      if (ort === null) return jsEngine.compileLoop(step, layout);
      return open(ort, lowerLoop(adapt(step, { threads }), layout), (inputs) => void checkLoopInputs(step, layout, inputs));
    },
  };
}

/**
 * Optimizers of ONNX Runtime 1.30 that do not know float64. The first writes a constant factor of a product as a float32 attribute:
 * matmul(a, b) * 0.07 would be wrong by 4e-9. The second makes x * sigmoid(x) an operator that exists in float32 only, the third
 * cannot read the bounds of a clip after a relu: with either the graph would not load.
 */
const NARROWING = ['MatMulScaleFusion', 'QuickGeluFusion', 'FuseReluClip'];

const sessionOptions = (threads: number | undefined, memoryArena: boolean, wide: boolean): object => ({
  executionProviders: ['cpu'],
  graphOptimizationLevel: 'all',
  ...(wide ? { extra: { optimization: { disable_specified_optimizers: NARROWING.join(';') } } } : {}),
  ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
  interOpNumThreads: 1,
  enableCpuMemArena: memoryArena,
  // Only errors: they arrive as exceptions with the same text.
  logSeverityLevel: 4,
});

/** Whether anything is computed in float64. */
const isWide = (graph: OnnxGraph): boolean =>
  [...allNodes(graph)].some(({ source }) => source?.outputs.some(({ dtype }) => dtype === 'float64') ?? false);
