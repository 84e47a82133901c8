/** What is float64 stays float64, forwards and backwards, down to the model that ONNX Runtime is given. */
import { readdirSync, readFileSync } from 'node:fs';
import { operatorCases, type OperatorCase } from '@gradus/graph/cases';
import { describe, expect, it } from 'vitest';
import golden from '../../nn/test/golden/losses.json' with { type: 'json' };
import { layers } from '../test/layers.cases.js';
import { narrow } from '../test/narrow.js';
import {
  add, asarray, cast, isFloat, layerNormalization, metrics, multiply, normal, ortEngine, randomKey, scan, sequential, sum, trace, valueAndGrad, zeros,
  type Graph, type Layer, type Loss, type Metric, type NDArray, type Nested, type Tensor,
} from './index.js';
import * as gradus from './index.js';

type Record64 = Readonly<Record<string, Tensor>>;

/** A runtime that computes nothing and keeps the models it is given. */
function keeping(models: Uint8Array[]) {
  const session = { inputNames: [], outputNames: [], run: () => Promise.resolve({}), release: () => Promise.resolve() };
  return { Tensor: class {}, InferenceSession: { create: (model: Uint8Array) => (models.push(model), Promise.resolve(session)) } };
}

/** What ONNX Runtime would compute in less than float64, with one thread and with several. */
async function found(...graphs: readonly Graph[]): Promise<string[]> {
  const models: Uint8Array[] = [];
  for (const threads of [1, 2]) {
    const engine = ortEngine({ threads, fallback: false, importer: () => Promise.resolve(keeping(models)) });
    for (const graph of graphs) await engine.compile(graph);
  }
  expect(models.length).toBe(2 * graphs.length);
  return [...new Set(models.flatMap(narrow))];
}

/** The names of what the files of a folder of `@gradus/nn` export. */
function exportsOf(folder: string): string[] {
  const url = new URL(`../../nn/src/${folder}/`, import.meta.url);
  const files = readdirSync(url).filter((name) => name.endsWith('.ts') && !/test|index/.test(name));
  return files.flatMap((name) => [...readFileSync(new URL(name, url), 'utf8').matchAll(/^export (?:const|function) (\w+)/gm)].map((match) => match[1]));
}

const f64 = (values: Nested): NDArray => asarray(values, { dtype: 'float64' });
const i32 = (values: Nested): NDArray => asarray(values, { dtype: 'int32' });
const wide = (x: NDArray): NDArray => (isFloat(x.dtype) ? (cast(x, 'float64') as NDArray) : x);
const list = (outputs: Tensor | readonly Tensor[]): readonly Tensor[] => (Array.isArray(outputs) ? outputs : [outputs]) as readonly Tensor[];

/** The floating-point outputs as one number, no output more than another. */
const project = (outputs: readonly Tensor[]): Tensor =>
  outputs.filter(({ dtype }) => dtype === 'float64').map((y, i) => sum(multiply(multiply(y, y), i + 1))).reduce((a, b) => add(a, b));

it('the search finds float32 wherever it hides', async () => {
  const x = zeros([2, 3], 'float64');
  const there = (fn: (x: Tensor) => Tensor | Tensor[]): Promise<string[]> => found(trace(fn as (x: Tensor) => Tensor, x).graph);
  expect(await there((x) => sum(x))).toEqual([]);
  expect(await there((x) => multiply(cast(x, 'int32'), cast(asarray([1.5, 2, 3]), 'int32')))).toEqual([]);
  expect(await there((x) => cast(cast(x, 'float32'), 'float64'))).toEqual([expect.stringMatching(/casts to float32/)]);
  expect(await there((x) => cast(x, 'float32'))).toContainEqual(expect.stringMatching(/value '.*' is float32/));
  expect(await there((x) => [x, zeros([400])])).toContainEqual(expect.stringMatching(/constant '.*' is float32/));
  const narrowly = (total: Tensor, row: Tensor): [Tensor, Tensor] => [add(total, cast(cast(sum(row), 'float32'), 'float64')), total];
  expect(await there((x) => scan(narrowly, zeros([], 'float64'), x)[0])).toContainEqual(expect.stringMatching(/casts to float32/));
  const norm = layerNormalization({ features: 3, epsilon: 1e-5 });
  const { graph } = trace((x: Tensor) => norm.apply(norm.init(randomKey(0)), x, { key: randomKey(0), training: true, buffers: {}, emit: null }), zeros([2, 3]));
  expect(await found(graph)).toEqual(expect.arrayContaining([expect.stringMatching(/statistics in float32/), expect.stringMatching(/epsilon of /)]));
});

