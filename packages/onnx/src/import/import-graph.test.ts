import {
  asarray, isGradusError, matmul, add, mean, NDArray, prepare, square, subtract, tanh, trace, valueAndGrad, vmap, type Tensor,
} from '@gradus/graph';
import { describe, expect, it } from 'vitest';
import { attribute, graphOf, modelOf, node, tensorType, value } from '../../test/models.js';
import { decodeModel, encodeModel, importGraph, type Value } from '../index.js';

const read = (x: Value): unknown => (x instanceof NDArray ? x.toArray() : Array.isArray(x) ? x.map(read) : x);
const f64 = (values: Parameters<typeof asarray>[0]): NDArray => asarray(values, { dtype: 'float64' });
const i64 = (values: Parameters<typeof asarray>[0]): NDArray => asarray(values, { dtype: 'int64' });

/** tanh(x w + b), as a file has it: w and b are initializers. */
const w = f64([[0.5, -1], [0.25, 2], [-0.75, 1]]);
const b = f64([0.1, -0.2]);
const layer = importGraph(
  modelOf(
    graphOf([value('x', tensorType('float64', ['batch', 3]))], 'y', [node('MatMul', 'x w', 'p'), node('Add', 'p b', 's'), node('Tanh', 's', 'y')], { w, b }),
  ),
);
const x = f64([[1, 2, 3], [-1, 0.5, 0]]);
const reference = (params: { w: Tensor; b: Tensor }, input: Tensor): Tensor => tanh(add(matmul(input, params.w), params.b));

describe('an imported graph', () => {
  it('says what goes in and comes out', () => {
    expect(layer.inputs).toEqual([{ name: 'x', dtype: 'float64', shape: ['batch', 3] }]);
    expect(layer.outputs).toEqual(['y']);
    expect(Object.keys(layer.params)).toEqual(['w', 'b']);
    expect(read(layer.params.w)).toEqual(w.toArray());
  });

  it('computes at once on arrays', () => {
    expect(read(layer.apply({ x }).y)).toEqual(read(reference({ w, b }, x)));
  });

  it('takes other parameters in place of its own', () => {
    expect(read(layer.apply({ x }, { b: f64([0, 0]) }).y)).toEqual(read(tanh(matmul(x, w))));
  });

  it('is differentiated with respect to initializers', () => {
    const target = f64([[0.5, 0.5], [-1, 1]]);
    const loss = (f: (p: { w: Tensor; b: Tensor }) => Tensor) => (p: { w: Tensor; b: Tensor }): Tensor => mean(square(subtract(f(p), target)));
    const [ours, gradients] = valueAndGrad(loss((p) => layer.apply({ x }, p).y))({ w, b });
    const [theirs, expected] = valueAndGrad(loss((p) => reference(p, x)))({ w, b });
    expect(read(ours)).toBe(read(theirs));
    expect(read(gradients.w)).toEqual(read(expected.w));
    expect(read(gradients.b)).toEqual(read(expected.b));
  });

  it('is traced, exported again and batched', () => {
    const { graph } = trace((input: Tensor) => layer.apply({ x: input }).y, x);
    const again = importGraph(decodeModel(encodeModel(graph)));
    expect(read(again.apply({ 0: x }).output)).toEqual(read(layer.apply({ x }).y));
    const both = f64([[[1, 2, 3]], [[-1, 0.5, 0]]]);
    const batched = vmap((input: Tensor) => layer.apply({ x: input }).y)(both) as NDArray;
    expect(batched.shape).toEqual([2, 1, 2]);
    expect([...batched.data]).toEqual([...(layer.apply({ x }).y as NDArray).data]);
  });

  it('folds what depends on no input', () => {
    const model = importGraph(
      modelOf(graphOf('x', 'y', [node('Shape', 'x', 's'), node('Gather', 's zero', 'n'), node('Concat', 'n minus', 't', { axis: 0 }), node('Reshape', 'x t', 'y')],
        { zero: i64([0]), minus: i64([-1]) })),
    );
    const { graph } = trace((input: Tensor) => model.apply({ x: input }).y, { dtype: 'float32', shape: [2, 3, 4] });
    expect(graph.nodes.map(({ operator }) => operator.name)).toEqual(['Reshape']);
    expect(graph.outputs[0].shape).toEqual([2, 12]);
  });
});

