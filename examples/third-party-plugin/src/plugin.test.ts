/** The suites that Gradus publishes for plugins, run on this one; and the example itself. */
import { callbackChecks, engineChecks, optimizerChecks, pluginChecks, type Check } from '@gradus/testing';
import { jsEngine, Trainer } from 'gradus';
import { describe, expect, it, vi } from 'vitest';
import { acme, counting, halvings, lion } from './plugin.js';

const suite = (name: string, checks: readonly Check[]): void => {
  describe(name, () => {
    for (const check of checks) it(check.name, () => check.run());
  });
};

suite('the plugin', pluginChecks(acme));
suite('lion', optimizerChecks(() => lion({ learningRate: 0.01 })));
suite('counting', engineChecks(() => counting({ engine: jsEngine })));
suite('halvings', callbackChecks(() => halvings({ write: () => {} })));

it('is found by name, and a misspelt name is answered with the nearest', () => {
  const model = { name: 'm', init: () => ({}), loss: () => null as never };
  expect(() => new Trainer({ model, plugins: [acme], optimizer: 'acme/lino' })).toThrow(/Did you mean 'acme\/lion'\?/);
});

it('the example trains with the parts of the plugin', async () => {
  const log = vi.spyOn(console, 'log').mockImplementation(() => {});
  await import('./main.js');
  const lines = log.mock.calls.map(([line]) => String(line));
  log.mockRestore();
  expect(lines.at(-2)).toBe('weight 1.00, -2.00; bias 0.50');
  expect(lines.at(-1)).toBe('1200 steps in 300 runs of the engine');
});
