/** What the trainer takes, and what `fit` gives back. */
import type { GradusError } from '@gradus/graph';
import type { Stop } from '../contracts/callback.js';
import type { DataSource } from '../contracts/data-source.js';
import type { Model } from '../contracts/model.js';
import type { PartOf, Plugin } from '../contracts/plugin.js';
import type { History } from '../history.js';
import type { RunFolderOptions } from '../run-folder.js';

export interface TrainerOptions {
  readonly model: Model;
  /** What changes the parameters, or, for a model that is trained by its reward, proposes variables. A list is a chain, in its order: `[{ use: 'clipByGlobalNorm', options: { maxNorm: 1 } }, 'adam']`. */
  readonly optimizer: PartOf<'optimizer'> | PartOf<'proposer'>;
  /** How gradients are made. Only a proposer needs none. */
  readonly gradient?: PartOf<'gradient'>;
  /** What runs graphs. Default: `'js'`, the interpreter. */
  readonly engine?: PartOf<'engine'>;
  readonly plugins?: readonly Plugin[];
  /** Decides initial parameters and every random number of training. Default: 0. */
  readonly seed?: number;
}

export interface FitOptions {
  /** Epochs to train, beyond those done already. Default: 1. */
  readonly epochs?: number;
  /** Evaluated at the ends of epochs, reported as `val_…`. */
  readonly validationData?: DataSource;
  /** Validate every so many epochs. Default: 1. */
  readonly validationFrequency?: number;
  readonly callbacks?: readonly PartOf<'callback'>[];
  /**
   * Steps per execution of the engine. The results are the same bits for every value. Default: `'auto'`, chosen from the measured
   * time of a step so that an execution takes about 30 ms.
   */
  readonly stepsPerExecution?: 'auto' | number;
  /** Where the run's folder goes; `false` leaves none. Default: `runs/<model>/<time>`. */
  readonly run?: RunFolderOptions | false;
  /** Listen for Ctrl-C (SIGINT) and SIGTERM while training. Default: `true`. */
  readonly handleSignals?: boolean;
}

export interface FitResult {
  readonly history: History;
  readonly stop: Stop;
  /** The run's folder, or `null`. */
  readonly folder: string | null;
  /** The first failure to write the run's folder, if any. */
  readonly problem: GradusError | null;
}
