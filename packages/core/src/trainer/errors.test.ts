/** Bad input: the code, that the message names the thing and the fix, and that nothing is lost. */
import { asarray, GradusError, scalar, zeros, type Tensor, type NDArray } from '@gradus/graph';
import { describe, expect, it } from 'vitest';
import { autodiff, blackLine, centralDifference, line, localLine, localRule, points, sgd } from '../../test/parts.js';
import { definePlugin, Trainer, type Callback, type DataSource, type Model, type TrainerOptions } from '../index.js';

const quiet = { run: false, handleSignals: false } as const;
const make = (options: Partial<TrainerOptions> = {}): Trainer => new Trainer({ model: line, optimizer: sgd(), gradient: autodiff, ...options });
const thrown = (fn: () => unknown): { code: string; message: string } => {
  try {
    fn();
  } catch (error) {
    return error as { code: string; message: string };
  }
  throw new Error('nothing was thrown');
};

describe('before training', () => {
  const model = (changes: Partial<Model>): Model => ({ ...line, ...changes });
  const source = (changes: Partial<DataSource>): DataSource => ({ ...points(), ...changes });
  const cases: [string, () => unknown, string, RegExp][] = [
    ['no model', () => make({ model: null as never }), 'INVALID_MODEL', /There is no model/],
    ['a misspelt part', () => make({ optimiser: sgd() } as never), 'INVALID_ARGUMENT', /Trainer has no option 'optimiser'.*Did you mean 'optimizer'/],
    ['a model without a way to be trained', () => make({ model: model({ loss: undefined }) }), 'INVALID_MODEL', /'line' offers no way.*loss, objective, pseudoGradients/],
    ['a gradient that needs more than the model has', () => make({ model: blackLine }), 'INVALID_MODEL', /'black-line' cannot be trained by gradient 'autodiff'.*objective.*loss/],
    ['an optimizer that is none', () => make({ optimizer: { name: 'x' } as never }), 'INVALID_PART', /given as optimizer is none.*init and update/],
    ['an unknown name', () => make({ engine: 'jss' }), 'UNKNOWN_NAME', /no engine named 'jss'.*one of js.*Did you mean 'js'\?/],
    ['a seed that is no whole number', () => make({ seed: 1.5 }), 'INVALID_SEED', /whole number/],
    ['a misspelt option', () => make().fit(points(), { epoch: 3 } as never), 'INVALID_ARGUMENT', /no option 'epoch'.*Did you mean 'epochs'\?/],
    ['a fraction of an epoch', () => make().fit(points(), { epochs: 2.5 }), 'INVALID_ARGUMENT', /'epochs'.*2\.5/],
    ['callbacks that are no list', () => make().fit(points(), { callbacks: {} as never }), 'INVALID_ARGUMENT', /'callbacks' of fit.*a list/],
    ['a misspelt place for the folder', () => make().fit(points(), { run: { dir: 'x' } as never }), 'INVALID_ARGUMENT', /fit\(\{ run \}\) has no option 'dir'.*directory/],
    ['two callbacks of one name', () => make().fit(points(), { callbacks: [{ name: 'a' }, { name: 'b' }, { name: 'a' }] }), 'DUPLICATE_CALLBACK', /named 'a'.*a, b, a/],
    ['data that is none', () => make().fit({ x: 1 } as never), 'INVALID_ARGUMENT', /training data is no data source.*inMemory/],
    ['empty data', () => make().fit(source({ size: 0, length: 0 })), 'EMPTY_DATA', /training data is empty/],
    ['a batch larger than the data', () => make().fit(source({ batchSize: 11 })), 'INVALID_BATCH_SIZE', /11 for 10 samples/],
    ['empty validation data', () => make().fit(points(), { validationData: source({ size: 0 }) }), 'EMPTY_DATA', /validation data/],
    ['no parameters', () => make({ model: model({ init: () => ({}) }) }).fit(points()), 'INVALID_PARAMETER', /'line' gave no parameters/],
    ['a parameter that is no array', () => make({ model: model({ init: () => ({ slope: 1 as never }) }) }).fit(points()), 'INVALID_PARAMETER', /'slope'.*not an array/],
    ['an integer parameter', () => make({ model: model({ init: () => ({ slope: zeros([], 'int32') }) }) }).fit(points()), 'INVALID_PARAMETER', /'slope'.*int32/],
    ['a NaN among initial parameters', () => make({ model: model({ init: () => ({ slope: asarray([0, NaN]) }) }) }).fit(points()), 'INVALID_PARAMETER', /'slope'.*NaN at element 1/],
    ['data of another type than the parameters', () => make().fit(points(10, 5, 'float32')), 'DTYPE_MISMATCH', /slope float64\[\] and x float32\[5\]/],
    ['a parameter of another shape than the data', () => make({ model: model({ init: () => ({ slope: zeros([3], 'float64'), intercept: zeros([], 'float64') }) }) }).fit(points()), 'SHAPE_MISMATCH', /slope float64\[3\] and x float64\[10\]/],
    ['validation data of another shape', () => make().fit(points(), { validationData: source({ fields: { x: { dtype: 'float64', shape: [2] }, y: { dtype: 'float64', shape: [3] } } }) }), 'SHAPE_MISMATCH', /\[10, 2\].*\[10, 3\]/],
    ['a loss that is no scalar', () => make({ model: model({ loss: (_, { x }) => x }) }).fit(points()), 'NOT_DIFFERENTIABLE', /float64\[10\]/],
    ['a metric that is no scalar', () => make({ model: model({ loss: (p, { x }) => ({ loss: p.slope, metrics: { odd: x } }) }) }).fit(points()), 'INVALID_REPORT', /'line' reports 'odd'/],
    ['a negative rate', () => make({ optimizer: sgd(-1) }).fit(points()), 'INVALID_HYPERPARAMETER', /'learningRate' of optimizer 'sgd'.*-1/],
    ['a rate that is not finite', () => make({ optimizer: sgd(() => NaN) }).fit(points()), 'INVALID_HYPERPARAMETER', /step 0.*NaN/],
    ['pseudo-gradients for no parameter', () => make({ gradient: localRule, model: { ...localLine, pseudoGradients: (p) => ({ gradients: { ...p, slop: p.slope } }) } }).fit(points()), 'GRADIENT_MISMATCH', /'slop' is no parameter.*Did you mean 'slope'\?/],
    ['pseudo-gradients of another shape', () => make({ gradient: localRule, model: { ...localLine, pseudoGradients: (p, { x }) => ({ gradients: { ...p, slope: x } }) } }).fit(points()), 'GRADIENT_MISMATCH', /parameter 'slope'.*float64\[10\].*float64\[\]/],
  ];

  for (const [name, act, code, message] of cases) {
    it(name, async () => {
      const error = await Promise.resolve().then(act).then(() => ({ code: 'none', message: '' }), (e: { code: string; message: string }) => e);
      expect(error.code).toBe(code);
      expect(error.message).toMatch(message);
    });
  }

  it('refuses an optimizer that changes the form of its state', async () => {
    const odd = { ...sgd(), update: (g: never) => [g, { trace: {} }] as never };
    await expect(make({ optimizer: odd }).fit(points(), quiet)).rejects.toMatchObject({ code: 'OPTIMIZER_STATE', message: expect.stringMatching(/'sgd'.*'trace.slope'/) });
  });
});

