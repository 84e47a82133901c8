/** The cases of the client on the fake server, as the newest and as the oldest version. `npm run test:mlflow` runs them on real ones. */
import { afterAll, beforeAll, describe } from 'vitest';
import { artifactCases } from './cases/artifacts.js';
import { modelCases } from './cases/models.js';
import { otlpCases } from './cases/otlp.js';
import { traceCases } from './cases/traces.js';
import { trackingCases } from './cases/tracking.js';
import { FakeMlflow } from './fake/server.js';

describe.each(['3.17.2', '2.9.0'])('a server of version %s', (version) => {
  const server = new FakeMlflow({ version });
  beforeAll(() => server.start().then(() => {}));
  afterAll(() => server.kill());
  const connect = () => ({ uri: server.uri, version });
  describe('tracking', () => trackingCases(connect));
  describe('artifacts', () => artifactCases(connect, 8_000_000));
  describe('models', () => modelCases(connect));
  describe('traces', () => traceCases(connect));
  describe('OTLP', () => otlpCases(connect));
});
