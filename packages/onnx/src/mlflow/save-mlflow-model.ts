/** A folder that MLflow reads as a model of its ONNX flavour. */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkOptions, rules, VERSION } from '@gradus/core';
import { GradusError, NDArray, type DType, type Nested } from '@gradus/graph';
import { decodeModel } from '../decode.js';
import type { GraphProto, ValueProto } from '../proto.js';
import { parseModel } from '../wire/model-bytes.js';
import { readModelFile, writeModelFile, type WriteOptions } from '../wire/model-file.js';
import type { ModelMessage } from '../wire/schema.js';
import { yaml, type Yaml } from './yaml.js';

export interface MlflowModelOptions {
  /** A batch to show what goes in, by the names of inputs. Default: none. */
  readonly inputExample?: Readonly<Record<string, NDArray>>;
  /** The run that the model is of, 32 hexadecimal digits. Default: none. */
  readonly runId?: string;
  /** The id that the server gave the model (MLflow 3). Default: `m-` and a digest of the model and the time. */
  readonly modelId?: string;
  /** Where in the run's artifacts the folder will be. Default: not told. */
  readonly artifactPath?: string;
  /** Free facts beside framework and version. Default: none. */
  readonly metadata?: Readonly<Record<string, string | number | boolean>>;
  /** When the model was made. Default: now. */
  readonly created?: Date;
  /** Versions that are written down. Defaults: those with which such a folder was loaded and served. */
  readonly versions?: { readonly mlflow?: string; readonly onnx?: string; readonly onnxruntime?: string; readonly python?: string };
  /** Options of the session of ONNX Runtime in which MLflow loads the model. Default: none. */
  readonly sessionOptions?: Readonly<Record<string, string | number>>;
  /** Execution providers. Default: the CPU. */
  readonly providers?: readonly string[];
  /** As in `writeModelFile`. */
  readonly externalData?: WriteOptions['externalData'];
}

export interface MlflowModel {
  readonly modelId: string;
  /** Names of the files in the folder. */
  readonly files: readonly string[];
  /** Bytes of the model and its data. */
  readonly size: number;
}

const OPTIONS = {
  inputExample: rules.object,
  runId: rules.text,
  modelId: rules.text,
  artifactPath: rules.text,
  metadata: rules.object,
  created: { expected: 'a date', accepts: (v: unknown) => v instanceof Date && !Number.isNaN(v.getTime()) },
  versions: rules.object,
  sessionOptions: rules.object,
  providers: rules.texts,
  externalData: rules.flag,
};

const VERSIONS = { mlflow: '3.6.0', onnx: '1.17.0', onnxruntime: '1.20.0', python: '3.11.7' };
const MODEL = 'model.onnx';
const [EXAMPLE, SERVING] = ['input_example.json', 'serving_input_example.json'];

/**
 * Writes a model as a folder of MLflow's ONNX flavour: `mlflow.onnx.load_model`, `mlflow.pyfunc.load_model` and `mlflow models serve` take
 * it. It has `MLmodel` with the signature, `model.onnx` (with its data beside it where that is large), `requirements.txt`,
 * `python_env.yaml`, `conda.yaml`, and the input example in both of its forms. What is in the folder already is replaced.
 *
 * @param source What `exportOnnx` gave, the bytes of a file, or its path.
 * @throws `INVALID_ARGUMENT` for options that are not usable and for an example that does not fit the inputs; `INVALID_ONNX`.
 * @example
 * saveMlflowModel('runs/digits/model', exportOnnx(trainer.model, trainer.state, { inputs }), { inputExample: { x } });
 */
export function saveMlflowModel(folder: string, source: ModelMessage | Uint8Array | string, options: MlflowModelOptions = {}): MlflowModel {
  checkOptions('saveMlflowModel', options, OPTIONS);
  const { inputExample, created = new Date(), externalData } = options;
  const versions = { ...VERSIONS, ...options.versions };
  const message = typeof source === 'string' ? readModelFile(source) : source instanceof Uint8Array ? parseModel(source) : source;
  const { graph } = decodeModel(message);
  const inputs = freeInputs(graph);
  if (inputExample !== undefined) checkExample(inputExample, inputs);

  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder)) if (name.startsWith(MODEL)) rmSync(join(folder, name));
  writeModelFile(join(folder, MODEL), message, { externalData });
  const size = readdirSync(folder).reduce((total, name) => total + (name.startsWith(MODEL) ? statSync(join(folder, name)).size : 0), 0);
  const modelId = options.modelId ?? `m-${digestOf(graph, size, created)}`;
  const example = inputExample === undefined ? {} : examplesOf(inputExample);
  const files: Readonly<Record<string, string>> = {
    ...example,
    'requirements.txt': `mlflow==${versions.mlflow}\nonnx==${versions.onnx}\nonnxruntime==${versions.onnxruntime}\n`,
    'python_env.yaml': yaml({
      python: versions.python,
      build_dependencies: ['pip', 'setuptools', 'wheel'],
      dependencies: ['-r requirements.txt'],
    }),
    'conda.yaml': condaOf(versions),
    // Last: a folder with it is a whole one.
    MLmodel: yaml(
      descriptionOf(options, versions, { modelId, size, created, inputs, outputs: graph.outputs, hasExample: inputExample !== undefined }),
    ),
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return { modelId, files: readdirSync(folder).sort(), size };
}

