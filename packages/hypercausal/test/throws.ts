/** Assertion: a call throws a coded error whose message holds a text. */
import { isGradusError } from '@gradus/graph';
import { expect } from 'vitest';

export function expectError(code: string, text: string, call: () => unknown): void {
  let thrown: unknown;
  try {
    call();
  } catch (error) {
    thrown = error;
  }
  expect(isGradusError(thrown) ? thrown.code : thrown).toBe(code);
  expect((thrown as Error).message).toContain(text);
}
