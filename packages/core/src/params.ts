/** Checks of what models and estimators return: parameters and gradients, by name. */
import { formatSpec, GradusError, isFloat, NDArray, sameShape, type Tensor, type TensorSpec } from '@gradus/graph';
import type { Model, Params } from './contracts/model.js';
import type { Variables } from './contracts/train-state.js';
import { didYouMean, listNames } from './suggest.js';

/** Throws unless `params` is a record of finite float arrays: `INVALID_PARAMETER`, naming the one. */
export function checkParams(params: Params, source: string): void {
  const invalid = (what: string, received: string, expected: string, fix?: string): GradusError =>
    new GradusError('INVALID_PARAMETER', { what, received, expected, fix });
  if (typeof params !== 'object' || params === null || Object.keys(params).length === 0) {
    throw invalid(`${source} gave no parameters`, params === null ? 'null' : typeof params, 'a record of named arrays with at least one');
  }
  for (const [name, array] of Object.entries(params)) {
    if (!(array instanceof NDArray)) {
      throw invalid(`Parameter '${name}' of ${source} is not an array`, typeof array, 'an NDArray', 'Make it with asarray(…) or zeros(…).');
    }
    if (!isFloat(array.dtype)) {
      throw invalid(
        `Parameter '${name}' of ${source} cannot be trained`,
        formatSpec(array),
        'float32 or float64',
        "Give asarray(…, { dtype: 'float32' }).",
      );
    }
    const bad = (array.data as Float32Array).findIndex((value) => !Number.isFinite(value));
    if (bad !== -1) {
      throw invalid(
        `Parameter '${name}' of ${source} is not finite`,
        `${array.data[bad]} at element ${bad}`,
        'finite numbers',
        'Check the initialiser.',
      );
    }
  }
}

/** Throws `INVALID_MODEL` unless `buffers` is a record of arrays. */
export function checkBuffers(buffers: Params, model: Model): void {
  const odd =
    typeof buffers === 'object' && buffers !== null ? Object.entries(buffers).find(([, value]) => !(value instanceof NDArray)) : [''];
  if (odd === undefined) return;
  throw new GradusError('INVALID_MODEL', {
    what: `Model '${model.name}' gives no usable buffers`,
    received: odd[0] === '' ? String(buffers) : `'${odd[0]}' that is no array`,
    expected: 'a record of named arrays',
  });
}

/** Throws `INVALID_MODEL` unless `variables` is a record of what JSON can hold. */
export function checkVariables(variables: Variables, model: Model): void {
  const isRecord = (value: unknown): value is object =>
    typeof value === 'object' && value !== null && [Object.prototype, null].includes(Object.getPrototypeOf(value) as never);
  const odd = (value: unknown, path: string): string | null => {
    if (value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)) return null;
    if (!Array.isArray(value) && !isRecord(value)) return `${path}: ${typeof value === 'number' ? String(value) : typeof value}`;
    for (const [name, item] of Object.entries(value)) {
      const found = odd(item, `${path}.${name}`);
      if (found !== null) return found;
    }
    return null;
  };
  const received = isRecord(variables) ? odd(variables, 'variables') : typeof variables;
  if (received === null) return;
  throw new GradusError('INVALID_MODEL', {
    what: `Model '${model.name}' gives no usable variables`,
    received,
    expected: 'a record of values that JSON can hold',
  });
}

/** Throws unless `given` has exactly the names and specs of `params`: `GRADIENT_MISMATCH`, naming the difference. */
export function checkLikeParams(
  given: Readonly<Record<string, Tensor>>,
  params: Readonly<Record<string, TensorSpec>>,
  source: string,
): void {
  const names = Object.keys(params);
  const mismatch = (what: string, received: string, expected: string, fix?: string): GradusError =>
    new GradusError('GRADIENT_MISMATCH', { what: `${source}: ${what}`, received, expected, fix });
  for (const name of names) {
    const tensor = given[name];
    if (tensor === undefined) throw mismatch(`nothing for parameter '${name}'`, listNames(Object.keys(given)), listNames(names));
    if (tensor.dtype !== params[name].dtype || !sameShape(tensor.shape, params[name].shape)) {
      throw mismatch(`parameter '${name}' has another type or shape`, formatSpec(tensor), formatSpec(params[name]));
    }
  }
  const extra = Object.keys(given).find((name) => !(name in params));
  if (extra !== undefined) throw mismatch(`'${extra}' is no parameter`, `'${extra}'`, listNames(names), didYouMean(extra, names));
}

/** `params` with some arrays replaced. @throws `UNKNOWN_PARAMETER`, `SHAPE_MISMATCH`, naming the parameter or buffer. */
export function replaceParams(params: Params, changes: Params, noun: 'parameter' | 'buffer' = 'parameter'): Params {
  for (const [name, array] of Object.entries(changes)) {
    const current = params[name];
    if (current === undefined) {
      const names = Object.keys(params);
      throw new GradusError('UNKNOWN_PARAMETER', {
        what: `There is no ${noun} '${name}'`,
        received: `'${name}'`,
        expected: `one of ${listNames(names)}`,
        fix: didYouMean(name, names),
      });
    }
    if (array.dtype !== current.dtype || !sameShape(array.shape, current.shape)) {
      throw new GradusError('SHAPE_MISMATCH', {
        what: `The ${noun} '${name}' cannot be replaced`,
        received: formatSpec(array),
        expected: formatSpec(current),
      });
    }
  }
  return { ...params, ...changes };
}

/** `variables` with some values replaced. @throws `UNKNOWN_PARAMETER`, naming the variable. */
export function replaceVariables(variables: Variables, changes: Variables): Variables {
  const names = Object.keys(variables);
  const unknown = Object.keys(changes).find((name) => !Object.hasOwn(variables, name));
  if (unknown === undefined) return { ...variables, ...changes };
  throw new GradusError('UNKNOWN_PARAMETER', {
    what: `There is no variable '${unknown}'`,
    received: `'${unknown}'`,
    expected: names.length === 0 ? 'none: this model has no variables' : `one of ${listNames(names)}`,
    fix: didYouMean(unknown, names),
  });
}
