/** `fetch` with certificates of one's own: the built-in one takes none without another library. */
import { Agent, request, type AgentOptions } from 'node:https';
import { Readable } from 'node:stream';
import type { TransportOptions } from '../http/transport.js';

/** What Node's TLS takes: `ca`, `cert`, `key`, `passphrase`, `rejectUnauthorized`, … */
export type TlsOptions = Pick<
  AgentOptions,
  'ca' | 'cert' | 'key' | 'passphrase' | 'pfx' | 'rejectUnauthorized' | 'servername' | 'minVersion'
>;

/**
 * A `fetch` for the option of that name, for requests without redirects whose bodies are texts, bytes or blobs.
 *
 * @example
 * const client = new MlflowClient({ uri: 'https://mlflow.example', fetch: tlsFetch({ ca: readFileSync('ca.pem') }) });
 */
export function tlsFetch(options: TlsOptions): NonNullable<TransportOptions['fetch']> {
  const agent = new Agent({ keepAlive: true, ...options });
  return async (input, init = {}) => {
    const url = new URL(input instanceof Request ? input.url : input);
    if (url.protocol !== 'https:') return fetch(url, init);
    const body = init.body ?? undefined;
    const bytes = body instanceof Blob ? body : body === undefined ? undefined : Buffer.from(body as string | Uint8Array);
    const headers = Object.fromEntries(new Headers(init.headers));
    if (bytes !== undefined || init.method !== 'GET')
      headers['content-length'] = String(bytes instanceof Blob ? bytes.size : (bytes?.length ?? 0));
    return new Promise((resolve, reject) => {
      const { method = 'GET', signal } = init;
      const sent = request(url, { agent, method, headers, signal: signal ?? undefined }, (answer) => {
        const status = answer.statusCode ?? 0;
        const received = new Headers();
        for (let i = 0; i < answer.rawHeaders.length; i += 2) received.append(answer.rawHeaders[i], answer.rawHeaders[i + 1]);
        const empty = [204, 205, 304].includes(status);
        if (empty) answer.resume();
        resolve(
          new Response(empty ? null : (Readable.toWeb(answer) as ReadableStream), {
            status,
            statusText: answer.statusMessage,
            headers: received,
          }),
        );
      });
      // What ends a request by its signal is the signal's reason, as with fetch.
      sent.on('error', (error) => reject(signal?.aborted ? (signal.reason as Error) : error));
      if (bytes instanceof Blob)
        Readable.fromWeb(bytes.stream() as import('node:stream/web').ReadableStream)
          .on('error', reject)
          .pipe(sent);
      else sent.end(bytes);
    });
  };
}
