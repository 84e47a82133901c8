/** Training states on disk, and back: bit for bit, whole or not at all. */
export { decodeSafetensors, encodeSafetensors, readSafetensors, writeSafetensors, type Safetensors } from './safetensors.js';
export { saveCheckpoint, type SaveOptions } from './save-checkpoint.js';
export { loadCheckpoint, loadParams, type LoadedCheckpoint } from './load-checkpoint.js';
export type { FileFacts, Manifest } from './manifest.js';
export { compareFingerprints, requireFingerprint, type Difference } from './fingerprint.js';
export { CheckpointDirectory, type OpenOptions, type ResumePoint } from './checkpoint-directory.js';
export { lockDirectory } from './lock-directory.js';
export { removeCheckpoint } from './remove-checkpoint.js';
