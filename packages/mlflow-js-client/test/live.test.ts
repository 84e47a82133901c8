/** The cases of the client, and the spool, on a real server. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { artifactCases } from './cases/artifacts.js';
import { modelCases } from './cases/models.js';
import { otlpCases } from './cases/otlp.js';
import { traceCases } from './cases/traces.js';
import { trackingCases } from './cases/tracking.js';
import { RealMlflow } from './live/server.js';
import { nestingCases } from './live/nesting.js';
import { spoolCases } from './live/spool.js';

// Set by `npm run test:mlflow`: the program `mlflow`, and its version.
const { MLFLOW_TEST_COMMAND: command, MLFLOW_TEST_VERSION: version = '' } = process.env;

if (command === undefined) {
  it.skip('a real server: skipped here; `npm run test:mlflow` runs it where Python 3.10 or newer is installed', () => {});
} else {
  describe(`MLflow ${version}`, () => {
    const directory = mkdtempSync(join(tmpdir(), 'mlflow-server-'));
    const server = new RealMlflow(command, directory);
    beforeAll(() => server.start().then(() => {}), 150_000);
    afterAll(async () => {
      await server.kill();
      rmSync(directory, { recursive: true });
    });
    const connect = () => ({ uri: server.uri, version });
    describe('tracking', () => trackingCases(connect));
    describe('artifacts', () => artifactCases(connect, 200_000_000));
    describe('models', () => modelCases(connect));
    describe('traces', () => traceCases(connect));
    describe('OTLP', () => otlpCases(connect));
    describe('spool', () => spoolCases(command, version));
    describe('nested runs and the life of a run', () => nestingCases(command));
  });
}
