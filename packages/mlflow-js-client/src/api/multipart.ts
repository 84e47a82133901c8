/** A large file in parts, sent straight to the object store behind the server, where it offers that. */
import PQueue from 'p-queue';
import { isMlflowError, MlflowError } from '../errors.js';
import type { CallOptions, Transport } from '../http/transport.js';
import { encodePath } from './artifact-store.js';
import { count, objects, text, type Json } from './wire.js';

/** Object stores take 10 000 parts; 1000 make a request of reasonable size. */
const PARTS = 1000;

const AT_ONCE = 4;

/**
 * Sends the parts, of `partSize` bytes at least, four at a time. An upload that fails is called off, so that nothing is left behind that somebody pays for.
 *
 * @returns `false`, with nothing sent, where the server or its store offers no such thing.
 */
export async function uploadInParts(
  transport: Transport,
  base: string,
  { folder, name }: { readonly folder: string; readonly name: string },
  content: Blob,
  partSize: number,
  options: CallOptions,
): Promise<boolean> {
  const size = Math.max(partSize, Math.ceil(content.size / PARTS));
  const path = (step: string): string => `${base}/api/2.0/mlflow-artifacts/mpu/${step}/${encodePath(folder)}`;
  const post = (step: string, json: Json): Promise<Json> =>
    transport.json({ ...options, method: 'POST', path: path(step), json, idempotent: step !== 'create' });

  let upload: Json;
  try {
    upload = await post('create', { path: name, num_parts: Math.ceil(content.size / size) });
  } catch (error) {
    if (isMlflowError(error) && (error.status === 501 || error.status === 404)) return false;
    throw error;
  }
  const uploadId = text(upload, 'upload_id');
  try {
    const queue = new PQueue({ concurrency: AT_ONCE });
    const send = async (credential: Json): Promise<Json> => {
      const part = count(credential, 'part_number');
      const url = text(credential, 'url');
      const etag = await sendPart(transport, url, credential.headers as Json, content.slice((part - 1) * size, part * size), options);
      return { part_number: part, etag, url };
    };
    const parts = await queue.addAll(objects(upload, 'credentials').map((credential) => () => send(credential)));
    await post('complete', { path: name, upload_id: uploadId, parts: parts as Json[] });
    return true;
  } catch (error) {
    await post('abort', { path: name, upload_id: uploadId }).catch(() => {});
    throw error;
  }
}

/** The store's own URL carries its permission: it is shown to nobody. */
async function sendPart(transport: Transport, url: string, headers: Json | undefined, part: Blob, options: CallOptions): Promise<string> {
  const values = Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [name, String(value)]));
  const call = { ...options, method: 'PUT', path: url, body: part, headers: values, anonymous: true, idempotent: true } as const;
  const response = await transport.response(call);
  const etag = response.headers.get('etag');
  await response.body?.cancel();
  if (etag !== null) return etag;
  throw new MlflowError('UNEXPECTED_RESPONSE', {
    what: 'The object store did not name the part it took',
    received: 'no header ETag',
    expected: 'an ETag for each part',
  });
}
