/** The artifact proxy, with the ways of old servers. */
import { createHash, randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { invalid, missing, Refused } from './json.js';

export interface ArtifactRules {
  readonly version: string;
  /** 3.0 to 3.9 under uvicorn: what has no declared length is stored as nothing, with status 200. */
  readonly dropsChunked: boolean;
  /** Offers uploads in parts. */
  readonly multipart: boolean;
}

interface Upload {
  readonly path: string;
  readonly parts: Map<number, Buffer>;
}

type Body = Record<string, unknown>;
export type Served = { readonly json: Body } | { readonly file: Buffer; readonly headers: Record<string, string> };

const FILES = '/api/2.0/mlflow-artifacts/artifacts';

export class ArtifactFiles {
  readonly files = new Map<string, Buffer>();
  readonly uploads = new Map<string, Upload>();
  readonly #rules: ArtifactRules;

  constructor(rules: ArtifactRules) {
    this.#rules = rules;
  }

  /** The answer, or `undefined` where the path is none of artifacts. `root` is where the artifacts of a run are. */
  serve(
    method: string,
    path: string,
    query: URLSearchParams,
    headers: IncomingHttpHeaders,
    body: Buffer,
    origin: string,
    root: (runId: string) => string,
  ): Served | undefined {
    if (path.startsWith('/storage/')) return this.#storage(path, headers, body);
    if (path.startsWith('/api/2.0/mlflow-artifacts/mpu/'))
      return { json: this.#multipart(path, JSON.parse(body.toString()) as Body, origin) };
    if (path === FILES) return { json: { files: this.#list(query.get('path') ?? '', '') } };
    if (path === '/api/2.0/mlflow/artifacts/list') {
      const at = root(query.get('run_id')!);
      return { json: { root_uri: `mlflow-artifacts:/${at}`, files: this.#list(at, query.get('path') ?? '') } };
    }
    if (path === '/get-artifact') return this.#get(`${root(query.get('run_id')!)}/${query.get('path')!}`);
    if (path === '/ajax-api/2.0/mlflow/upload-artifact') {
      if (body.length > 10_000_000) throw invalid('Artifact size is too large. Max size is 10MB.');
      this.files.set(`${root(query.get('run_uuid')!)}/${query.get('path')!}`, body);
      return { json: {} };
    }
    if (!path.startsWith(`${FILES}/`)) return undefined;
    const name = decodeURIComponent(path.slice(FILES.length + 1));
    if (name.split('/').includes('..')) throw invalid('Invalid path');
    const old = this.#rules.version.startsWith('2.');
    if (!old && name.includes('#')) throw invalid('Invalid path');
    if (method === 'GET') {
      // An old server cannot say names beyond Latin-1.
      if (old && /[^\u0000-\u00ff]/u.test(name)) throw new Refused(500, 'INTERNAL_ERROR', 'latin-1');
      return this.#get(name);
    }
    if (method === 'PUT')
      this.files.set(name, this.#rules.dropsChunked && headers['transfer-encoding'] === 'chunked' ? Buffer.alloc(0) : body);
    else if (method === 'DELETE') {
      if (old && this.files.has(name)) throw new Refused(500, 'INTERNAL_ERROR', 'not a directory');
      for (const key of this.files.keys()) if (key === name || key.startsWith(`${name}/`)) this.files.delete(key);
    }
    return { json: {} };
  }

  #get(name: string): Served {
    const file = this.files.get(name);
    if (file !== undefined) return { file, headers: { 'content-type': 'application/octet-stream' } };
    if (this.#rules.version.startsWith('2.'))
      throw new Refused(500, 'INTERNAL_ERROR', `The following failures occurred while downloading one or more artifacts: ${name}`);
    throw missing(`No such artifact: '${name}'`);
  }

  #list(root: string, below: string): Body[] {
    const folder = [root, below].filter(Boolean).join('/');
    const found = new Map<string, Body>();
    for (const [name, content] of this.files) {
      if (!name.startsWith(`${folder}/`)) continue;
      const [first, ...rest] = name.slice(folder.length + 1).split('/');
      const path = below === '' ? first : `${below}/${first}`;
      found.set(
        first,
        rest.length > 0 ? { path, is_dir: true } : { path, is_dir: false, ...(content.length > 0 && { file_size: content.length }) },
      );
    }
    return [...found.values()];
  }

  #multipart(path: string, message: Body, origin: string): Body {
    if (!this.#rules.multipart)
      throw new Refused(501, 'NOT_IMPLEMENTED', 'Multipart upload is not supported for the current artifact repository');
    const [, step, folder] = /mpu\/(\w+)\/(.*)$/.exec(path)!;
    if (step === 'create') {
      const id = randomUUID();
      this.uploads.set(id, { path: `${decodeURIComponent(folder)}/${String(message.path)}`, parts: new Map() });
      const part = (_: unknown, i: number): Body => ({
        url: `${origin}/storage/${id}/${i + 1}?signature=s3cr3t`,
        part_number: i + 1,
        headers: { 'x-part': String(i + 1) },
      });
      return { upload_id: id, credentials: Array.from({ length: Number(message.num_parts) }, part) };
    }
    const id = String(message.upload_id);
    const upload = this.uploads.get(id);
    if (upload === undefined) throw missing('No such upload');
    this.uploads.delete(id);
    if (step === 'complete') {
      const parts = message.parts as { part_number: number; etag: string }[];
      const content = parts.map(({ part_number: number, etag }) => {
        const part = upload.parts.get(number);
        if (part === undefined || etag !== etagOf(part)) throw invalid(`Part ${number} is not what was sent`);
        return part;
      });
      this.files.set(upload.path, Buffer.concat(content));
    }
    return {};
  }

  /** The object store behind the server: it knows nobody, and refuses who shows other credentials than its own. */
  #storage(path: string, headers: IncomingHttpHeaders, body: Buffer): Served {
    const [, id, part] = /^\/storage\/([^/]+)\/(\d+)$/.exec(path)!;
    if (headers.authorization !== undefined || headers['x-part'] !== part)
      throw new Refused(400, 'InvalidRequest', 'Only one auth mechanism allowed');
    this.uploads.get(id)?.parts.set(Number(part), body);
    return { file: Buffer.alloc(0), headers: { etag: etagOf(body) } };
  }
}

const etagOf = (part: Buffer): string => `"${createHash('md5').update(part).digest('hex')}"`;
