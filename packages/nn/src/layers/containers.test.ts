/** Layers made of layers: names, keys, buffers and extras of their members. */
import type { Params } from '@gradus/core';
import type { NDArray} from '@gradus/graph';
import { add, asarray, multiply, ones, prepare, randomKey, relu, scalar, sum, trace, valueAndGrad, zeros, type Tensor } from '@gradus/graph';
import { describe, expect, it } from 'vitest';
import {
  checkpointed, composite, dense, dropout, lambda, meanSquaredError, parallel, residual, sequential, supervised, type Extras, type Layer,
  type LayerContext,
} from '../index.js';

const context = (rest: Partial<LayerContext> = {}): LayerContext => ({ key: randomKey(1), training: true, emit: null, buffers: {}, ...rest });
const f64 = (values: number[] | number[][]): NDArray => asarray(values, { dtype: 'float64' });
const read = (x: Tensor): unknown => (x as NDArray).toArray();

/** Adds how often it was applied while training. */
const counting: Layer = {
  init: () => ({}),
  buffers: () => ({ count: scalar(0, 'float64') }),
  apply(_params, x, { buffers, training, setBuffer }) {
    if (training) setBuffer?.('count', add(buffers.count, 1));
    return add(x, buffers.count);
  },
};

describe('composite', () => {
  it('prefixes parameters and buffers, and hands each member its own', () => {
    const net = composite({ a: dense({ in: 2, out: 2 }), b: sequential([counting, relu, counting]) }, (call, x) => call('b', call('a', x)));
    expect(Object.keys(net.init(randomKey(0)))).toEqual(['a.weight', 'a.bias']);
    expect(Object.keys(net.buffers!())).toEqual(['b.0.count', 'b.2.count']);
    const set: Record<string, unknown> = {};
    const buffers = { 'b.0.count': scalar(3, 'float64'), 'b.2.count': scalar(5, 'float64') };
    const params: Params = { 'a.weight': f64([[1, 0], [0, 1]]), 'a.bias': f64([0, -9]) };
    const y = net.apply(params, f64([[1, 1]]), context({ buffers, setBuffer: (name, value) => void (set[name] = read(value)) }));
    expect(read(y)).toEqual([[9, 5]]);
    expect(set).toEqual({ 'b.0.count': 4, 'b.2.count': 6 });
  });

  it('has no buffers, and does not draw, where no member does', () => {
    const net = composite({ a: dense({ in: 2, out: 2 }) }, (call, x) => call('a', x));
    expect(net.buffers).toBeUndefined();
    expect(net.random).toBe(false);
    expect(sequential([dropout(0.5), net]).random).toBe(true);
  });

  it('gives its extras to all members, unless a call says otherwise', () => {
    const seen: Extras[] = [];
    const watch = lambda((x, _context, extras) => {
      seen.push(extras);
      return x;
    });
    const [mask, memory] = [ones([1]), zeros([1])];
    const net = composite({ a: sequential([watch]), b: watch }, (call, x) => call('b', call('a', x), { memory }));
    net.apply({}, f64([[1]]), context(), { mask });
    expect(seen).toEqual([{ mask }, { memory }]);
  });

  it('refuses what is no layer, and a call of what is not there', () => {
    expect(() => composite({ a: 3 as never }, (_, x) => x)).toThrow(/Member 'a' is no layer.*3.*INVALID_ARGUMENT/);
    const ambiguous = composite({ 'a.b': dense({ in: 2, out: 2 }), a: composite({ b: dense({ in: 2, out: 2 }) }, (call, x) => call('b', x)) }, (_, x) => x);
    expect(() => ambiguous.init(randomKey(1))).toThrow(/'a\.b\.weight' twice.*without dots.*DUPLICATE_NAME/);
    const net = composite({ a: relu }, (call, x) => call('c', x));
    expect(() => net.apply({}, f64([[1]]), context())).toThrow(/does not have.*c.*Expected: a.*UNKNOWN_NAME/);
  });
});

describe('residual', () => {
  it('adds what goes round', () => {
    const double = (x: Tensor): Tensor => multiply(x, 2);
    expect(read(residual(double).apply({}, f64([[1, 3]]), context()))).toEqual([[3, 9]]);
    expect(read(residual(double, { shortcut: (x) => multiply(x, 10) }).apply({}, f64([[1, 3]]), context()))).toEqual([[12, 36]]);
  });

  it('does not broadcast', () => {
    const layer = residual(dense({ in: 2, out: 1 }));
    const act = (): unknown => layer.apply(layer.init(randomKey(0)), asarray([[1, 2]]), context());
    expect(act).toThrow(/residual.*float32\[1, 2\] and float32\[1, 1\].*shortcut.*SHAPE_MISMATCH/);
  });
});

