/** Writes a checkpoint: a folder that appears whole or not at all. */
import { createHash } from 'node:crypto';
import { mkdir, open } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { checkOptions, oneOf, rules, VERSION, type Fingerprint, type Json, type TrainState } from '@gradus/core';
import { encodeTree } from './json-tree.js';
import { FORMAT, encodeManifest, type FileFacts, type Manifest } from './manifest.js';
import { packState } from './packed-state.js';
import { unwritable } from './problems.js';
import { ARRAYS, MANIFEST, PARAMS, replace, STATE, syncFolder } from './replace.js';
import { layOut } from './safetensors-header.js';
import { writeSlices } from './slices.js';

export interface SaveOptions {
  /** `params`: parameters alone, for predicting or exporting; training cannot go on from it. Default: `all`. */
  readonly contents?: 'all' | 'params';
  /** What a run must have in common with this one to go on from the state: `TrainContext.fingerprint()`. Default: nothing is kept. */
  readonly fingerprint?: Fingerprint;
  /** What to say beside, as JSON: the monitored metric and its value. NaN and infinities may be among the numbers. Default: `{}`. */
  readonly facts?: Readonly<Record<string, Json>>;
}

/**
 * Writes a training state as a folder: `manifest.json`, `params.safetensors`, and with `contents: 'all'` also `state.safetensors` (every
 * other array of the state, by its path) and `state.json` (the rest). What is read back is equal bit for bit.
 *
 * The folder is made under a hidden name, brought to the disk and then given its own: a crash at any moment leaves the checkpoint that was
 * there before or the new one. Arrays are neither copied nor written in one go, so that training goes on beside it.
 *
 * @param path Missing folders are made. A checkpoint of that name is replaced; a folder that holds anything else is not touched.
 * @returns the manifest as written.
 * @throws before anything is written: `NOT_JSON`, naming the place, for a state or facts that cannot be stored; `INVALID_ARGUMENT` for an
 * unusable option, and for a name that safetensors cannot hold; `DIRECTORY_FOREIGN` where a folder that is no checkpoint has the name.
 * `CHECKPOINT_UNWRITABLE` when the disk fails; the checkpoint that was there before is still there.
 */
export async function saveCheckpoint(path: string, state: TrainState, options: SaveOptions = {}): Promise<Manifest> {
  checkOptions('saveCheckpoint', options, { contents: oneOf('all', 'params'), fingerprint: rules.object, facts: rules.object });
  const { contents = 'all', fingerprint = null, facts = {} } = options;
  const packed = packState(state);
  const parts: Record<string, Uint8Array[]> = { [PARAMS]: layOut(packed.params, {}) };
  if (contents === 'all') {
    parts[ARRAYS] = layOut(packed.arrays, {});
    parts[STATE] = [Buffer.from(JSON.stringify(packed.json))];
  }
  encodeTree({ fingerprint, facts }, '', null);

  const target = resolve(path);
  try {
    return await replace(target, 'folder', async (folder) => {
      await mkdir(folder);
      const files: Record<string, FileFacts> = {};
      for (const [name, pieces] of Object.entries(parts)) files[name] = await writeFile(join(folder, name), pieces);
      const { epoch, step, seed } = state;
      const createdAt = new Date().toISOString();
      const versions = { gradus: VERSION, node: process.versions.node };
      const manifest = { format: FORMAT, createdAt, contents, epoch, step, seed, versions, fingerprint, facts, files };
      await writeFile(join(folder, MANIFEST), [Buffer.from(encodeManifest(manifest))]);
      await syncFolder(folder);
      return manifest;
    });
  } catch (error) {
    throw unwritable(target, error);
  }
}

/** Writes a new file to the disk and asks the disk how long it became. */
async function writeFile(path: string, parts: readonly Uint8Array[]): Promise<FileFacts> {
  const expected = parts.reduce((sum, { length }) => sum + length, 0);
  const hash = createHash('sha256');
  const file = await open(path, 'wx');
  try {
    await writeSlices(file, hash, parts);
    const { size } = await file.stat();
    if (size !== expected) throw new Error(`'${path}' has ${size} bytes after ${expected} were written`);
  } finally {
    await file.close();
  }
  return { bytes: expected, sha256: hash.digest('hex') };
}
