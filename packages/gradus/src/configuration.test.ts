/** Optimizers as they stand in a configuration file: everything that has a name makes the same as its function in code. */
import { describe, expect, it } from 'vitest';
import * as gradus from './index.js';
import {
  adam, asarray, chain, clipByGlobalNorm, cosineDecaySchedule, inMemory, lookahead, matmul, meanSquaredError, randomKey, Trainer, zeros,
  type GradientTransform, type Model, type NDArray, type Params, type Schedule, type TransformPart, type UpdateContext,
} from './index.js';
import { fromJson, names, rows } from '../test/transforms.cases.js';

const params: Params = { w: asarray([[0.5, -1], [2, 0.25]]), b: asarray([[1, -3]]) };
const gradients: Params = { w: asarray([[1, -2], [0.5, 3]]), b: asarray([[0.25, -0.75]]) };

/** What a transform is called, declares and does in its first two steps. */
function behaviour(transform: GradientTransform) {
  const rates = (step: number) => Object.entries(transform.hyperparameters ?? {}).map(([name, value]) => [name, typeof value === 'function' ? (value as Schedule)(step) : value]);
  const steps: unknown[] = [];
  let state = transform.init(params);
  for (const step of [0, 1]) {
    const values = gradus.hyperparametersAt(transform, step);
    const loss = (at: typeof params) => gradus.sum(gradus.square(at.w));
    const context: UpdateContext = {
      hyperparameters: values, loss: loss(params), key: randomKey(step),
      evaluate: (at) => ({ loss: loss(at as Params), gradients }),
    };
    const [updates, next] = transform.update(gradients, state, params, context);
    steps.push(rates(step), plain(updates), plain(next));
    state = next;
  }
  return { name: transform.name, steps };
}
const plain = (tree: object): unknown =>
  Object.fromEntries(Object.entries(tree).map(([name, leaf]) => [name, leaf instanceof gradus.NDArray ? Array.from(leaf.data, String) : plain(leaf as object)]));

describe('by name', () => {
  it.each(names)('%s is what it is in code', (name) => {
    const [options, inCode] = rows[name] ?? [undefined, (gradus as unknown as Record<string, () => GradientTransform>)[name]];
    expect(behaviour(fromJson({ use: name, options }))).toEqual(behaviour(inCode()));
  });

  it('everything that makes an optimizer or a transform has one', () => {
    const made = Object.entries(gradus).filter(([, value]) => typeof value === 'function' && /^[a-z]/.test(value.name)).map(([name]) => name);
    const makers = made.filter((name) => {
      try {
        const [, inCode] = rows[name] ?? [{}, (gradus as unknown as Record<string, () => GradientTransform>)[name]];
        const part = inCode();
        // What is async makes no part; nobody waits for it to fail.
        if (part instanceof Promise) part.catch(() => {});
        const { init, update } = part;
        return typeof init === 'function' && typeof update === 'function';
      } catch {
        return false;
      }
    });
    expect(makers.sort()).toEqual([...names].sort());
  });

  it('options that do not exist are refused by every one of them', () => {
    for (const name of names) {
      const [options] = rows[name] ?? [{}];
      expect(() => fromJson({ use: name, options: { ...options, nosuch: 1 } }), name).toThrow(/no option 'nosuch'/);
    }
  });
});

it('a configuration trains as the code does', async () => {
  const model: Model = { name: 'plane', init: () => ({ weight: zeros([2, 1]) }), loss: ({ weight }, { x, y }) => meanSquaredError(matmul(x, weight), y) };
  const data = inMemory({ x: asarray([[1, 2], [3, 4], [5, 7], [0, 1]]), y: asarray([[1], [2], [4], [3]]) }, { batchSize: 2 });
  const train = async (optimizer: TransformPart): Promise<Params> => {
    const trainer = new Trainer({ model, optimizer });
    await trainer.fit(data, { epochs: 5, run: false, handleSignals: false });
    await trainer.dispose();
    return trainer.params;
  };
  const rate = { use: 'cosineDecaySchedule', options: { initValue: 0.1, decaySteps: 10 } };
  const configured = await train(
    JSON.parse(JSON.stringify([{ use: 'clipByGlobalNorm', options: { maxNorm: 1 } }, { use: 'lookahead', options: { optimizer: { use: 'adam', options: { learningRate: rate } }, syncPeriod: 3 } }])) as TransformPart,
  );
  const coded = await train(chain(clipByGlobalNorm(1), lookahead(adam({ learningRate: cosineDecaySchedule({ initValue: 0.1, decaySteps: 10 }) }), { syncPeriod: 3 })));
  expect(configured.weight.data).toEqual(coded.weight.data);
  expect((configured.weight as NDArray).data[0]).not.toBe(0);
});

it('a transform alone is no optimizer', () => {
  const model: Model = { name: 'm', init: () => ({}), loss: () => null as never };
  expect(() => new Trainer({ model, optimizer: { use: 'clipByGlobalNorm', options: { maxNorm: 1 } } })).toThrow(/clipByGlobalNorm.*part of a chain.*\['clipByGlobalNorm', 'adam'\]/s);
  expect(() => new Trainer({ model, optimizer: ['clipByGlobalNrm', 'adam'] })).toThrow(/Did you mean 'clipByGlobalNorm'\?/);
});
