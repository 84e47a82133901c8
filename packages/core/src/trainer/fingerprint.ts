/** What a run must have in common with another to go on from its state. */
import { createHash, type Hash } from 'node:crypto';
import { formatSpec, writtenGraph, type NDArray, type TensorSpec } from '@gradus/graph';
import type { Callback, Fingerprint } from '../contracts/callback.js';
import type { DataSource } from '../contracts/data-source.js';
import type { Json } from '../contracts/train-state.js';
import type { HyperparameterSet } from '../hyperparameters.js';
import { VERSION } from '../version.js';
import type { Learner } from './learner.js';
import { keepsState } from './snapshots.js';
import type { Progress } from './state.js';
import type { Stepper } from './stepper.js';

interface Parts {
  readonly model: string;
  readonly engine: string;
  readonly seed: number;
  readonly epochs: number;
  readonly state: Progress;
  readonly learner: Learner;
  readonly stepper: Stepper;
  readonly hyperparameters: HyperparameterSet;
  readonly data: DataSource;
  readonly validation: { readonly data: DataSource; readonly frequency: number } | null;
  readonly callbacks: readonly Callback[];
}

/** Schedules are functions: they are compared by their values at these steps. */
const SAMPLED_STEPS = [0, 1, 10, 100, 1000, 10_000, 100_000];

export async function fingerprintOf(run: Parts): Promise<Fingerprint> {
  const { learner, validation } = run;
  return {
    model: run.model,
    parameters: specs(run.state.params),
    buffers: specs(run.state.buffers),
    variables: Object.keys(run.state.variables),
    step: digest((hash) => {
      for (const graph of run.stepper.graphs) for (const piece of writtenGraph(graph)) hash.update(piece);
    }),
    optimizer: learner.optimizer.name,
    ...(learner.kind === 'proposer' && { proposer: learner.optimizer.config ?? {} }),
    gradient: learner.kind === 'gradient' ? learner.gradient.name : null,
    engine: run.engine,
    hyperparameters: Object.fromEntries(
      run.hyperparameters.names.map((name) => [name, SAMPLED_STEPS.map((step) => run.hyperparameters.declaredAt(name, step))]),
    ),
    seed: run.seed,
    epochs: run.epochs,
    data: await ofSource(run.data),
    validation: validation === null ? null : { ...(await ofSource(validation.data)), frequency: validation.frequency },
    callbacks: run.callbacks.filter(keepsState).map(({ name }) => name),
    versions: { gradus: VERSION, node: process.versions.node },
  };
}

const specs = (arrays: Readonly<Record<string, TensorSpec>>): Record<string, Json> =>
  Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, formatSpec(array)]));

async function ofSource(source: DataSource): Promise<Record<string, Json>> {
  const { fields, size, batchSize } = source;
  return { fields: specs(fields), size, batchSize, digest: (await source.fingerprint?.()) ?? (await firstBatch(source)) };
}

async function firstBatch(source: DataSource): Promise<string> {
  for await (const batch of source.batches(0)) {
    return digest((hash) => {
      for (const [name, { data }] of Object.entries<NDArray>(batch)) {
        hash.update(name).update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
      }
    });
  }
  return '';
}

function digest(write: (hash: Hash) => void): string {
  const hash = createHash('sha256');
  write(hash);
  return hash.digest('hex');
}