describe('plugins', () => {
  const plugin = (name: string, core = '*') => definePlugin({ name, core, setup: (registry) => registry.add('optimizer', `${name}/sgd`, () => sgd()) });

  it('are used by name, with options', async () => {
    const acme = definePlugin({ name: 'acme', core: '*', setup: (r) => r.add('optimizer', 'acme/sgd', (o: { rate: number }) => sgd(o.rate, 0)) });
    const trainer = make({ plugins: [acme], optimizer: { use: 'acme/sgd', options: { rate: 0.25 } } });
    await trainer.fit(points(1), quiet);
    // x = 0, y = 1: one step of gradient descent moves the intercept by 2 * rate.
    expect(trainer.params.intercept.item()).toBe(0.5);
  });

  it('that cannot make a part say why, in words of their own or with the name of the part', () => {
    const make2 = (failure: Error) => {
      const plugin = definePlugin({ name: 'acme', core: '*', setup: (r) => r.add('optimizer', 'acme/x', () => { throw failure; }) });
      return thrown(() => make({ plugins: [plugin], optimizer: 'acme/x' }));
    };
    expect(make2(new Error('boom'))).toMatchObject({ code: 'PLUGIN_FAILED', message: expect.stringMatching(/optimizer 'acme\/x' of plugin 'acme'.*boom/) });
    expect(make2(new GradusError('INVALID_ARGUMENT', { what: 'x has no option y' }))).toMatchObject({ code: 'INVALID_ARGUMENT', message: 'x has no option y. [INVALID_ARGUMENT]' });
  });

  it('for another core version are refused', () => {
    expect(thrown(() => make({ plugins: [plugin('acme', '^9.0.0')] }))).toMatchObject({ code: 'PLUGIN_VERSION', message: expect.stringMatching(/'acme'.*\^9\.0\.0/) });
    expect(thrown(() => make({ plugins: [plugin('acme', 'soon')] }))).toMatchObject({ code: 'PLUGIN_VERSION', message: expect.stringMatching(/cannot be read.*'soon'/) });
  });

  it('of one name are refused, both named; the same one twice is one', () => {
    const one = plugin('acme');
    expect(() => make({ plugins: [one, one] })).not.toThrow();
    expect(thrown(() => make({ plugins: [one, plugin('acme', '>=0.0.1')] }))).toMatchObject({ code: 'DUPLICATE_PLUGIN', message: expect.stringMatching(/'acme'.*number 1 \('acme', core \*\) and number 2 \('acme', core >=0\.0\.1\)/) });
  });

  it('that add one name are refused, both named', () => {
    const a = definePlugin({ name: '@gradus/a', core: '*', setup: (r) => r.add('engine', 'x', () => null as never) });
    const b = definePlugin({ name: '@gradus/b', core: '*', setup: (r) => r.add('engine', 'x', () => null as never) });
    expect(thrown(() => make({ plugins: [a, b] }))).toMatchObject({ code: 'DUPLICATE_NAME', message: expect.stringMatching(/'@gradus\/a' and '@gradus\/b'/) });
  });

  it('outside their namespace, without what they need, or broken are refused', () => {
    const loose = definePlugin({ name: 'acme', core: '*', setup: (r) => r.add('optimizer', 'adam', () => sgd()) });
    expect(thrown(() => make({ plugins: [loose] }))).toMatchObject({ code: 'INVALID_PLUGIN', message: expect.stringMatching(/'acme\/adam'/) });
    const needy = definePlugin({ name: 'acme', core: '*', requires: ['other'], setup: () => {} });
    expect(thrown(() => make({ plugins: [needy] }))).toMatchObject({ code: 'MISSING_PLUGIN', message: expect.stringMatching(/other/) });
    const broken = definePlugin({ name: 'acme', core: '*', setup: () => { throw new Error('boom'); } });
    expect(thrown(() => make({ plugins: [broken] }))).toMatchObject({ code: 'PLUGIN_FAILED', message: expect.stringMatching(/'acme'.*boom/) });
    expect(thrown(() => make({ plugins: [{ name: 'x', core: '*' } as never] }))).toMatchObject({ code: 'INVALID_PLUGIN', message: expect.stringMatching(/'x'.*'setup'/) });
    let late: (() => void) | undefined;
    const sneaky = definePlugin({ name: 'acme', core: '*', setup: (r) => { late = () => r.add('optimizer', 'acme/late', () => sgd()); } });
    make({ plugins: [sneaky] });
    expect(thrown(() => late!())).toMatchObject({ code: 'INVALID_PLUGIN', message: expect.stringMatching(/after its setup/) });
  });
});

