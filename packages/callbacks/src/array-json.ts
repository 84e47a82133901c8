/** Arrays as JSON without a lost bit: the bytes in base64. */
import { dtypes, NDArray, sizeOf, type DType } from '@gradus/graph';
import type { Params } from '@gradus/core';

interface ArrayJson {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly bytes: string;
}

export type ParamsJson = Readonly<Record<string, ArrayJson>>;

export const paramsToJson = (params: Params): ParamsJson =>
  Object.fromEntries(
    Object.entries(params).map(([name, { dtype, shape, data }]) => {
      const { buffer, byteOffset, byteLength } = data;
      return [name, { dtype, shape: [...shape], bytes: Buffer.from(buffer, byteOffset, byteLength).toString('base64') }];
    }),
  );

export const paramsFromJson = (json: ParamsJson): Params =>
  Object.fromEntries(
    Object.entries(json).map(([name, { dtype, shape, bytes }]) => {
      const data = dtypes[dtype].allocate(sizeOf(shape));
      Buffer.from(bytes, 'base64').copy(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
      return [name, new NDArray(dtype, [...shape], data)];
    }),
  );