describe('operators', () => {
  const hasFloat32 = ({ nodes }: Graph): boolean =>
    nodes.some(({ outputs, attributes }) =>
      outputs.some(({ dtype }) => dtype === 'float32') || Object.values(attributes).some((value) => typeof value === 'object' && 'nodes' in value && hasFloat32(value)));

  /** Where ONNX Runtime's angle in float32 is the guess from which one step in float64 begins; engine-ort's suite checks the digits. */
  const CAST = /'Cast_\d+' casts to float32/;
  const guessed: Readonly<Record<string, RegExp>> = { acos: CAST, asin: CAST, atan: CAST };

  /** Graphs of an example in float64, and of its gradients; none where the example itself is about float32. */
  function graphs({ fn, inputs, differentiable }: OperatorCase): Graph[] {
    const args = inputs.map(wide);
    const outputs = (of: readonly Tensor[]): Tensor[] => [...list(fn(...of))];
    let forward;
    try {
      forward = trace(outputs, args).graph;
    } catch (error) {
      // It has constants of the type that it is about.
      if ((error as { code?: string }).code === 'DTYPE_MISMATCH' && inputs.some(({ dtype }) => dtype === 'float32')) return [];
      throw error;
    }
    if (hasFloat32(forward)) return [];
    const by = differentiable ?? args.flatMap(({ dtype }, i) => (dtype === 'float64' ? [i] : []));
    if (by.length === 0 || !forward.outputs.some(({ dtype }) => dtype === 'float64')) return [forward];
    const lossOf = (all: readonly Tensor[]) => (some: Tensor[]) => project(outputs(all.map((x, i) => (by.includes(i) ? some[by.indexOf(i)] : x))));
    try {
      return [forward, trace((all: readonly Tensor[]) => valueAndGrad(lossOf(all))(by.map((i) => all[i]))[1], args).graph];
    } catch (error) {
      // Loops without a fixed length have no gradient.
      if ((error as { code?: string }).code === 'NOT_DIFFERENTIABLE') return [forward];
      throw error;
    }
  }

  const tables = Object.entries(operatorCases).filter(([, cases]) => cases.some(({ inputs }) => inputs.some(({ dtype }) => isFloat(dtype))));
  it.each(tables)('%s', async (operator, cases) => {
    const all = cases.map((example) => ({ name: example.name, graphs: graphs(example) }));
    for (const { name, graphs } of all) expect((await found(...graphs)).filter((what) => guessed[operator]?.test(what) !== true), name).toEqual([]);
    expect(all.some(({ graphs }) => graphs.length > 0)).toBe(true);
  });
});

describe('layers', () => {
  it('are all there', () => {
    // A function of lengths, and a check.
    const others = ['sequenceMask', 'requireLayer'];
    expect(exportsOf('layers').filter((name) => !others.includes(name)).sort()).toEqual(Object.keys(layers).sort());
  });

  it.each(Object.entries(layers))('%s', async (_, { layer, x, extras = {} }) => {
    const made: Layer = typeof layer === 'function' ? sequential([layer]) : layer;
    const params = made.init(randomKey(0));
    const buffers = made.buffers?.() ?? {};
    const step = (params: Record64, x: Tensor, extras: Record64, buffers: Record64, key: Tensor, training: boolean) =>
      valueAndGrad((at: { readonly params: Record64; readonly x?: Tensor }) => {
        const next: Record<string, Tensor> = {};
        const context = { key, training, buffers, emit: null, setBuffer: (name: string, value: Tensor) => void (next[name] = value) };
        return [project([made.apply(at.params, at.x ?? x, context, extras)]), next] as const;
      })({ params, ...(isFloat(x.dtype) && { x }) });
    for (const training of [true, false]) {
      const { graph } = trace((p: Record64, x: Tensor, e: Record64, b: Record64, k: Tensor) => step(p, x, e, b, k, training), params, x, extras, buffers, randomKey(1));
      expect(await found(graph)).toEqual([]);
    }
  });
});

describe('losses', () => {
  interface Golden {
    readonly outputs: Nested;
    readonly targets: Nested;
    readonly targetType: string;
    readonly weights?: Nested;
  }
  const cases = Object.entries(golden as Readonly<Record<string, Golden>>).filter(([name]) => name !== 'versions');
  const lossOf = (name: string): string => name.split(',')[0];

  it.each(cases)('%s', async (name, { outputs, targets, targetType, weights }) => {
    const loss = (gradus as unknown as Record<string, Loss>)[lossOf(name)];
    const { graph } = trace(
      (z: Tensor, y: Tensor, w: Tensor) => valueAndGrad((z: Tensor) => loss(z, y, weights === undefined ? undefined : w))(z),
      f64(outputs), asarray(targets, { dtype: targetType === 'float64' || targetType === 'float' ? 'float64' : (targetType as 'int32') }), f64(weights ?? [1]),
    );
    expect(await found(graph)).toEqual([]);
  });

  it('are all there', () => {
    const names = exportsOf('losses').filter((name) => !name.endsWith('With'));
    expect([...new Set(cases.map(([name]) => lossOf(name)))].sort()).toEqual(names.sort());
  });
});

describe('metrics', () => {
  const scores = normal(randomKey(3), [6, 6], { dtype: 'float64' }) as NDArray;
  const column = normal(randomKey(4), [6], { dtype: 'float64' }) as NDArray;
  const kinds: readonly (readonly [outputs: NDArray, targets: NDArray])[] = [
    [scores, i32([0, 1, 2, 3, 0, 1])],
    [column, asarray([true, false, true, false, true, true])],
    [scores, normal(randomKey(5), [6, 6], { dtype: 'float64' }) as NDArray],
    [column, normal(randomKey(6), [6], { dtype: 'float64' }) as NDArray],
  ];
  const weights = f64([1, 2, 0.5, 1, 1, 3]);
  const all = Object.entries(metrics as unknown as Readonly<Record<string, Metric>>).filter(([name]) => !name.endsWith('With'));

  it.each(all)('%s', async (_, metric) => {
    const graphs = kinds.flatMap(([outputs, targets]) => {
      try {
        return [trace((z: Tensor, y: Tensor, w: Tensor) => metric.result(metric.statistics(z, y, w)), outputs, targets, weights).graph];
      } catch (error) {
        // It is of another kind.
        expect((error as { code?: string }).code).toMatch(/MISMATCH|INVALID/);
        return [];
      }
    });
    expect(graphs.length).toBeGreaterThan(0);
    expect(await found(...graphs)).toEqual([]);
  });
});
