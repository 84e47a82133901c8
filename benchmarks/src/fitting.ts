/** A workload through `Trainer.fit`: what a user gets, with K chosen by the trainer. */
import { NDArray, type Callback, type DataSource, type Trainer } from 'gradus';
import type { Round } from './rounds.js';
import { dataOf, rowsOf, type Workload } from './workload.js';

interface Fitting {
  /** Epochs of a round. Default: 1. */
  readonly epochs?: number;
  /** Made anew for each round. Default: none. */
  readonly callbacks?: () => Callback[];
}

/** The steps of the workload as one epoch; a round gives milliseconds per step. */
export function fitting(trainer: Trainer, workload: Workload, { epochs = 1, callbacks = () => [] }: Fitting = {}): Round {
  const { steps, batch, input } = workload;
  const { x, y } = dataOf(workload);
  const at = (array: NDArray, i: number): NDArray => new NDArray(array.dtype, array.shape.slice(1), rowsOf(array, i, 1).data);
  const source: DataSource = {
    fields: { x: { dtype: 'float32', shape: input }, y: { dtype: 'int32', shape: [] } },
    size: steps * batch,
    batchSize: batch,
    length: steps,
    *batches() {
      for (let i = 0; i < steps; i++) yield { x: at(x, i), y: at(y, i) };
    },
  };
  return async () => {
    const start = performance.now();
    await trainer.fit(source, { epochs, run: false, handleSignals: false, callbacks: callbacks() });
    return (performance.now() - start) / (epochs * steps);
  };
}