/** Inputs that are no initializers. */
function freeInputs({ inputs, initializers }: GraphProto): readonly ValueProto[] {
  const known = new Set(initializers.map(({ name }) => name));
  return inputs.filter(({ name }) => !known.has(name));
}

function checkExample(example: Readonly<Record<string, NDArray>>, inputs: readonly ValueProto[]): void {
  for (const { name, type } of inputs) {
    const array = example[name];
    const fits = array instanceof NDArray && type?.kind === 'tensor' && array.dtype === type.elementType && shapeFits(array, type.shape);
    if (fits) continue;
    throw unusable(
      `'${name}' ${array === undefined ? 'missing' : String(array)}`,
      `every input: ${inputs.map((input) => input.name).join(', ')}, as the model takes it`,
    );
  }
  const stray = Object.keys(example).find((name) => !inputs.some((input) => input.name === name));
  if (stray !== undefined) throw unusable(`'${stray}'`, `inputs of the model: ${inputs.map(({ name }) => name).join(', ')}`);
}

const shapeFits = (array: NDArray, shape: readonly (number | string | null)[] | null): boolean =>
  shape === null || (shape.length === array.shape.length && shape.every((n, i) => typeof n !== 'number' || n === array.shape[i]));

const unusable = (received: string, expected: string): GradusError =>
  new GradusError('INVALID_ARGUMENT', { what: "Option 'inputExample' of saveMlflowModel is not usable", received, expected });

/** The same model saved at the same time has the same id. */
function digestOf(graph: GraphProto, size: number, created: Date): string {
  const hash = createHash('sha256').update(`${size} ${created.toISOString()}`);
  for (const { name, bytes } of graph.initializers) hash.update(name).update(bytes);
  return hash.digest('hex').slice(0, 32);
}

const examplesOf = (example: Readonly<Record<string, NDArray>>): Record<string, string> => {
  const values = Object.fromEntries(Object.entries(example).map(([name, array]) => [name, array.toArray() as Nested]));
  return { [EXAMPLE]: JSON.stringify(values), [SERVING]: JSON.stringify({ inputs: values }) };
};

const condaOf = ({ python, mlflow, onnx, onnxruntime }: typeof VERSIONS): string =>
  yaml({
    channels: ['conda-forge'],
    dependencies: [`python=${python}`, 'pip', { pip: [`mlflow==${mlflow}`, `onnx==${onnx}`, `onnxruntime==${onnxruntime}`] }],
    name: 'mlflow-env',
  });

interface Facts {
  readonly modelId: string;
  readonly size: number;
  readonly created: Date;
  readonly inputs: readonly ValueProto[];
  readonly outputs: readonly ValueProto[];
  readonly hasExample: boolean;
}

function descriptionOf(options: MlflowModelOptions, versions: typeof VERSIONS, facts: Facts): Yaml {
  const { artifactPath, runId, metadata, sessionOptions = null, providers = ['CPUExecutionProvider'] } = options;
  const { modelId, size, created, hasExample } = facts;
  return {
    ...(artifactPath === undefined ? {} : { artifact_path: artifactPath }),
    flavors: {
      onnx: { code: null, data: MODEL, onnx_session_options: sessionOptions, onnx_version: versions.onnx, providers },
      python_function: {
        data: MODEL,
        env: { conda: 'conda.yaml', virtualenv: 'python_env.yaml' },
        loader_module: 'mlflow.onnx',
        python_version: versions.python,
      },
    },
    is_signature_from_type_hint: false,
    metadata: { framework: 'gradus', framework_version: VERSION, ...metadata },
    mlflow_version: versions.mlflow,
    model_id: modelId,
    model_size_bytes: size,
    model_uuid: modelId,
    prompts: null,
    ...(runId === undefined ? {} : { run_id: runId }),
    ...(hasExample ? { saved_input_example_info: { artifact_path: EXAMPLE, serving_input_path: SERVING, type: 'ndarray' } } : {}),
    signature: { inputs: specsOf(facts.inputs), outputs: specsOf(facts.outputs), params: null },
    type_hint_from_example: false,
    // UTC without saying so, to the microsecond.
    utc_time_created: created.toISOString().replace('T', ' ').replace('Z', '000'),
  };
}

/** Names, NumPy's types, and sizes, of which -1 is free: JSON as text, which is how MLflow keeps it. */
function specsOf(values: readonly ValueProto[]): string {
  return JSON.stringify(
    values.map(({ name, type }) => {
      if (type?.kind !== 'tensor') {
        throw new GradusError('INVALID_ONNX', {
          what: `'${name}' is no tensor, and MLflow has no word for it`,
          received: type?.kind ?? 'no type',
        });
      }
      const shape = (type.shape ?? []).map((n) => (typeof n === 'number' ? n : -1));
      return { name, type: 'tensor', 'tensor-spec': { dtype: type.elementType satisfies DType | string, shape } };
    }),
  );
}
