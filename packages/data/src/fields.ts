/** Named arrays that share their leading axis: what a data set is made of. */
import { asarray, GradusError, type Nested, type TypedArray, type NDArray } from '@gradus/graph';

/** One array, or nested numbers, per field; rows are samples. Numbers become `float32`, booleans `bool`. */
export type Fields = Readonly<Record<string, NDArray | TypedArray | Nested>>;

/**
 * Fields as arrays, and their number of rows.
 * @throws `EMPTY_DATA` for no fields or no rows; `DATA_SIZE_MISMATCH`, naming every field, when their rows disagree; `SHAPE_MISMATCH` for
 * ragged lists.
 */
export function toArrays(fields: Fields): { readonly arrays: Readonly<Record<string, NDArray>>; readonly rows: number } {
  const arrays = Object.fromEntries(Object.entries(fields).map(([name, values]) => [name, toArray(name, values)]));
  const sizes = Object.entries(arrays).map(([name, array]) => ({ name, rows: array.shape[0] ?? 0 }));
  const described = sizes.map(({ name, rows }) => `${name} has ${rows}`).join(', ');
  if (sizes.length === 0 || sizes.every(({ rows }) => rows === 0)) {
    throw new GradusError('EMPTY_DATA', {
      what: 'There is no data',
      received: described || 'no fields',
      expected: 'at least one field with at least one row',
    });
  }
  const { rows } = sizes[0];
  if (sizes.some((size) => size.rows !== rows)) {
    throw new GradusError('DATA_SIZE_MISMATCH', {
      what: 'The fields have different numbers of rows',
      received: described,
      expected: 'one number of rows: row i of every field is sample i',
    });
  }
  return { arrays, rows };
}

function toArray(name: string, values: Fields[string]): NDArray {
  try {
    const array = asarray(values);
    if (array.shape.length > 0) return array;
  } catch (error) {
    throw new GradusError('SHAPE_MISMATCH', { what: `Field '${name}' is no array`, received: (error as Error).message, cause: error });
  }
  throw new GradusError('SHAPE_MISMATCH', {
    what: `Field '${name}' has no rows`,
    received: 'a single number',
    expected: 'a list with one entry per sample',
  });
}
