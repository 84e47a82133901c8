/** Layer maps: order, filters, and what is refused with which words. */
import { describe, expect, it } from 'vitest';
import { fullyConnected, frozenFullyConnected, layerMap, outputLayer, recurrentDiscrete, type Connections, type Filter } from './index.js';

const dense = (n: number, m: number) => fullyConnected({ in: n, out: m });
const layer = (units: number) => recurrentDiscrete({ units });

/** Two hidden layers, feedback between them and from the output, and a skip from the input to the output. */
const deep: Connections = {
  3: { 3: outputLayer({ units: 2 }), 2: dense(4, 2), 0: dense(3, 2) },
  1: { 1: layer(5), 2: dense(4, 5), 0: dense(3, 5), 3: frozenFullyConnected({ in: 2, out: 5 }) },
  2: { 1: dense(5, 4), 2: layer(4), 3: dense(2, 4) },
};

describe('layerMap', () => {
  const map = layerMap(deep);

  it('orders receivers, then senders', () => {
    expect(map.rows).toEqual([1, 2, 3]);
    expect(map.output).toBe(3);
    expect(map.edges.map(({ receiver, sender }) => [receiver, sender])).toEqual([[1, 0], [1, 1], [1, 2], [1, 3], [2, 1], [2, 2], [2, 3], [3, 0], [3, 2], [3, 3]]);
    expect(map.shapes).toEqual({ 0: [3], 1: [5], 2: [4], 3: [2] });
  });

  it.each([
    ['all', [[0, 1, 2, 3], [1, 2, 3], [0, 2, 3]]],
    ['forward', [[0, 1], [1, 2], [0, 2, 3]]],
    ['backward', [[1, 2, 3], [2, 3], [3]]],
    // Feedback between hidden layers stays, which forward drops.
    ['inference', [[0, 1, 2], [1, 2], [0, 2]]],
  ] as [Filter, number[][]][])('filter %s', (filter, senders) => {
    expect(map.rows.map((row) => map.incoming(row, filter).map(({ sender }) => sender))).toEqual(senders);
  });

  it.each([
    ['the input as a receiver', { 0: { 1: dense(5, 3) }, ...deep }, 'INPUT_RECEIVES', /Layer 0.*edge \(0, 1\).*Remove row 0/],
    ['no diagonal', { 1: { 0: dense(3, 5) }, 2: { 1: dense(5, 2) } }, 'MISSING_DIAGONAL', /diagonal for 1, 2.*nothing, nothing.*\(1, 1\), \(2, 2\)/],
    ['an adapter on the diagonal', { 1: { 0: dense(3, 5), 1: dense(5, 5) } }, 'MISSING_DIAGONAL', /fullyConnected\(\{ in: 5, out: 5 \}\)/],
    ['a layer beside the diagonal', { 1: { 0: dense(3, 5), 1: layer(5) }, 2: { 1: layer(5), 2: outputLayer({ units: 5 }) } }, 'INVALID_ARGUMENT', /Edge \(2, 1\).*a layer where an adapter belongs.*recurrentDiscrete\(\{ units: 5 \}\).*diagonal alone.*fullyConnected/],
    ['an unknown sender', { 1: { 0: dense(3, 5), 1: layer(5), 4: dense(2, 5) } }, 'UNKNOWN_SENDER', /Edge \(1, 4\).*layer 4.*one of 0, 1.*Give layer 4 a row/],
    ['an edge that brings another shape', { 1: { 0: dense(3, 6), 1: layer(5) } }, 'SHAPE_MISMATCH', /Edge \(1, 0\), fullyConnected\(\{ in: 3, out: 6 \}\), brings another shape than layer 1.*\[6\].*\[5\].*Change the edge, or one of its layers/],
    ['an edge that takes another shape', { 1: { 0: dense(3, 5), 1: layer(5) }, 2: { 1: dense(7, 2), 2: outputLayer({ units: 2 }) } }, 'SHAPE_MISMATCH', /Edge \(2, 1\).*does not take what layer 1 sends.*\[5\].*\[7\].*Change the edge, or one of its layers/],
    ['feedback of another size', { 1: { 0: dense(3, 5), 1: layer(5), 2: frozenFullyConnected({ in: 4, out: 5 }) }, 2: { 1: dense(5, 2), 2: outputLayer({ units: 2 }) } }, 'SHAPE_MISMATCH', /Edge \(1, 2\), frozenFullyConnected\(\{ in: 4, out: 5 \}\), does not take what layer 2 sends.*\[2\].*\[4\]/],
    ['edges that disagree about the input', { 1: { 0: dense(3, 5), 1: layer(5) }, 2: { 0: dense(4, 2), 2: outputLayer({ units: 2 }) } }, 'SHAPE_MISMATCH', /Edge \(2, 0\).*the input.*\[3\].*\[4\]/],
    ['no edge from the input', { 1: { 1: layer(5) } }, 'INVALID_ARGUMENT', /shape of the input is not known.*none.*input: \[channels/],
    ['no layers', {}, 'INVALID_ARGUMENT', /needs layers/],
    ['a layer that is no number', { one: { 0: dense(3, 5) } }, 'INVALID_ARGUMENT', /are numbers.*'one'/],
    ['something that is no module', { 1: { 0: 'dense', 1: layer(5) } }, 'INVALID_ARGUMENT', /Edge \(1, 0\) is no module.*dense/],
  ] as [string, never, string, RegExp][])('refuses %s', (_, connections, code, message) => {
    expect(() => layerMap(connections)).toThrow(expect.objectContaining({ code, message: expect.stringMatching(message) }));
  });

  it('refuses a filter that is none', () => {
    expect(() => map.incoming(1, 'left' as Filter)).toThrow(/no such filter.*'left'.*all, forward, backward, inference.*INVALID_ARGUMENT/);
  });

  it('takes the shape of the input from its option', () => {
    expect(layerMap({ 1: { 1: layer(5) } }, { input: 3 }).shapes[0]).toEqual([3]);
    expect(() => layerMap({ 1: { 0: dense(3, 5), 1: layer(5) } }, { input: 4 })).toThrow(/the input.*\[4\].*\[3\]/);
  });
});
