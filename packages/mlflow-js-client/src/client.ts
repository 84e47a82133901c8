/** MLflow's REST interface, in one object. */
import { Artifacts, type ArtifactOptions } from './api/artifacts.js';
import { Experiments } from './api/experiments.js';
import { LoggedModels } from './api/logged-models.js';
import { ModelVersions } from './api/model-versions.js';
import { RegisteredModels } from './api/registered-models.js';
import { Runs } from './api/runs.js';
import { Traces } from './api/traces.js';
import { Transport, type CallOptions, type TransportOptions } from './http/transport.js';
import { Sanitizer } from './input/sanitizer.js';
import { Warnings } from './input/warnings.js';

export interface ClientOptions extends TransportOptions, ArtifactOptions {
  /** Told, once for each thing, what was changed or dropped because no server takes it. Default: `console.warn`. */
  readonly onWarning?: (message: string) => void;
}

/**
 * A client of one MLflow server, 2.9 to 3.x. It keeps no connection, so there is nothing to close.
 *
 * @example
 * const client = new MlflowClient({ uri: 'http://localhost:5000' });
 * const { experimentId } = await client.experiments.ensure('demo');
 * const { info } = await client.runs.create({ experimentId });
 * await client.runs.logMetric(info.runId, 'loss', 0.5, { step: 1 });
 * await client.runs.update(info.runId, { status: 'FINISHED', endTime: Date.now() });
 */
export class MlflowClient {
  readonly experiments: Experiments;
  readonly runs: Runs;
  readonly artifacts: Artifacts;
  readonly registeredModels: RegisteredModels;
  readonly modelVersions: ModelVersions;
  /** MLflow 3. */
  readonly loggedModels: LoggedModels;
  /** MLflow 3.3. */
  readonly traces: Traces;
  readonly #transport: Transport;

  /** @throws `INVALID_ARGUMENT` for an option that cannot be used. */
  constructor(options: ClientOptions) {
    this.#transport = new Transport(options);
    const warnings = new Warnings(options.onWarning);
    const sanitizer = new Sanitizer(warnings);
    this.experiments = new Experiments(this.#transport, sanitizer);
    this.runs = new Runs(this.#transport, sanitizer);
    this.artifacts = new Artifacts(this.#transport, this.runs, warnings, options);
    this.registeredModels = new RegisteredModels(this.#transport);
    this.modelVersions = new ModelVersions(this.#transport);
    this.loggedModels = new LoggedModels(this.#transport, sanitizer);
    this.traces = new Traces(this.#transport, this.artifacts);
  }

  /** Scheme, host and prefix of the server, without credentials. */
  get uri(): string {
    return this.#transport.base;
  }

  /** The version of the server: `3.17.2`. */
  async version(options: CallOptions = {}): Promise<string> {
    return (await this.#transport.text({ ...options, method: 'GET', path: '/version', idempotent: true })).trim();
  }

  /** Whether the server answers and is well. */
  async isHealthy(options: CallOptions = {}): Promise<boolean> {
    try {
      const answer = await this.#transport.text({ retries: 0, ...options, method: 'GET', path: '/health', idempotent: true });
      return answer.trim() === 'OK';
    } catch (error) {
      if (options.signal?.aborted) throw error;
      return false;
    }
  }
}
