/** The target that a URI names. */
import type { ClientOptions } from '../client.js';
import { FileTarget } from '../file-store/file-target.js';
import { connect } from '../node/connect.js';
import { localPath } from '../node/local-store.js';
import { MlflowError } from '../errors.js';
import { ServerTarget } from './server-target.js';
import type { Target } from './target.js';

/** @throws `INVALID_ARGUMENT` for a URI that is neither a server nor a folder. */
export function openTarget(uri: string, options: Partial<ClientOptions> = {}, signal?: AbortSignal): Target {
  if (/^https?:/i.test(uri)) return new ServerTarget(connect({ ...options, uri }), signal);
  const path = localPath(uri);
  if (path !== undefined) return new FileTarget(path);
  throw new MlflowError('INVALID_ARGUMENT', {
    what: 'Runs cannot be delivered to this URI',
    received: `'${uri.replace(/\/\/[^/@]*@/, '//***@')}'`,
    expected: 'http(s)://host[:port][/prefix], a path, or file:',
    fix: 'A database is reached through its server (mlflow server); `databricks` by its https URI and a token.',
  });
}
