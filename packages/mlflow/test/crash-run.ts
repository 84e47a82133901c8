/** A training to be killed: run by resume.test.ts as a process of its own. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Callback } from '@gradus/core';
import { backupAndRestore } from '@gradus/callbacks';
import { monitor } from '../src/index.js';
import { data, trainer, validationData } from './parts.js';

const [folder, trackingUri, killAt, epochs = '100', backup = '64'] = process.argv.slice(2);

/** Gives the delivery time to send what is written, then ends the process as the system does when memory is short. */
const killer: Callback = {
  name: 'killer',
  async onTrainBatchEnd(_batch, _logs, { step }) {
    if (step !== Number(killAt)) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
    process.kill(process.pid, 'SIGKILL');
  },
};
const callbacks = [
  monitor({ directory: join(folder, 'spool'), trackingUri, logSteps: true, traces: epochs === '100', onMessage: () => {} }),
  backupAndRestore({ directory: pathToFileURL(join(folder, 'backup')), every: { steps: Number(backup) } }),
  killer,
];
await trainer().fit(data(), { epochs: Number(epochs), validationData: validationData(), run: { directory: folder }, callbacks });
