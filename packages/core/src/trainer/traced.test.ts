import { scalar } from '@gradus/graph';
import { describe, expect, it } from 'vitest';
import { normalizeLoss } from './traced.js';

describe('a loss', () => {
  it('is a tensor, or a record with one', () => {
    const loss = scalar(1);
    const result = { loss, metrics: { twice: scalar(2) } };
    expect([normalizeLoss(loss), normalizeLoss(result)]).toEqual([{ loss }, result]);
  });

  it.each<[string, unknown]>([
    ['a promise', Promise.resolve(scalar(1))],
    ['number', 3],
    ['undefined', undefined],
    ['null', null],
    ['number', { loss: 3 }],
    ['object', {}],
  ])('is not %s: %o', (received, value) => {
    expect(() => normalizeLoss(value as never)).toThrow(new RegExp(`no tensor. Received: ${received}.*float scalar.*objective\\(\\).*INVALID_REPORT`));
  });
});
