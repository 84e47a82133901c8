/** The same cases on a real server. */
import { describe, it } from 'vitest';
import { artifactCases } from './cases/artifacts.js';
import { modelCases } from './cases/models.js';
import { traceCases } from './cases/traces.js';
import { trackingCases } from './cases/tracking.js';

const { MLFLOW_TEST_URI: uri, MLFLOW_TEST_VERSION: version = '' } = process.env;

if (uri === undefined) {
  it.skip('a real server: skipped here; `npm run test:mlflow` runs it where Python 3.10 or newer is installed', () => {});
} else {
  const connect = () => ({ uri, version });
  describe(`MLflow ${version}: tracking`, () => trackingCases(connect));
  describe(`MLflow ${version}: artifacts`, () => artifactCases(connect, 200_000_000));
  describe(`MLflow ${version}: models`, () => modelCases(connect));
  describe(`MLflow ${version}: traces`, () => traceCases(connect));
}
