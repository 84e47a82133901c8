/** The check of what is put into a chain or a wrapper. */
import { GradusError } from '@gradus/graph';

/** Throws `INVALID_ARGUMENT`, naming the owner, unless `value` is a transform. */
export function checkTransform(owner: string, value: unknown): void {
  const { init, update } = (value ?? {}) as { readonly init?: unknown; readonly update?: unknown };
  if (typeof init === 'function' && typeof update === 'function') return;
  throw new GradusError('INVALID_ARGUMENT', {
    what: `${owner} needs an optimizer or a transform`,
    received: typeof value === 'function' ? `the function '${value.name}'` : value === null ? 'null' : typeof value,
    expected: 'an object with init and update',
    fix: typeof value === 'function' ? `Call it: ${value.name}().` : undefined,
  });
}
