/** In-memory data: order, batches, splits. */
export type { Fields } from './fields.js';
export { inMemory, type InMemoryOptions, type InMemorySource } from './in-memory.js';
export { trainValidationSplit, type SplitOptions } from './train-validation-split.js';
