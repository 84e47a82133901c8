import { expect, it } from 'vitest';
import { History } from './history.js';

it('pads series with null where an epoch did not report', () => {
  const history = new History();
  expect(history.last).toEqual({});
  history.append({ epoch: 0, logs: { loss: 3 } });
  history.append({ epoch: 1, logs: { loss: 2, val_loss: 4 } });
  expect(history.names).toEqual(['loss', 'val_loss']);
  expect(history.series('val_loss')).toEqual([null, 4]);
  expect(history.series('unknown')).toEqual([null, null]);
  expect(history.last).toEqual({ loss: 2, val_loss: 4 });
});
