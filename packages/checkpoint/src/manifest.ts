/** The manifest of a checkpoint: what it holds, of which moment, and the check sum of every file and of itself. */
import { createHash } from 'node:crypto';
import type { Fingerprint, Json } from '@gradus/core';
import { count, form, is, orNull, record, recordOf, text } from './forms.js';
import { decodeRecord, encodeTree } from './json-tree.js';
import { Malformed, parseJson } from './malformed.js';

/** The format that this version writes. A newer one is refused, an older one migrated. */
export const FORMAT = 'gradus-checkpoint/1';

export interface FileFacts {
  readonly bytes: number;
  /** In hexadecimal. */
  readonly sha256: string;
}

export interface Manifest {
  readonly format: string;
  /** ISO 8601. Nothing depends on it. */
  readonly createdAt: string;
  /** `params`: parameters alone, nothing to go on training from. */
  readonly contents: 'all' | 'params';
  /** Epochs finished. */
  readonly epoch: number;
  /** Optimizer steps done. */
  readonly step: number;
  readonly seed: number;
  readonly versions: { readonly gradus: string; readonly node: string };
  readonly fingerprint: Fingerprint | null;
  /** What the writer wanted to say beside: the monitored metric and its value. */
  readonly facts: Readonly<Record<string, Json>>;
  readonly files: Readonly<Record<string, FileFacts>>;
}

export const sha256 = (bytes: string | Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

export const encodeManifest = (manifest: Manifest): string => sealed(encodeTree(manifest, '', null));

/** JSON as text. Its last member is the check sum of the text without it. */
export function sealed(json: unknown): string {
  const body = JSON.stringify(json, null, 2);
  return `${body.slice(0, -2)}${seal(body)}`;
}

const seal = (body: string): string => `,\n  "sha256": "${sha256(body)}"\n}\n`;

/** The text of a manifest as JSON, whatever its format. @throws Malformed. */
export function parseManifest(bytes: Uint8Array): Record<string, unknown> {
  return decodeRecord(parseJson(bytes), (kind) => {
    throw new Malformed(`the key '${kind}'`);
  });
}

/** @throws Malformed unless the text ends with its check sum. */
export function checkSeal(bytes: Uint8Array): void {
  const whole = Buffer.from(bytes).toString();
  const length = whole.length - seal('').length;
  const body = `${whole.slice(0, length)}\n}`;
  if (whole.slice(length) !== seal(body)) throw new Malformed('its check sum is wrong');
}

const files = recordOf(form({ bytes: count, sha256: text }));

/** The files that a manifest names. @throws Malformed. */
export function filesOf(manifest: Readonly<Record<string, unknown>>): Readonly<Record<string, FileFacts>> {
  const problem = files(manifest.files, 'files');
  if (problem !== null) throw new Malformed(problem);
  return manifest.files as Readonly<Record<string, FileFacts>>;
}

const manifestForm = form({
  format: text,
  createdAt: text,
  contents: is("'all' or 'params'", (value) => value === 'all' || value === 'params'),
  epoch: count,
  step: count,
  seed: count,
  versions: form({ gradus: text, node: text }),
  fingerprint: orNull(record),
  facts: record,
  files,
});

/** @throws Malformed unless it is a manifest of this version's format. */
export function asManifest({ sha256: _seal, ...manifest }: Readonly<Record<string, unknown>>): Manifest {
  const problem = manifestForm(manifest, '');
  if (problem !== null) throw new Malformed(problem);
  return manifest as unknown as Manifest;
}