describe('what decides shapes', () => {
  const model = modelOf(graphOf('x s', 'y', [node('Add', 's s', 't'), node('Reshape', 'x t', 'y')]));
  const input = { dtype: 'float32', shape: [4] } as const;

  it('is asked for by name', () => {
    const attempt = (): unknown => trace((p: { x: Tensor; s: Tensor }) => importGraph(model).apply(p), { x: input, s: { dtype: 'int64', shape: [2] } });
    expect(attempt).toThrow(/Reshape 'y': input 't' decides shapes.*depends on 's'.*constants of importGraph.*NOT_CONSTANT/);
    try {
      attempt();
    } catch (error) {
      expect(isGradusError(error, 'NOT_CONSTANT') && error.data.inputs).toEqual(['s']);
    }
  });

  it('is given as a constant, and is no input then', () => {
    const imported = importGraph(model, { constants: { s: i64([1, 1]) } });
    expect(imported.inputs.map(({ name }) => name)).toEqual(['x']);
    const { graph } = trace((p: Tensor) => imported.apply({ x: p }).y, input);
    expect(graph.outputs[0].shape).toEqual([2, 2]);
  });
});

describe('refusals', () => {
  const dense = (nodes: Parameters<typeof graphOf>[2], opset = 18): ReturnType<typeof importGraph> => importGraph(modelOf(graphOf('x', 'y', nodes), { opset }));

  it('name an unknown operator, its node and its domain', () => {
    expect(() => dense([node('com.example.Swirl', 'x', 'y')]).apply({ x })).toThrow(
      /com.example.Swirl 'y' cannot be imported.*operator Swirl of domain 'com.example'.*UNSUPPORTED_OPERATOR/,
    );
    expect(() => dense([node('constructor', 'x', 'y')]).apply({ x })).toThrow(/no rule.*the ONNX domain, version 18.*UNSUPPORTED_OPERATOR/);
  });

  it('name an output that is not imported', () => {
    const twice = importGraph(modelOf(graphOf('x', 'y', [node('Tanh', 'x', 'z y')])));
    expect(() => twice.apply({ x })).toThrow(/output 2 of Tanh 'z'.*UNSUPPORTED_OPERATOR/);
  });

  it('say which node an error comes from', () => {
    expect(() => dense([node('Not', 'x', 'y')]).apply({ x })).toThrow(/^Not 'y': Not does not take the input of type float64.*DTYPE_MISMATCH/);
    expect(() => dense([node('Add', 'x z', 'y')]).apply({ x })).toThrow(/Add 'y' reads 'z', which nothing before it gives.*INVALID_ONNX/);
    expect(() => dense([node('Concat', 'x x', 'y', { axis: 'last' })]).apply({ x })).toThrow(/attribute 'axis' has another type.*string.*int.*INVALID_ONNX/);
  });

  it('check inputs, constants and parameters by name, type and shape', () => {
    expect(() => layer.apply({})).toThrow(/input 'x' of the model is missing.*INVALID_ARGUMENT/);
    expect(() => layer.apply({ x, z: x })).toThrow(/no such input.*'z'.*x.*INVALID_ARGUMENT/);
    expect(() => layer.apply({ x: asarray([[1, 2, 3]]) })).toThrow(/'x'.*another element type.*float32\[1, 3\].*float64.*DTYPE_MISMATCH/);
    expect(() => layer.apply({ x: f64([[1, 2]]) })).toThrow(/'x'.*another shape.*float64\[1, 2\].*\[batch, 3\].*SHAPE_MISMATCH/);
    expect(() => layer.apply({ x }, { c: b })).toThrow(/no such initializer.*'c'.*INVALID_ARGUMENT/);
    expect(() => layer.apply({ x }, { b: f64([1]) })).toThrow(/parameter 'b' does not fit.*float64\[1\].*float64\[2\].*SHAPE_MISMATCH/);
    expect(() => importGraph(modelOf(graphOf('x', 'x', [])), { constants: { y: x } })).toThrow(/importGraph: no such input.*'y'.*x.*INVALID_ARGUMENT/);
  });

  it('leave element types alone that nothing reads', () => {
    const graph = graphOf('x', 'y', [node('Tanh', 'x', 'y')]);
    const half = { name: 'h', docString: '', elementType: 'float16', shape: [1], bytes: new Uint8Array(2), strings: [] } as const;
    const unread = importGraph(modelOf({ ...graph, initializers: [half] }));
    expect(unread.params).toEqual({});
    expect(read(unread.apply({ x: f64(0) }).y)).toBe(0);
    const readIt = importGraph(modelOf({ ...graphOf('x', 'y', [node('Add', 'x h', 'y')]), initializers: [half] }));
    expect(() => readIt.apply({ x })).toThrow(/'h' has an element type that Gradus does not compute with.*float16.*DTYPE_MISMATCH/);
  });
});

