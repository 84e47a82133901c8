import { Registry, Trainer } from '@gradus/core';
import { pluginChecks } from '@gradus/testing';
import { describe, expect, it } from 'vitest';
import { adder, sums } from '../test/parts.js';
import { jsonData, programsPlugin } from './index.js';

describe('programsPlugin', () => {
  for (const { name, run } of pluginChecks(programsPlugin)) it(name, run);

  it('makes every proposer known by name', async () => {
    expect(new Registry([programsPlugin]).names('proposer')).toEqual(['randomFewShot', 'greedy', 'evolutionary']);
    const trainer = new Trainer({ model: adder(1), optimizer: { use: 'randomFewShot', options: { maxExamples: 1 } }, plugins: [programsPlugin] });
    const { history } = await trainer.fit(jsonData(sums(4, 1)), { run: false });
    expect(history.last).toEqual({ reward: 1, failure_rate: 0 });
    expect(trainer.state.variables).toMatchObject({ plus: { bestCandidates: [{ reward: 1 }, { reward: 1 }] } });
  });

  it('names the option that is wrong', () => {
    expect(() => new Trainer({ model: adder(), optimizer: { use: 'greedy', options: { maxExample: 1 } }, plugins: [programsPlugin] })).toThrow(/greedy has no option 'maxExample'.*Did you mean 'maxExamples'/);
  });
});
