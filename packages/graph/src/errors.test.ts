import { describe, expect, it } from 'vitest';
import { GradusError, isGradusError } from './errors.js';

describe('GradusError', () => {
  it('is one sentence per part, with its code at the end', () => {
    const error = new GradusError('SOME_CODE', { what: 'It broke', received: '1', expected: '2', fix: 'Mend it.', data: { step: 3 } });
    expect(error.message).toBe('It broke. Received: 1. Expected: 2. Mend it. [SOME_CODE]');
    expect(error).toMatchObject({ name: 'GradusError', code: 'SOME_CODE', data: { step: 3 } });
    expect(new GradusError('SOME_CODE', { what: 'It broke' }).message).toBe('It broke. [SOME_CODE]');
  });

  it('keeps its cause, and has none otherwise', () => {
    const cause = new Error('inner');
    expect(new GradusError('A', { what: 'x', cause }).cause).toBe(cause);
    expect('cause' in new GradusError('A', { what: 'x' })).toBe(false);
  });

  it('is told from other errors, by code if wanted, also when another copy of the package threw it', () => {
    const error = new GradusError('A', { what: 'x' });
    const foreign = Object.assign(new Error('x'), { name: 'GradusError', code: 'B' });
    expect([isGradusError(error), isGradusError(error, 'A'), isGradusError(error, 'B')]).toEqual([true, true, false]);
    expect([isGradusError(foreign, 'B'), isGradusError(new Error('x')), isGradusError('A')]).toEqual([true, false, false]);
  });
});