describe('functions of a model', () => {
  const scaled = {
    name: 'Scaled', domain: 'local', overload: '', docString: '', inputs: ['a'], outputs: ['c'], attributes: ['factor'],
    attributeDefaults: new Map([['power', attribute({ float: 1 })]]),
    nodes: [
      node('Constant', '', 'f', { value_float: { reference: 'factor' } }),
      node('Constant', '', 'e', { value_float: { reference: 'power' } }),
      node('Pow', 'a e', 'p'),
      node('Mul', 'p f', 'c'),
    ],
    opsets: new Map([['', 18]]),
  };
  const opsets = new Map([['', 18], ['local', 1]]);

  it('run with the attributes of the node that calls them, or their defaults', () => {
    const graph = graphOf('x', 'y z', [
      node('local.Scaled', 'x', 'y', { factor: { float: 3 } }),
      node('local.Scaled', 'y', 'z', { factor: { float: 0.5 }, power: { float: 2 } }),
    ]);
    const result = importGraph(modelOf(graph, { functions: [scaled], opsets })).apply({ x: asarray([1, 2]) });
    expect([read(result.y), read(result.z)]).toEqual([[3, 6], [4.5, 18]]);
  });

  it('call other functions, and see only their own inputs', () => {
    const twice = { ...scaled, name: 'Twice', attributeDefaults: new Map(), nodes: [node('local.Scaled', 'a', 'b', { factor: { reference: 'factor' } }), node('local.Scaled', 'b', 'c', { factor: { reference: 'factor' } })], opsets };
    const graph = graphOf('x', 'y', [node('local.Twice', 'x', 'y', { factor: { float: 3 } })]);
    expect(read(importGraph(modelOf(graph, { functions: [scaled, twice], opsets })).apply({ x: asarray([1, 2]) }).y)).toEqual([9, 18]);
    const blind = { ...scaled, nodes: [node('Mul', 'a x', 'c')] };
    const bad = importGraph(modelOf(graphOf('x', 'y', [node('local.Scaled', 'x', 'y')]), { functions: [blind], opsets }));
    expect(() => bad.apply({ x })).toThrow(/reads 'x', which nothing before it gives/);
  });
});


describe('loops', () => {
  const body = graphOf('i go s', 'more next', [node('Identity', 'go', 'more'), node('Mul', 's factor', 'next')]);
  const loop = importGraph(modelOf(graphOf('x n', 'y', [node('Loop', 'n _ x', 'y', { body })], { factor: f64(3) })));
  const operators = (fn: () => ReturnType<typeof trace>): string[] => fn().graph.nodes.map(({ operator }) => operator.name);

  it('of a known number of steps are scans, and are differentiated', () => {
    const fixed = importGraph(modelOf(graphOf('x', 'y', [node('Loop', 'n _ x', 'y', { body })], { factor: f64(3), n: i64(4) })));
    expect(operators(() => trace((p: Tensor) => fixed.apply({ x: p }).y, f64(0)))).toEqual(['Scan']);
    const [value, gradient] = valueAndGrad((p: Record<string, Tensor>) => fixed.apply({ x: f64(2) }, p).y)(fixed.params);
    // 2 f^4 and 8 f^3 at f = 3.
    expect([read(value), read(gradient.factor)]).toEqual([162, 216]);
  });

  it('of a number of steps that is an input are loops', () => {
    expect(operators(() => trace((p: Tensor, n: Tensor) => loop.apply({ x: p, n }).y, f64(0), i64(0)))).toContain('Loop');
    expect(read(loop.apply({ x: f64(2), n: i64(3) }).y)).toBe(54);
    expect(read(loop.apply({ x: f64(2), n: i64(0) }).y)).toBe(2);
  });
});

