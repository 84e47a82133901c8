/** Datasets as inputs of a run. */
import { MlflowError } from '../errors.js';
import { textOf } from '../input/text.js';
import type { Dataset } from './entities.js';
import { entries, type Json } from './wire.js';

/** A dataset and what it was used for. */
export interface DatasetInputGiven {
  readonly dataset: Dataset;
  /** `training`, `validation`, `eval`, `test`, or any other text. */
  readonly context?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

/** Characters at most, by field. */
const LIMITS = { name: 500, digest: 36, source: 65_535, schema: 1_048_575, profile: 16_777_215 } as const;

/** @throws `INVALID_ARGUMENT` for a field that no server takes. */
export function wireDatasetInput({ dataset, context, tags = {} }: DatasetInputGiven): Json {
  for (const [field, limit] of Object.entries(LIMITS)) {
    const value = dataset[field as keyof typeof LIMITS];
    const needed = field === 'name' || field === 'digest';
    if (
      typeof value === 'string' ? value.length <= limit && (value !== '' || !needed) : value === undefined && !needed && field !== 'source'
    )
      continue;
    throw new MlflowError('INVALID_ARGUMENT', {
      what: `The ${field} of dataset '${String(dataset.name)}' is not usable`,
      received: typeof value === 'string' ? `${value.length} characters` : String(value),
      expected: `a text of at most ${limit} characters`,
    });
  }
  return {
    tags: entries({ ...tags, ...(context !== undefined && { 'mlflow.data.context': textOf(context) }) }),
    dataset: {
      name: textOf(dataset.name),
      digest: textOf(dataset.digest),
      source_type: textOf(dataset.sourceType),
      source: textOf(dataset.source),
      ...(dataset.schema !== undefined && { schema: textOf(dataset.schema) }),
      ...(dataset.profile !== undefined && { profile: textOf(dataset.profile) }),
    },
  };
}
