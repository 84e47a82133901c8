/** What the monitor takes. */
import { rules, type Rule } from '@gradus/core';
import type { NDArray } from '@gradus/graph';
import type { ClientOptions } from 'mlflow-js-client';

/** Whether, and how, the trained model becomes a model of MLflow. */
export interface MonitoredModel {
  /** A batch of inputs, by the fields that `predict` reads: their types and shapes become the signature, and they are stored as its example. */
  readonly example: Readonly<Record<string, NDArray>>;
  /** Its name in the run. Default: `model`. */
  readonly name?: string;
  /** Registers a version under this name. Default: none. */
  readonly registeredName?: string;
  /** The alias of that version: `champion`. */
  readonly alias?: string;
}

export interface MonitorOptions {
  /**
   * Where runs go: `http(s)://host:port`, or a path or `file:` URI for a tree `mlruns`. Default: `MLFLOW_TRACKING_URI`. With neither, and
   * with `''`, runs stay in the spool, and a line on stderr says how to see them.
   */
  readonly trackingUri?: string;
  /** Default: `MLFLOW_EXPERIMENT_NAME`, else the name of the model. Made where there is none. */
  readonly experimentName?: string;
  /** Default: the model's name and that of the run's folder. */
  readonly runName?: string;
  /** Go on with a run that the server has, by its id there. Default: `MLFLOW_RUN_ID` for the first run of the process, else a new run. */
  readonly runId?: string;
  /**
   * The run of the same spool that this one is nested in, by its key: a sweep, a training in phases. `nested` of `enableObservability` says it by
   * itself; a worker process is given the key. Its experiment is the default one.
   */
  readonly parent?: string;
  /** The run that this one is nested in, by its id on the server, where the spool has none. */
  readonly parentRunId?: string;
  /** What the page of the run says about it, as Markdown. */
  readonly description?: string;
  /** Further params: any configuration, however deep. */
  readonly params?: object;
  readonly tags?: Readonly<Record<string, string>>;
  /** Names of the data, for the page of the run. Default: the model's name. */
  readonly datasets?: { readonly training?: string; readonly validation?: string };
  /** Log what each step reports, as `batch/<name>`: `true`, or every so many steps. Default: `false`. */
  readonly logSteps?: boolean | number;
  /** Look at processor, memory, disk, network and NVIDIA GPUs: `true` for every 10 seconds, or a number of seconds. Default: `false`. */
  readonly systemMetrics?: boolean | number;
  /** A trace of each epoch, and of the whole training. Default: `false`. */
  readonly traces?: boolean;
  /** Keep the checkpoints that the run's folder has in the end. Default: `false`. */
  readonly checkpoints?: boolean;
  /** Keep the trained model, as ONNX. Default: none. */
  readonly model?: MonitoredModel;
  /** The spool. Default: `mlflow-spool` in the working directory. */
  readonly directory?: string;
  /** Seconds that the end of a run waits for the server. What has not arrived by then stays in the spool. Default: 10. */
  readonly patience?: number;
  /** More options for the client, such as `auth`, which win over the environment. */
  readonly client?: Partial<ClientOptions>;
  /** Told, once each, what people should know. Default: a line on stderr. */
  readonly onMessage?: (message: string) => void;
  /** Needed only to use two of them in one run. Default: `monitor`. */
  readonly name?: string;
}

const every: Rule = { expected: 'true, false or a number above 0', accepts: (v) => typeof v === 'boolean' || rules.positive.accepts(v) };
const everyStep: Rule = {
  expected: 'true, false or a whole number of 1 or more',
  accepts: (v) => typeof v === 'boolean' || rules.positiveCount.accepts(v),
};
const target: Rule = {
  expected: 'http(s)://host[:port][/prefix], a path, or a file: URI',
  accepts: (v) => typeof v === 'string' && (/^(https?|file):/i.test(v) || (!/^[a-z][a-z0-9+.-]+:\/\//i.test(v) && v !== 'databricks')),
};
const model: Rule = {
  expected: '{ example } with a batch of inputs',
  accepts: (v) => rules.object.accepts(v) && rules.object.accepts((v as MonitoredModel).example),
};

export const RULES = {
  ...{ trackingUri: target, experimentName: rules.text, runName: rules.text, runId: rules.text },
  ...{ parent: rules.text, parentRunId: rules.text },
  ...{
    description: rules.text,
    params: rules.object,
    tags: rules.object,
    datasets: rules.object,
    logSteps: everyStep,
    systemMetrics: every,
  },
  ...{ traces: rules.flag, checkpoints: rules.flag, model, directory: rules.text, patience: rules.notNegative, client: rules.object },
  ...{ onMessage: rules.method, name: rules.text },
} satisfies Readonly<Record<keyof MonitorOptions, Rule>>;
