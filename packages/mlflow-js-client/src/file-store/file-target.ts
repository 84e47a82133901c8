/**
 * A tree of files as the target of a spool: `mlruns`, as MLflow's file store has it. MLflow up to 3.12 reads it as it is; newer ones with
 * `MLFLOW_ALLOW_FILE_STORE=true`, or after `mlflow migrate-filestore`.
 */
import { join } from 'node:path';
import { MlflowError } from '../errors.js';
import type { RunHeader } from '../spool/records.js';
import type { Refusal, RunTarget, Target } from '../spool/target.js';
import { FileRun, type RunMeta } from './file-run.js';
import { ensureExperiment, findExperiment, getExperiment, md5, readMeta, type TreeExperiment } from './tree.js';

export class FileTarget implements Target {
  readonly uri: string;

  /** @param root The folder `mlruns` itself. */
  constructor(root: string) {
    this.uri = root;
  }

  async open(header: RunHeader, known: Parameters<Target['open']>[1], refuse: Refusal): Promise<RunTarget> {
    const there = known?.runId ?? header.runId;
    const experiment = await this.#experimentOf(header, known?.experimentId);
    // Made of the key, so that it is found again.
    const runId = there ?? md5(header.key);
    const folder = join(this.uri, experiment?.id ?? '', runId);
    const found = experiment && (await readMeta(folder));
    if (experiment === undefined || (there !== undefined && found === undefined)) {
      throw new MlflowError('RESOURCE_DOES_NOT_EXIST', {
        what: `'${this.uri}' has no ${there === undefined ? `experiment ${header.experimentId!}` : `run ${there}`}`,
        fix: there === undefined ? 'Name the experiment in place of its id: it is made where there is none.' : undefined,
      });
    }
    const meta: RunMeta = found
      ? {
          status: Number(found.status),
          endTime: /^\d+$/.test(found.end_time) ? Number(found.end_time) : null,
          startTime: Number(found.start_time),
          runName: found.run_name,
          userId: found.user_id,
          artifactUri: found.artifact_uri,
        }
      : {
          status: 1,
          endTime: null,
          startTime: header.startTime,
          runName: header.runName ?? header.key,
          userId: header.userId ?? '',
          artifactUri: `${experiment.artifactLocation}/${runId}/artifacts`,
        };
    const run = new FileRun(folder, { runId, experimentId: experiment.id, isNew: found === undefined }, meta, refuse);
    if (found === undefined) await run.create(header);
    return run;
  }

  /** That where the run is, or is to be. */
  #experimentOf(
    { runId, experimentId, experimentName = 'Default' }: RunHeader,
    known: string | undefined,
  ): Promise<TreeExperiment | undefined> {
    if (known !== undefined) return getExperiment(this.uri, known);
    if (runId !== undefined) return findExperiment(this.uri, (id) => readMeta(join(this.uri, id, runId)));
    return experimentId === undefined ? ensureExperiment(this.uri, experimentName) : getExperiment(this.uri, experimentId);
  }
}
