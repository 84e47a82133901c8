/** Names filled in as Python's str.format fills them in. */
import { describe, expect, it } from 'vitest';
import { checkKeys, nameTemplate } from './name-template.js';

const fill = (template: string, values: Record<string, number>): string => nameTemplate('x', template).fill(values);

describe('nameTemplate', () => {
  it.each([
    ['{epoch:02d}_{val_loss:.3f}', { epoch: 3, val_loss: 0.12345 }, '03_0.123'],
    ['{epoch}-{step}', { epoch: 3, step: 1200 }, '3-1200'],
    ['{loss:.2e}', { loss: 0.000123 }, '1.23e-04'],
    ['{loss:.1e}', { loss: 1e100 }, '1.0e+100'],
    ['{loss:07.2f}', { loss: -1.5 }, '-001.50'],
    ['{step:4d}|', { step: 7 }, '   7|'],
    ['{{{epoch:d}}}', { epoch: 1 }, '{1}'],
    ['{f1-score@5:.1f}', { 'f1-score@5': 0.25 }, '0.3'],
    ['{a}{b}', { a: NaN }, 'NaNNA'],
    ['plain', {}, 'plain'],
  ])('%s', (template, values, expected) => {
    expect(fill(template, values as Record<string, number>)).toBe(expected);
  });

  it.each([['{'], ['}'], ['{epoch'], ['{epoch:x}'], ['{epoch:02x}'], ['{}'], ['{:d}'], ['{a:.f}']])('%s cannot be read', (template) => {
    expect(() => nameTemplate('modelCheckpoint', template)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringContaining(`cannot read the name '${template}'`) }));
  });

  it('names keys without a value, and the nearest that has one', () => {
    expect(nameTemplate('x', '{epoch}-{val_los:.2f}').keys).toEqual(['epoch', 'val_los']);
    expect(() => checkKeys('x', '{val_los}', ['val_los'], ['epoch', 'val_loss'])).toThrow(/'\{val_los\}'.*Did you mean 'val_loss'/);
  });
});