it('If of tensors is decided as the graph runs, and its branches see the names around it', () => {
  const branch = (type: string): ReturnType<typeof graphOf> => graphOf('', 'r', [node(type, 'x', 'r')]);
  const choice = importGraph(modelOf(graphOf('c x', 'y', [node('If', 'c', 'y', { then_branch: branch('Neg'), else_branch: branch('Abs') })])));
  const { graph } = trace((c: Tensor, p: Tensor) => choice.apply({ c, x: p }).y, { dtype: 'bool', shape: [] }, f64(0));
  const run = prepare(graph);
  expect(graph.nodes.map(({ operator }) => operator.name)).toContain('If');
  expect([true, false].map((c) => read(run([asarray(c), f64(-2)])[0]))).toEqual([2, 2]);
  expect([true, false].map((c) => read(run([asarray(c), f64(3)])[0]))).toEqual([-3, 3]);
  const gradient = (c: boolean): unknown => read(valueAndGrad((p: Tensor) => choice.apply({ c: asarray(c), x: p }).y)(f64(3))[1]);
  expect([gradient(true), gradient(false)]).toEqual([-1, 1]);
});

describe('sequences and optional values', () => {
  const pair = [f64([1, 2]), f64([3])];

  it('go in and come out as lists', () => {
    const model = importGraph<Value>(modelOf(graphOf('s x', 't n', [node('SequenceInsert', 's x minus', 't'), node('SequenceLength', 't', 'n')], { minus: i64(-1) })));
    const { t, n } = model.apply({ s: pair, x: f64([9, 9]) });
    expect([read(t), read(n)]).toEqual([[[1, 2], [9, 9], [3]], 3]);
  });

  it('are empty or not at import', () => {
    const model = importGraph(modelOf(graphOf('o', 'has', [node('OptionalHasElement', 'o', 'has')])));
    expect([read(model.apply({ o: null }).has), read(model.apply({ o: f64(1) }).has)]).toEqual([false, true]);
    const get = importGraph(modelOf(graphOf('o', 'v', [node('OptionalGetElement', 'o', 'v')])));
    expect(() => get.apply({ o: null })).toThrow(/optional that holds nothing.*UNSUPPORTED_OPERATOR/);
  });
});

describe('old operator sets', () => {
  const run = (opset: number, nodes: Parameters<typeof graphOf>[2], inputs: Record<string, NDArray>): unknown =>
    read(importGraph(modelOf(graphOf(Object.keys(inputs).join(' '), 'y', nodes), { opset })).apply(inputs).y);

  it('broadcast the second operand from an axis on', () => {
    const m = f64([[1, 2], [3, 4]]);
    expect(run(6, [node('Add', 'm v', 'y', { axis: 0, broadcast: 1 })], { m, v: f64([10, 20]) })).toEqual([[11, 12], [23, 24]]);
    expect(run(6, [node('Add', 'm v', 'y', { broadcast: 1 })], { m, v: f64([10, 20]) })).toEqual([[11, 22], [13, 24]]);
    expect(run(7, [node('Add', 'm v', 'y')], { m, v: f64([10, 20]) })).toEqual([[11, 22], [13, 24]]);
  });

  it('have parameters as attributes, and named types', () => {
    expect(run(1, [node('Cast', 'x', 'y', { to: 'INT64' })], { x: f64([1.5, -2.5]) })).toEqual([1, -2]);
    expect(run(1, [node('Tile', 'x t a', 'y')], { x: f64([[1, 2]]), t: i64(2), a: i64(1) })).toEqual([[1, 2, 1, 2]]);
    expect(run(1, [node('Reshape', 'x', 'y', { shape: [-1] })], { x: f64([[1, 2]]) })).toEqual([1, 2]);
    expect(run(2, [node('Pad', 'x', 'y', { pads: [1, 0], value: { float: 7 } })], { x: f64([1]) })).toEqual([7, 1]);
    expect(run(1, [node('TopK', 'x', 'y', { k: 2 })], { x: f64([1, 3, 2]) })).toEqual([3, 2]);
    expect(run(1, [node('PRelu', 'x s', 'y')], { x: f64([[[-1], [-2]]]), s: f64([2, 3]) })).toEqual([[[-2], [-6]]]);
  });

  it('scan a batch of sequences', () => {
    const body = graphOf('s r', 't u', [node('Add', 's r', 't'), node('Identity', 't', 'u')]);
    expect(run(8, [node('Scan', '_ s0 xs', 'last y', { body, num_scan_inputs: 1 })], { s0: f64([0, 10]), xs: f64([[1, 2, 3], [4, 5, 6]]) })).toEqual([
      [1, 3, 6],
      [14, 19, 25],
    ]);
  });
});

it('integers of 64 bits keep every digit', () => {
  const constant = importGraph(modelOf(graphOf('', 'y', [node('Constant', '', 'y', { value_int: { int: 9007199254740993n } })])));
  expect((constant.apply({}).y as NDArray).data[0]).toBe(9007199254740993n);
});
