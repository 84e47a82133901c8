/** The data of a training, as MLflow describes data sets. */
import type { Fingerprint } from '@gradus/core';
import type { DatasetInputGiven } from 'mlflow-js-client';
import { DIGEST } from './run-params.js';

/** A data source as a fingerprint has it: fields as `float32[2,3]`. */
interface Source {
  readonly fields: Readonly<Record<string, string>>;
  readonly size: number;
  readonly batchSize: number;
  readonly digest: string;
}

/** The training data and, where there is some, the validation data. */
export function datasetsOf(
  fingerprint: Fingerprint,
  names: { readonly training: string; readonly validation: string },
): DatasetInputGiven[] {
  const { data, validation } = fingerprint as unknown as { readonly data?: Source; readonly validation?: Source | null };
  return [
    ...(data ? [inputOf(data, names.training, 'training')] : []),
    ...(validation ? [inputOf(validation, names.validation, 'validation')] : []),
  ];
}

const inputOf = ({ fields, size, batchSize, digest }: Source, name: string, context: string): DatasetInputGiven => ({
  context,
  dataset: {
    name,
    digest: digest.slice(0, DIGEST),
    // Made by the program: there is no file to point to.
    sourceType: 'code',
    source: JSON.stringify({ tags: { 'mlflow.source.name': process.argv[1] ?? '', 'mlflow.source.type': 'LOCAL' } }),
    schema: JSON.stringify({ mlflow_tensorspec: { features: JSON.stringify(Object.entries(fields).map(tensorSpec)), targets: null } }),
    profile: JSON.stringify({ num_rows: size, batch_size: batchSize }),
  },
});

/** With the axis of the batch, whose size is free. */
function tensorSpec([name, form]: readonly [string, string]): object {
  const [, dtype, sizes] = /^(\w+)\[(.*)\]$/.exec(form) ?? ['', 'unknown', ''];
  const shape = sizes.split(/[,\s]+/).filter((size) => size !== '');
  return { name, type: 'tensor', 'tensor-spec': { dtype, shape: [-1, ...shape.map(Number)] } };
}
