/** What Gradus uses of onnxruntime-node, and how the optional package is loaded. */

/** A tensor of ONNX Runtime. */
export interface OrtTensor {
  readonly type: string;
  readonly dims: readonly number[];
  readonly data: unknown;
}

export interface OrtSession {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  run(feeds: Record<string, OrtTensor>): Promise<Record<string, OrtTensor>>;
  release(): Promise<void>;
}

export interface OrtRuntime {
  readonly Tensor: new (type: string, data: never, dims: readonly number[]) => OrtTensor;
  readonly InferenceSession: { create(model: Uint8Array, options: object): Promise<OrtSession> };
}

/** Gives the module `onnxruntime-node`, or rejects where it cannot be imported. */
export type OrtImporter = () => Promise<unknown>;

// The name is not a literal in `import()` so that bundlers and the compiler leave the optional package alone.
const packageName: string = 'onnxruntime-node';

export const importOrt: OrtImporter = () => import(packageName);

/** The runtime inside an imported module. CommonJS packages arrive under `default`. @throws when there is none. */
export function runtimeOf(module: unknown): OrtRuntime {
  for (const candidate of [module, (module as { default?: unknown } | null)?.default]) {
    const runtime = candidate as Partial<OrtRuntime> | null | undefined;
    if (typeof runtime?.Tensor === 'function' && typeof runtime.InferenceSession?.create === 'function') return runtime as OrtRuntime;
  }
  throw new Error(`${packageName} was imported but has no InferenceSession`);
}
