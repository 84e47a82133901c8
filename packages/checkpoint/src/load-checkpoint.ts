/** Reads a checkpoint back. Nothing is believed before its bytes are verified, and nothing is executed. */
import { createHash, type Hash } from 'node:crypto';
import { open, readFile, stat, type FileHandle } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { checkOptions, rules, type Params, type TrainState } from '@gradus/core';
import { isGradusError } from '@gradus/graph';
import { requireLikeParams, requireLikeState } from './like.js';
import { Malformed, parseJson } from './malformed.js';
import { asManifest, checkSeal, filesOf, parseManifest, type FileFacts, type Manifest } from './manifest.js';
import { checkFormat, FORMATS, migrate, type Formats, type RawCheckpoint } from './migrations.js';
import { unpackState } from './packed-state.js';
import { corrupt, notFound, unreadable } from './problems.js';
import { ARRAYS, findCheckpoint, MANIFEST, PARAMS, STATE } from './replace.js';
import { readArrays, readSafetensors } from './safetensors.js';
import { readSlices } from './slices.js';

export interface LoadedCheckpoint {
  /** `null` when the checkpoint holds parameters alone. */
  readonly state: TrainState | null;
  readonly params: Params;
  readonly manifest: Manifest;
}

/**
 * Reads what `saveCheckpoint` wrote, equal bit for bit. Sizes and check sums of all files are verified; memory is taken for what the files
 * hold and no more. Where a crash came between the two moves of a replacement, the older checkpoint is found and read.
 *
 * @param options.like A state to compare with: parameters, slots, buffers and variables must have the same names, element types and shapes.
 * @throws `CHECKPOINT_NOT_FOUND`; `CHECKPOINT_CORRUPT`, naming the file and what is wrong with it; `CHECKPOINT_NEWER` and `CHECKPOINT_OLDER`
 * for formats that this version does not read; `CHECKPOINT_MISMATCH` with every difference from `like`; `CHECKPOINT_UNREADABLE` when the
 * system does not let it be read.
 */
export async function loadCheckpoint(path: string, options: { readonly like?: TrainState } = {}): Promise<LoadedCheckpoint> {
  checkOptions('loadCheckpoint', options, { like: rules.object });
  const loaded = await loadFormats(path, FORMATS);
  const { like } = options;
  if (like !== undefined && loaded.state !== null) requireLikeState(path, loaded.state, like);
  else if (like !== undefined) requireLikeParams(path, loaded.params, like.params);
  return loaded;
}

/**
 * Reads the parameters of a checkpoint, or of any `.safetensors` file, and nothing else.
 *
 * @param path A folder that `saveCheckpoint` made, or a file.
 * @param options.like Parameters to compare with in names, element types and shapes.
 * @throws as `loadCheckpoint`; for a file `INVALID_SAFETENSORS`, `DTYPE_MISMATCH`.
 */
export async function loadParams(path: string, options: { readonly like?: Params } = {}): Promise<Params> {
  checkOptions('loadParams', options, { like: rules.object });
  const isFile = await stat(path).then(
    (stats) => stats.isFile(),
    () => false,
  );
  const params = isFile
    ? (await readSafetensors(path)).arrays
    : await readUndisturbed(path, async (folder) => (await readFolder(folder, FORMATS, 'params')).params);
  if (options.like !== undefined) requireLikeParams(path, params, options.like);
  return params;
}

/** `loadCheckpoint` with the formats given: tests bring migrations of their own. */
export const loadFormats = (path: string, formats: Formats): Promise<LoadedCheckpoint> =>
  readUndisturbed(path, async (folder) => {
    const raw = await readFolder(folder, formats, 'all');
    const manifest = believe(join(folder, MANIFEST), () => asManifest(raw.manifest));
    const { params } = raw;
    if (raw.json === undefined) return { state: null, params, manifest };
    const state = believe(join(folder, STATE), () => {
      const unpacked = unpackState(raw);
      for (const key of ['epoch', 'step', 'seed'] as const) {
        if (unpacked[key] !== manifest[key]) throw new Malformed(`'${key}' is ${unpacked[key]}, and ${manifest[key]} in the manifest`);
      }
      return unpacked;
    });
    return { state, params, manifest };
  });

/** How often a reader begins again because a writer was faster. */
const ATTEMPTS = 5;

