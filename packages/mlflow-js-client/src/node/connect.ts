/** A client as the environment describes it. */
import { MlflowClient, type ClientOptions } from '../client.js';
import { MlflowError } from '../errors.js';
import { splitUri } from '../http/auth.js';
import { optionsFromEnvironment, type Environment } from './environment.js';
import { localStores } from './local-store.js';

/**
 * A client of the server that `MLFLOW_TRACKING_URI` names, with what the other variables say ({@link optionsFromEnvironment}).
 * Artifacts in folders of this machine are read and written there.
 *
 * @param options Win over the environment.
 * @throws `INVALID_ARGUMENT` where no server is named.
 * @example
 * const client = connect();
 */
export function connect(options: Partial<ClientOptions> = {}, env: Environment = process.env): MlflowClient {
  const uri = options.uri ?? env.MLFLOW_TRACKING_URI;
  if (uri === undefined || uri === '') {
    throw new MlflowError('INVALID_ARGUMENT', {
      what: 'No server is named',
      received: 'no MLFLOW_TRACKING_URI',
      expected: 'http(s)://host[:port]',
      fix: 'Set it, or give { uri }. Without a server there is the spool: openTracker().',
    });
  }
  return new MlflowClient({ ...optionsFromEnvironment(env), openStore: localStores(splitUri(uri).base), ...options, uri });
}
