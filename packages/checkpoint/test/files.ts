/** Changes the files of a checkpoint behind its back. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sealed, sha256, type Manifest } from '../src/manifest.js';

export const CHECKPOINT_FILES = ['manifest.json', 'params.safetensors', 'state.safetensors', 'state.json'] as const;

/** Writes a file of a checkpoint, and a manifest that takes it for the right one. */
export function forge(folder: string, file: string, content: string | Uint8Array): void {
  writeFileSync(join(folder, file), content);
  const facts = { bytes: Buffer.byteLength(content), sha256: sha256(content) };
  forgeManifest(folder, (manifest) => ({ ...manifest, files: { ...manifest.files, [file]: facts } }));
}

/** Changes the manifest of a checkpoint, as JSON, and seals it again. */
export function forgeManifest(folder: string, change: (manifest: Manifest) => object): void {
  const path = join(folder, 'manifest.json');
  const { sha256: _, ...manifest } = JSON.parse(readFileSync(path, 'utf8')) as Manifest & { sha256: string };
  writeFileSync(path, sealed(change(manifest)));
}
