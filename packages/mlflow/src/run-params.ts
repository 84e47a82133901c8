/** What a run was asked to do, as params. */
import type { Fingerprint, TrainContext } from '@gradus/core';
import { flatten } from './flatten.js';

/** Digits of a digest that tell data apart. */
export const DIGEST = 12;

const short = (digest: unknown): unknown => (typeof digest === 'string' ? digest.slice(0, DIGEST) : digest);

/** Of the run and its parts, then those of the user, whose names win. */
export function paramsOf(context: TrainContext, fingerprint: Fingerprint, own: object): Record<string, unknown> {
  const { model, seed, epochs, stepsPerEpoch, samplesPerEpoch, params, hyperparameters } = context;
  const { optimizer, gradient, engine, proposer, data, validation, versions } = fingerprint as Readonly<
    Record<string, Record<string, unknown>>
  >;
  const source = (of: Record<string, unknown> | null | undefined): unknown =>
    of && { size: of.size, batchSize: of.batchSize, digest: short(of.digest) };
  return {
    ...flatten({
      model: { name: model.name, parameters: Object.values(params).reduce((total, { size }) => total + size, 0) },
      ...{ seed, epochs, stepsPerEpoch, samplesPerEpoch, optimizer, proposer, engine, versions },
      ...(gradient !== null && { gradient }),
      hyperparameters,
      data: source(data),
      ...(validation !== null && { validation: source(validation) }),
    }),
    ...flatten(own),
  };
}