/** Reads again when the checkpoint was replaced meanwhile: the files read may have belonged to two of them. */
async function readUndisturbed<T>(path: string, read: (folder: string) => Promise<T>): Promise<T> {
  const target = resolve(path);
  const present = async (): Promise<{ folder: string; manifest: string | null } | null> => {
    const folder = await findCheckpoint(target).catch((error) => {
      throw unreadable(target, error);
    });
    return folder === null ? null : { folder, manifest: await readFile(join(folder, MANIFEST), 'latin1').catch(() => null) };
  };
  let before = await present();
  for (let attempt = 1; ; attempt++) {
    if (before === null) throw notFound(target, 'nothing of that name');
    try {
      return await read(before.folder);
    } catch (error) {
      const after = await present();
      if (attempt === ATTEMPTS || (after?.folder === before.folder && after.manifest === before.manifest)) throw error;
      before = after;
    }
  }
}

/** Verifies and reads the files of a checkpoint, and makes it one of the current format. */
async function readFolder(folder: string, formats: Formats, contents: Manifest['contents']): Promise<RawCheckpoint> {
  const manifestPath = join(folder, MANIFEST);
  const bytes = await readFile(manifestPath).catch((error) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') throw notFound(folder, `something without a ${MANIFEST}`);
    throw damaged(manifestPath, error);
  });
  const { manifest, format, files } = believe(manifestPath, () => {
    const parsed = parseManifest(bytes);
    // Before the check sum: a later format may have another.
    const named = checkFormat(parsed, folder, formats);
    checkSeal(bytes);
    const facts = filesOf(parsed);
    const expected = parsed.contents === 'all' ? [PARAMS, ARRAYS, STATE] : [PARAMS];
    if (Object.keys(facts).sort().join() !== expected.sort().join()) {
      throw new Malformed(`it names the files ${Object.keys(facts).join(', ')} where ${expected.join(', ')} belong to it`);
    }
    return { manifest: parsed, format: named, files: facts };
  });
  const params = await readVerified(join(folder, PARAMS), files[PARAMS], readArrays);
  // A migration may need all of it.
  const whole = manifest.contents === 'all' && (contents === 'all' || format !== formats.current);
  const raw = {
    manifest,
    params: params.arrays,
    arrays: whole ? (await readVerified(join(folder, ARRAYS), files[ARRAYS], readArrays)).arrays : {},
    json: whole ? await readJson(join(folder, STATE), files[STATE]) : undefined,
  };
  return believe(join(folder, STATE), () => migrate(raw, folder, formats));
}

async function readJson(path: string, facts: FileFacts): Promise<unknown> {
  const bytes = await readVerified(path, facts, async (file, size, hash) => {
    const whole = new Uint8Array(size);
    await readSlices(file, hash, [whole]);
    return whole;
  });
  return believe(path, () => parseJson(bytes));
}

type Read<T> = (file: FileHandle, size: number, hash: Hash) => Promise<T>;

/** Lets `read` go through the whole file, and then compares its check sum. */
async function readVerified<T>(path: string, facts: FileFacts, read: Read<T>): Promise<T> {
  try {
    const file = await open(path);
    try {
      const { size } = await file.stat();
      if (size !== facts.bytes) throw new Malformed(`it has ${size} bytes, and ${facts.bytes} in the manifest`);
      const hash = createHash('sha256');
      const result = await read(file, size, hash);
      if (hash.digest('hex') !== facts.sha256) throw new Malformed('its check sum is wrong');
      return result;
    } finally {
      await file.close();
    }
  } catch (error) {
    throw damaged(path, error);
  }
}

/** Runs a decoder on verified content of the file `path`. @throws `CHECKPOINT_CORRUPT` for what it does not take. */
function believe<T>(path: string, decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    throw isGradusError(error) ? error : corrupt(path, (error as Error).message, error);
  }
}

/** A file that is missing or that the disk cannot give is as bad as one with wrong bytes. */
function damaged(path: string, error: unknown): Error {
  const code = (error as NodeJS.ErrnoException).code;
  if (error instanceof Malformed) return corrupt(path, error.message, error);
  if (code === 'ENOENT') return corrupt(path, 'it is missing', error);
  return code === 'EIO' ? corrupt(path, (error as Error).message, error) : unreadable(path, error);
}
