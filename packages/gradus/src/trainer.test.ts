import { describe, expect, it } from 'vitest';
import { asarray, defaultGradient, inMemory, mean, multiply, scalar, subtract, Trainer, type Model } from './index.js';

const quiet = { run: false, handleSignals: false } as const;
const data = inMemory({ t: [2, 2] }, { batchSize: 2 });

const init: Model['init'] = () => ({ w: scalar(0) });
const byLoss: Model = { name: 'loss', init, loss: ({ w }, { t }) => mean(multiply(subtract(w, t), subtract(w, t))) };
const byObjective: Model = { name: 'objective', init, objective: ({ w }) => (w.item() - 2) ** 2 };
const byRule: Model = { name: 'rule', init, pseudoGradients: ({ w }) => ({ gradients: { w: subtract(w, 2) } }) };

describe('the default trainer', () => {
  it.each([
    ['autodiff', byLoss],
    ['centralDifference', byObjective],
    ['localRule', byRule],
  ] as const)('chooses %s for a model that offers it', async (name, model) => {
    expect(defaultGradient(model)).toBe(name);
    const trainer = new Trainer({ model, optimizer: { use: 'sgd', options: { learningRate: 0.25 } } });
    await trainer.fit(data, { epochs: 60, ...quiet });
    expect(trainer.params.w.item()).toBeCloseTo(2, 3);
  });

  it('knows every part by name', async () => {
    const trainer = new Trainer({ model: byLoss, optimizer: 'adam', gradient: 'centralDifference', engine: 'js' });
    const { history } = await trainer.fit(data, { epochs: 2, callbacks: ['memoryLogger', { use: 'earlyStopping', options: { monitor: 'loss' } }], ...quiet });
    expect(history.rows).toHaveLength(2);
    expect(() => new Trainer({ model: byLoss, optimizer: 'adm' })).toThrow(/Did you mean 'adam'\?/);
  });

  it('leaves words about a missing model to the core', () => {
    expect(() => new Trainer({ model: undefined as never, optimizer: 'adam' })).toThrow(expect.objectContaining({ code: 'INVALID_MODEL' }));
  });

  it('reports an unknown metric before training, with the nearest', async () => {
    const trainer = new Trainer({ model: byLoss, optimizer: 'adam' });
    const callbacks = [{ use: 'earlyStopping', options: { monitor: 'val_los' } }];
    await expect(trainer.fit(data, { validationData: data, callbacks, ...quiet })).rejects.toThrow(/Did you mean 'val_loss'\?/);
    expect(trainer.state.step).toBe(0);
  });

  it('trains float64 without a silent float32', async () => {
    const model: Model = { ...byLoss, init: () => ({ w: scalar(0, 'float64') }) };
    const trainer = new Trainer({ model, optimizer: { use: 'sgd', options: { learningRate: 0.1 } } });
    await trainer.fit(inMemory({ t: asarray([1 / 3], { dtype: 'float64' }) }), { epochs: 1, ...quiet });
    // One step from 0: 0.1 · 2 / 3, in double precision.
    expect(trainer.params.w.item()).toBeCloseTo(0.2 / 3, 16);
  });
});
