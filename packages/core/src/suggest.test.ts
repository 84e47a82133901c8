import { expect, it } from 'vitest';
import { didYouMean, nearest } from './suggest.js';

it('finds the name that was meant, and none where nothing is near', () => {
  expect(nearest('adma', ['sgd', 'adam', 'adamw'])).toBe('adam');
  expect(nearest('val_f1', ['loss', 'val_loss', 'val_binary_f1'])).toBe('val_binary_f1');
  expect(nearest('learnigRate', ['learningRate', 'epsilon'])).toBe('learningRate');
  expect(nearest('Loss', ['loss'])).toBe('loss');
  expect(nearest('accuracy', ['val_accuracy', 'loss'])).toBe('val_accuracy');
  expect(nearest('zzz', ['loss', 'accuracy'])).toBeUndefined();
  expect(nearest('x', [])).toBeUndefined();
  expect(didYouMean('zzz', ['loss'])).toBe('Choose one of the names above.');
});
