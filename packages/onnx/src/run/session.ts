/** Where ONNX models run: a session that the caller gives, or one of onnxruntime-node, which is imported when it is first needed. */
import { dtypes, GradusError, NDArray, type DType, type TypedArray } from '@gradus/graph';

/** A model that is ready to run. */
export interface OnnxSession {
  /** Arrays by the names of inputs; gives those of outputs. */
  run(inputs: Readonly<Record<string, NDArray>>): Promise<Readonly<Record<string, NDArray>>>;
  release?(): Promise<void>;
}

/** Makes a session of a model: of the bytes of a file, or of its path. */
export type OpenSession = (model: Uint8Array | string) => Promise<OnnxSession>;

interface OrtTensor {
  readonly type: string;
  readonly dims: readonly number[];
  readonly data: unknown;
}

interface OrtSession {
  run(feeds: Record<string, OrtTensor>): Promise<Record<string, OrtTensor>>;
  release(): Promise<void>;
}

interface Ort {
  readonly Tensor: new (type: string, data: never, dims: readonly number[]) => OrtTensor;
  readonly InferenceSession: { create(model: Uint8Array | string, options: object): Promise<OrtSession> };
}

// The name is not a literal in `import()` so that bundlers and the compiler leave the optional package alone.
const packageName: string = 'onnxruntime-node';

/**
 * Optimizers of ONNX Runtime that do not know float64: the first would write a constant factor as a float32, the others make operators
 * that exist in float32 only.
 */
const NARROWING = 'MatMulScaleFusion;QuickGeluFusion;FuseReluClip';

/**
 * Sessions of onnxruntime-node on the CPU.
 *
 * @param options.threads Threads inside one operator. Default: as ONNX Runtime chooses.
 * @param options.importer Gives the module. Default: a dynamic import of it.
 * @throws when a session is opened: `ORT_UNAVAILABLE`; `ORT_LOAD_FAILED` for a model that it refuses.
 * @example const { run } = await ortSessions()(readFileSync('model.onnx'));
 */
export function ortSessions(options: { readonly threads?: number; readonly importer?: () => Promise<unknown> } = {}): OpenSession {
  const { threads, importer = () => import(packageName) } = options;
  let loading: Promise<Ort> | undefined;
  return async (model) => {
    const ort = await (loading ??= importer()
      .then(runtimeOf)
      .catch((error: unknown) => {
        throw new GradusError('ORT_UNAVAILABLE', {
          what: 'onnxruntime-node cannot be loaded',
          received: firstLine(error),
          fix: "Install it with 'npm install onnxruntime-node' (ONNXRUNTIME_NODE_INSTALL=skip where its download step fails), or give another session.",
          cause: error,
        });
      }));
    const settings = {
      executionProviders: ['cpu'],
      extra: { optimization: { disable_specified_optimizers: NARROWING } },
      ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
      interOpNumThreads: 1,
      logSeverityLevel: 4,
    };
    const session = await ort.InferenceSession.create(model, settings).catch((error: unknown) => {
      throw new GradusError('ORT_LOAD_FAILED', { what: 'ONNX Runtime refuses the model', received: firstLine(error), cause: error });
    });
    return {
      async run(inputs) {
        const feeds = Object.entries(inputs).map(
          ([name, { dtype, data, shape }]) => [name, new ort.Tensor(dtype, data as never, shape)] as const,
        );
        const results = await session.run(Object.fromEntries(feeds)).catch((error: unknown) => {
          throw new GradusError('ORT_RUN_FAILED', {
            what: 'ONNX Runtime failed to run the model',
            received: firstLine(error),
            cause: error,
          });
        });
        return Object.fromEntries(Object.entries(results).map(([name, tensor]) => [name, arrayOf(name, tensor)]));
      },
      release: () => session.release(),
    };
  };
}

const firstLine = (error: unknown): string => (error instanceof Error ? error.message : String(error)).split('\n')[0];

/** The runtime inside an imported module: CommonJS packages arrive under `default`. */
function runtimeOf(module: unknown): Ort {
  for (const candidate of [module, (module as { default?: unknown } | null)?.default]) {
    const runtime = candidate as Partial<Ort> | null | undefined;
    if (typeof runtime?.Tensor === 'function' && typeof runtime.InferenceSession?.create === 'function') return runtime as Ort;
  }
  throw new Error(`${packageName} was imported but has no InferenceSession`);
}

function arrayOf(name: string, { type, dims, data }: OrtTensor): NDArray {
  if (Object.hasOwn(dtypes, type)) return new NDArray(type as DType, dims, data as TypedArray);
  throw new GradusError('DTYPE_MISMATCH', {
    what: `Output '${name}' has an element type that Gradus does not compute with`,
    received: type,
    expected: Object.keys(dtypes).join(', '),
  });
}
