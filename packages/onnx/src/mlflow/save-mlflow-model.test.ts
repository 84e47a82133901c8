/** The folder has exactly the files and lines that MLflow asks for. */
import { VERSION } from '@gradus/core';
import { asarray, randomKey, type NDArray } from '@gradus/graph';
import { dense, sequential, softmaxCrossEntropy, supervised } from '@gradus/nn';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { exportOnnx, parseModel, readModelFile, saveMlflowModel, serializeModel, type ModelMessage } from '../index.js';
import { yaml } from './yaml.js';

let folder = '';
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'gradus-mlflow-')), 'model');
  onTestFinished(() => rmSync(join(folder, '..'), { recursive: true }));
});
const read = (name: string): string => readFileSync(join(folder, name), 'utf8');

const model = supervised({ name: 'digits', net: sequential([dense({ in: 2, out: 3 })]), loss: softmaxCrossEntropy });
const file = exportOnnx(model, { params: model.init(randomKey(1) as NDArray) }, { inputs: { x: { dtype: 'float32', shape: ['batch', 2] } } });
const created = new Date('2026-11-20T22:06:53.981Z');

it('is complete', () => {
  const runId = '0123456789abcdef0123456789abcdef';
  const saved = saveMlflowModel(folder, file, { inputExample: { x: asarray([[1, 2.5]]) }, runId, modelId: `m-${runId}`, artifactPath: 'model', metadata: { note: 'it: works' }, created });
  expect(saved).toEqual({ modelId: `m-${runId}`, size: statSync(join(folder, 'model.onnx')).size, files: ['MLmodel', 'conda.yaml', 'input_example.json', 'model.onnx', 'python_env.yaml', 'requirements.txt', 'serving_input_example.json'] });
  expect(read('MLmodel')).toBe(`artifact_path: model
flavors:
  onnx:
    code: null
    data: model.onnx
    onnx_session_options: null
    onnx_version: '1.17.0'
    providers:
      - CPUExecutionProvider
  python_function:
    data: model.onnx
    env:
      conda: conda.yaml
      virtualenv: python_env.yaml
    loader_module: mlflow.onnx
    python_version: '3.11.7'
is_signature_from_type_hint: false
metadata:
  framework: gradus
  framework_version: '${VERSION}'
  note: 'it: works'
mlflow_version: '3.6.0'
model_id: m-${runId}
model_size_bytes: ${saved.size}
model_uuid: m-${runId}
prompts: null
run_id: '${runId}'
saved_input_example_info:
  artifact_path: input_example.json
  serving_input_path: serving_input_example.json
  type: ndarray
signature:
  inputs: '[{"name":"x","type":"tensor","tensor-spec":{"dtype":"float32","shape":[-1,2]}}]'
  outputs: '[{"name":"output","type":"tensor","tensor-spec":{"dtype":"float32","shape":[-1,3]}}]'
  params: null
type_hint_from_example: false
utc_time_created: '2026-11-20 22:06:53.981000'
`);
  expect(read('input_example.json')).toBe('{"x":[[1,2.5]]}');
  expect(read('serving_input_example.json')).toBe('{"inputs":{"x":[[1,2.5]]}}');
  expect(read('requirements.txt')).toBe('mlflow==3.6.0\nonnx==1.17.0\nonnxruntime==1.20.0\n');
  expect(read('python_env.yaml')).toBe("python: '3.11.7'\nbuild_dependencies:\n  - pip\n  - setuptools\n  - wheel\ndependencies:\n  - '-r requirements.txt'\n");
  expect(read('conda.yaml')).toBe(
    'channels:\n  - conda-forge\ndependencies:\n  - python=3.11.7\n  - pip\n  -\n    pip:\n      - mlflow==3.6.0\n      - onnx==1.17.0\n      - onnxruntime==1.20.0\nname: mlflow-env\n',
  );
  expect(readModelFile(join(folder, 'model.onnx'))).toEqual(parseModel(serializeModel(file)));
});

it('may be less, and takes the place of what was there', () => {
  saveMlflowModel(folder, file, { externalData: true, inputExample: { x: asarray([[1, 2]]) } });
  const { files, modelId } = saveMlflowModel(folder, join(folder, 'model.onnx'), { created });
  expect(files).toContain('model.onnx');
  expect(files).not.toContain('model.onnx.data');
  expect(read('MLmodel')).not.toMatch(/run_id|artifact_path: model$|saved_input_example/m);
  expect(modelId).toMatch(/^m-[0-9a-f]{32}$/);
  expect(saveMlflowModel(folder, file, { created }).modelId).toBe(modelId);
  expect(saveMlflowModel(folder, file, { created: new Date(0) }).modelId).not.toBe(modelId);
});

describe('what does not fit', () => {
  it.each([
    [{ inputExample: {} }, /'x' missing.*every input: x.*INVALID_ARGUMENT/],
    [{ inputExample: { x: asarray([1, 2]) } }, /'x' float32\[2\].*INVALID_ARGUMENT/],
    [{ inputExample: { x: asarray([[1, 2]], { dtype: 'float64' }) } }, /'x' float64\[1, 2\].*INVALID_ARGUMENT/],
    [{ inputExample: { x: asarray([[1, 2]]), z: asarray(1) } }, /'z'.*inputs of the model: x.*INVALID_ARGUMENT/],
    [{ created: new Date('never') }, /'created' of saveMlflowModel.*a date.*INVALID_ARGUMENT/],
    [{ runid: 'x' }, /no option 'runid'.*runId.*INVALID_ARGUMENT/],
  ] as const)('%#', (options, reason) => {
    expect(() => saveMlflowModel(folder, file, options as object)).toThrow(reason);
    expect(() => readdirSync(folder)).toThrow();
  });

  it('is an output that is no tensor', () => {
    const odd: ModelMessage = { ...file, graph: { ...file.graph, output: [{ name: 'output', type: { sequenceType: {} } }] } };
    expect(() => saveMlflowModel(folder, odd)).toThrow(/'output' is no tensor.*sequence.*INVALID_ONNX/);
  });
});

it('text is quoted where YAML would read something else', () => {
  const lines = (value: string): string => yaml({ a: value }).slice(3, -1);
  expect(['plain', 'a b', 'x==1', 'm-12'].map(lines)).toEqual(['plain', 'a b', 'x==1', 'm-12']);
  expect(['', 'null', 'Yes', '1.0', '-x', "it's: so", 'a # b', ' a', '[1]', '0123', '+1', '~'].map(lines)).toEqual(
    ["''", "'null'", "'Yes'", "'1.0'", "'-x'", "'it''s: so'", "'a # b'", "' a'", "'[1]'", "'0123'", "'+1'", "'~'"],
  );
  expect(lines('two\nlines')).toBe('"two\\nlines"');
  expect(yaml({ list: [], none: {}, n: 1.5, b: true })).toBe('list: []\nnone: {}\nn: 1.5\nb: true\n');
});
