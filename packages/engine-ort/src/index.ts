/** Graphs in ONNX Runtime: compiled graphs, and loops of K training steps in one call. */
export { runnable } from './adapt.js';
export { ortEngine, type OrtEngineOptions } from './ort-engine.js';
export { engineOrtPlugin } from './plugin.js';
export type { OrtImporter } from './runtime.js';
