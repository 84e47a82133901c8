// Which package may import which: the direction of docs/architecture.md as a table, used by ESLint and by the
// tests of the repository.

/** From top to bottom. A package imports only from rows below its own. */
export const rows = [
  ['gradus'],
  ['@gradus/mlflow'],
  ['@gradus/hypercausal', '@gradus/local-learning', '@gradus/programs'],
  ['@gradus/callbacks'],
  ['@gradus/checkpoint'],
  ['@gradus/engine-ort'],
  ['@gradus/onnx'],
  ['@gradus/nn'],
  ['@gradus/gradients', '@gradus/optimizers'],
  ['@gradus/data'],
  ['@gradus/core'],
  ['@gradus/graph'],
  // Knows nothing of Gradus.
  ['mlflow-js-client'],
];

/** The conformance suites stand beside the rows: they see contracts only, and only tests see them. */
export const testing = '@gradus/testing';

const publicPackages = [...rows.flat(), testing];

/** The packages that the sources of `name` may import; its tests may import `testing` too. */
export function allowedImports(name) {
  if (name === testing) return ['@gradus/core', '@gradus/graph'];
  const row = rows.findIndex((packages) => packages.includes(name));
  if (row === -1) throw new Error(`${name} has no row in scripts/import-direction.mjs`);
  return rows.slice(row + 1).flat();
}

/** The packages of this repository that the sources of `name` may not import. */
export function forbiddenImports(name) {
  const allowed = allowedImports(name);
  return publicPackages.filter((other) => other !== name && !allowed.includes(other));
}
