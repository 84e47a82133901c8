/** A trained model as one of MLflow's: a folder of its ONNX flavour, in the run and, if wanted, in the registry. */
import { join } from 'node:path';
import type { Model, TrainState } from '@gradus/core';
import { exportOnnx, saveMlflowModel } from '@gradus/onnx';
import type { MonitoredModel } from './monitor-options.js';
import type { TrackedRun } from './tracked-run.js';

/** For servers before MLflow 3, which keep the description of a model with the run. */
const description = {
  flavors: { onnx: { data: 'model.onnx' }, python_function: { data: 'model.onnx', loader_module: 'mlflow.onnx' } },
};

/** Logs it once: a run that was cut off after that has it in its spool. */
export async function logModel(run: TrackedRun, model: Model, state: TrainState, options: MonitoredModel): Promise<void> {
  const { example, name = 'model', registeredName, alias } = options;
  if (run.written.models.has(name)) return;
  await run.attempt(`model '${name}'`, (spooled) =>
    run.withFolder(async (folder) => {
      const path = join(folder, 'model');
      saveMlflowModel(path, exportOnnx(model, state, { inputs: example }), { inputExample: example, artifactPath: name });
      const registry = { ...(registeredName !== undefined && { registeredName }), ...(alias !== undefined && { alias }) };
      await spooled.logModel(path, { name, step: state.step, description, ...registry });
    }),
  );
}