describe('during training', () => {
  /** The loss is NaN from a given x on. */
  const breaksAt = (x: number): DataSource => {
    const source = points(10, 1);
    return { ...source, *batches(epoch) { for (const batch of source.batches(epoch) as Iterable<{ x: NDArray; y: NDArray }>) yield batch.x.data[0] >= x ? { ...batch, y: asarray([NaN], { dtype: 'float64' }) } : batch; } };
  };

  it('a NaN loss names step and term, and keeps the state before it', async () => {
    const seen: number[] = [];
    const callback: Callback = { name: 'seen', onTrainBatchEnd: (batch) => void seen.push(batch) };
    const states = [];
    for (const stepsPerExecution of [1, 7]) {
      const trainer = make();
      await expect(trainer.fit(breaksAt(0.45), { ...quiet, stepsPerExecution, callbacks: [callback] })).rejects.toMatchObject({
        code: 'NON_FINITE_LOSS',
        message: expect.stringMatching(/The loss became NaN at step 5 \(epoch 0, batch 5\)/),
        data: { step: 5, epoch: 0, batch: 5, term: 'loss' },
      });
      expect(trainer.state.step).toBe(5);
      expect(seen.splice(0)).toEqual([0, 1, 2, 3, 4]);
      states.push(trainer.params.slope.item());
    }
    expect(states[1]).toBe(states[0]);
    const good = make();
    await good.fit({ ...points(5, 1) }, quiet);
    expect(states[0]).toBe(good.params.slope.item());
  });

  it('an infinite term is named, for black boxes too', async () => {
    const objective: Model['objective'] = (params) => ({ loss: params.slope.item() ** 2 + 1, metrics: { task: 1, penalty: Infinity } });
    const trainer = make({ model: { ...blackLine, objective }, gradient: centralDifference });
    await expect(trainer.fit(points(), quiet)).rejects.toMatchObject({ code: 'NON_FINITE_LOSS', message: expect.stringMatching(/term 'penalty' became Infinity at step 0.*loss 1, task 1/) });
    expect(trainer.state.step).toBe(0);
  });

  it('an objective that gives no loss is refused', async () => {
    const trainer = make({ model: { ...blackLine, objective: (() => ({ lss: 1 })) as never }, gradient: centralDifference });
    await expect(trainer.fit(points(), quiet)).rejects.toMatchObject({ code: 'INVALID_REPORT', message: expect.stringMatching(/'black-line' gave no loss.*lss/) });
  });

  it('a rate that becomes negative names the step', async () => {
    const trainer = make({ optimizer: sgd((step) => 0.1 - 0.05 * step) });
    await expect(trainer.fit(points(10, 1), { ...quiet, stepsPerExecution: 1 })).rejects.toMatchObject({ code: 'INVALID_HYPERPARAMETER', message: expect.stringMatching(/at step 3/) });
    expect(trainer.state.step).toBe(3);
  });

  it('a hook may set what exists, and is told the nearest name', async () => {
    const act = (onEpochBegin: Callback['onEpochBegin']) => make().fit(points(), { ...quiet, callbacks: [{ name: 'x', onEpochBegin }] });
    await expect(act((_, c) => c.setHyperparameter('learnigRate', 1))).rejects.toMatchObject({ cause: { code: 'UNKNOWN_HYPERPARAMETER' }, message: expect.stringMatching(/Did you mean 'learningRate'/) });
    await expect(act((_, c) => c.setHyperparameter('learningRate', -1))).rejects.toMatchObject({ cause: { code: 'INVALID_HYPERPARAMETER' } });
    await expect(act((_, c) => c.setParams({ slop: scalar(1, 'float64') }))).rejects.toMatchObject({ cause: { code: 'UNKNOWN_PARAMETER' } });
    await expect(act((_, c) => c.setParams({ slope: zeros([2], 'float64') }))).rejects.toMatchObject({ cause: { code: 'SHAPE_MISMATCH' } });
  });

  it('a batch that does not fit its source is refused', async () => {
    const source = points(4, 2);
    const odd: DataSource = { ...source, batches: () => [{ x: asarray([1, 2], { dtype: 'float64' }) } as never] };
    await expect(make().fit(odd, quiet)).rejects.toMatchObject({ code: 'INVALID_BATCH', message: expect.stringMatching(/Batch 0.*field 'y'.*nothing/) });
  });

  it('a batch that the model refuses ends training after the steps before it, and an evaluation at once', async () => {
    const check: Model['check'] = ({ y }, number) => {
      if (Number.isNaN(y.data[0])) throw new GradusError('INVALID_LABELS', { what: `Batch ${number} has none` });
    };
    for (const stepsPerExecution of [1, 7]) {
      const trainer = make({ model: { ...line, check } });
      const refused = { code: 'INVALID_LABELS', message: expect.stringMatching(/Batch 5 has none/) };
      await expect(trainer.evaluate(breaksAt(0.45))).rejects.toMatchObject(refused);
      await expect(trainer.fit(breaksAt(0.45), { ...quiet, stepsPerExecution })).rejects.toMatchObject(refused);
      expect(trainer.state.step).toBe(5);
    }
  });

  it('one thing at a time', async () => {
    const trainer = make();
    const first = trainer.fit(points(), quiet);
    await expect(trainer.fit(points(), quiet)).rejects.toMatchObject({ code: 'TRAINER_BUSY' });
    await first;
    await expect(trainer.evaluate(points())).resolves.toHaveProperty('loss');
  });

  it('predict tells what is wrong with its inputs', async () => {
    const x = (n: number): NDArray => zeros([n], 'float64');
    await expect(make().predict({ x: x(2), z: x(3) })).rejects.toMatchObject({ code: 'INVALID_BATCH', message: expect.stringMatching(/'z'/) });
    await expect(make().predict({})).rejects.toMatchObject({ code: 'INVALID_BATCH' });
    await expect(make({ model: { ...line, predict: undefined } }).predict({ x: x(1) })).rejects.toMatchObject({ code: 'INVALID_MODEL' });
  });
});

it('metric directions reach callbacks before training', async () => {
  let seen: unknown;
  const model: Model = { ...line, loss: (p, batch, c) => ({ loss: line.loss!(p, batch, c) as Tensor, metrics: { size: p.slope, other: p.intercept } }), metrics: { size: 'max' } };
  await make({ model }).fit(points(), { ...quiet, validationData: points(2), callbacks: [{ name: 'see', check: ({ metrics }) => void (seen = metrics) }] });
  const [min, max, unknown] = [{ direction: 'min' }, { direction: 'max' }, { direction: null }];
  expect(seen).toEqual({ loss: min, size: max, other: unknown, val_loss: min, val_size: max, val_other: unknown });
});
