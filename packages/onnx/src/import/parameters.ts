/** Which initializers of a model are parameters that training changes. */
import { didYouMean, listNames } from '@gradus/core';
import { GradusError, isFloat, type NDArray } from '@gradus/graph';
import type { GraphProto, ModelProto, NodeProto } from '../proto.js';

/** Inputs that say how a node works, not what it works with: from this one on. */
const SETTINGS: Readonly<Record<string, number>> = {
  Clip: 1,
  Dropout: 1,
  OneHot: 1,
  Pad: 1,
  Range: 0,
  Resize: 1,
  RoiAlign: 1,
  STFT: 1,
  Upsample: 1,
};

function* nodesOf({ nodes }: Pick<GraphProto, 'nodes'>): Generator<NodeProto> {
  for (const node of nodes) {
    yield node;
    for (const attribute of node.attributes.values()) if ('graph' in attribute) yield* nodesOf(attribute.graph);
  }
}

/** Names of initializers that nodes use as running statistics, as settings, or in an element type of their own choice. */
function uses(model: ModelProto): { readonly statistics: ReadonlySet<string>; readonly settings: ReadonlySet<string> } {
  const [statistics, settings] = [new Set<string>(), new Set<string>()];
  for (const node of nodesOf(model.graph)) {
    if (node.domain !== '') continue;
    if (node.type === 'BatchNormalization') for (const name of node.inputs.slice(3, 5)) statistics.add(name);
    const first = SETTINGS[node.type];
    if (first !== undefined) for (const name of node.inputs.slice(first)) settings.add(name);
  }
  return { statistics, settings };
}

export interface Sorted {
  /** What training changes. */
  readonly params: Readonly<Record<string, NDArray>>;
  /** Floats that stay as they are. */
  readonly frozen: Readonly<Record<string, NDArray>>;
  /** Those of them that must be known while the model is traced: they tell nodes how to work, or have no axes. */
  readonly settings: ReadonlySet<string>;
  /** Running statistics that follow the batches: those of normalisation whose scale or bias is trained. */
  readonly statistics: Readonly<Record<string, NDArray>>;
}

/**
 * Sorts float initializers. Running statistics and numbers that tell a node how to work are never trained.
 * @param trains What is trained, of the rest.
 */
export function sortInitializers(model: ModelProto, initializers: Readonly<Record<string, NDArray>>, trains: Choice): Sorted {
  const { statistics, settings } = uses(model);
  const floats = Object.entries(initializers).filter(([, { dtype }]) => isFloat(dtype));
  const able = floats.filter(([name]) => !statistics.has(name) && !settings.has(name));
  const trained = new Set(able.filter(([name, array]) => trains(name, array)).map(([name]) => name));
  const followed = new Set<string>();
  for (const node of nodesOf(model.graph)) {
    if (node.type !== 'BatchNormalization' || !node.inputs.slice(1, 3).some((name) => trained.has(name))) continue;
    for (const name of node.inputs.slice(3, 5)) followed.add(name);
  }
  const pick = (accepts: (name: string) => boolean): Record<string, NDArray> =>
    Object.fromEntries(floats.filter(([name]) => accepts(name)));
  return {
    params: pick((name) => trained.has(name)),
    statistics: pick((name) => followed.has(name)),
    frozen: pick((name) => !trained.has(name) && !followed.has(name)),
    settings: new Set(floats.filter(([name, { shape }]) => settings.has(name) || shape.length === 0).map(([name]) => name)),
  };
}

/** Whether a float initializer is trained. */
export type Choice = (name: string, array: NDArray) => boolean;

/** Names that Gradus and PyTorch give to constants which nobody has named. */
const UNNAMED = /^(constant_\d+|\/.*Constant(_\d+)?_output_\d+|onnx::(?!MatMul|Conv|Gemm|LSTM|GRU|RNN).*)$/;

/** All but scalars, and constants that a writer of ONNX has named itself. */
const byDefault: Choice = (name, { shape }) => shape.length > 0 && !UNNAMED.test(name);

/**
 * The choice by names, where `*` stands for any characters. Default: all but scalars, and constants that nobody has named.
 * @throws `UNKNOWN_PARAMETER` for a pattern that matches none of `names`.
 */
export function chosenBy(patterns: readonly string[] | undefined, names: readonly string[]): Choice {
  if (patterns === undefined) return byDefault;
  const tests = patterns.map((pattern) => {
    const literal = pattern.split('*').map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
    const test = new RegExp(`^${literal.join('.*')}$`, 's');
    if (names.some((name) => test.test(name))) return test;
    throw new GradusError('UNKNOWN_PARAMETER', {
      what: "Option 'trainable' of importOnnx names parameters that the model does not have",
      received: `'${pattern}'`,
      expected: `names, or patterns, of some of ${listNames(names)}`,
      fix: didYouMean(pattern, names),
    });
  });
  return (name) => tests.some((test) => test.test(name));
}