describe('parallel', () => {
  const members = [(x: Tensor) => multiply(x, 2), (x: Tensor) => add(x, 3)];

  it.each([
    ['concat', [[2, 4, 4, 5]]],
    ['sum', [[6, 9]]],
    ['product', [[8, 20]]],
    ['mean', [[3, 4.5]]],
    ['max', [[4, 5]]],
  ] as const)('%s', (merge, expected) => {
    expect(read(parallel(members, { merge }).apply({}, f64([[1, 2]]), context()))).toEqual(expected);
  });

  it('joins along an axis, and names its members by place', () => {
    expect(read(parallel(members, { axis: 0 }).apply({}, f64([[1, 2]]), context()))).toEqual([[2, 4], [4, 5]]);
    expect(Object.keys(parallel([relu, dense({ in: 1, out: 1, bias: false })]).init(randomKey(0)))).toEqual(['1.weight']);
  });

  it('refuses nothing and what is no layer', () => {
    expect(() => parallel([])).toThrow(/parallel\(\) got no layers.*INVALID_ARGUMENT/);
    expect(() => parallel(['relu' as never])).toThrow(/Member 0 of parallel\(\).*relu.*INVALID_ARGUMENT/);
    expect(() => parallel(members, { merge: 'average' as never })).toThrow(/'merge' of parallel.*'average'.*'mean'.*INVALID_ARGUMENT/);
  });
});

describe('checkpointed', () => {
  const net = sequential([dense({ in: 3, out: 4, dtype: 'float64' }), dropout(0.5), counting, relu]);
  const params = net.init(randomKey(7));
  const x = f64([[1, -2, 3], [0.5, 1, -1]]);

  const run = (layer: Layer, traced: boolean) => {
    const fn = (own: Record<string, Tensor>, key: Tensor, count: Tensor) => {
      const next: Record<string, Tensor> = {};
      const setBuffer = (name: string, value: Tensor): void => void (next[name] = value);
      const [[loss, buffers], gradients] = valueAndGrad((of: typeof own) => {
        const y = layer.apply(of, x, context({ key, buffers: { '2.count': count }, setBuffer }));
        return [sum(multiply(y, y)), next] as const;
      })(own);
      return { loss, buffers, gradients };
    };
    const inputs = [params, randomKey(3), scalar(2, 'float64')] as const;
    if (!traced) return fn(...inputs);
    const { graph, unflatten } = trace(fn, ...inputs);
    return unflatten(prepare(graph)([...Object.values(params), inputs[1], inputs[2]]));
  };

  it('has the same value, masks, buffers and gradients', () => {
    const plain = run(net, false);
    expect(read(plain.buffers['2.count'])).toBe(3);
    for (const traced of [false, true]) expect(run(checkpointed(net), traced)).toEqual(plain);
    expect(run(net, true)).toEqual(plain);
  });

  it('is the layer itself outside of training', () => {
    const still = context({ training: false, buffers: { '2.count': scalar(2, 'float64') } });
    expect(checkpointed(net).apply(params, x, still)).toEqual(net.apply(params, x, still));
  });
});

describe('supervised', () => {
  const model = supervised({ name: 'm', net: sequential([counting]), loss: meanSquaredError, extras: ['shift'] });
  const shifted = supervised({ name: 'm', net: lambda((x, _context, { shift }) => add(x, shift!)), loss: meanSquaredError, extras: ['shift'] });
  const batch = { x: f64([[1], [2]]), y: f64([[1], [2]]), shift: f64([[10], [20]]) };

  it('reports new buffers, and reads them', () => {
    const buffers = { '0.count': scalar(2, 'float64') };
    expect(model.buffers!()).toEqual({ '0.count': scalar(0, 'float64') });
    const { loss, buffers: next } = model.loss!({}, batch, context({ buffers })) as { loss: NDArray; buffers: Params };
    expect([loss.item(), next['0.count'].item()]).toEqual([4, 3]);
    expect(read(model.predict!({}, batch, context({ buffers, training: false })) as Tensor)).toEqual([[3], [4]]);
    expect(shifted.buffers).toBeUndefined();
  });

  it('gives fields to the layers as extras, and names one that is not there', () => {
    expect(read(shifted.predict!({}, batch, context()) as Tensor)).toEqual([[11], [22]]);
    expect(() => shifted.loss!({}, { x: batch.x, y: batch.y }, context())).toThrow(/'m' finds no field 'shift'.*x, y.*UNKNOWN_NAME/);
  });
});
