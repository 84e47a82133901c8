import { ESLint } from 'eslint';
import { expect, test } from 'vitest';
import { allowedImports, forbiddenImports, rows, testing } from './import-direction.mjs';
import { readJson, root, workspaceFolders } from './setup.mjs';

const packages = workspaceFolders().filter((folder) => folder.startsWith('packages/')).map((folder) => readJson(`${folder}/package.json`));
const ours = (dependencies = {}) => Object.keys(dependencies).filter((name) => name === 'gradus' || name.startsWith('@gradus/'));

test('every package has its place in the table', () => {
  expect([...rows.flat(), testing].sort()).toEqual(packages.map(({ name }) => name).sort());
});

test.each(packages)('$name depends only on packages below it', ({ name, dependencies, devDependencies }) => {
  const allowed = allowedImports(name);
  expect(ours(dependencies).filter((other) => !allowed.includes(other))).toEqual([]);
  expect(ours(devDependencies).filter((other) => ![...allowed, testing].includes(other))).toEqual([]);
});

test('graph and core have no dependency from outside', () => {
  const outside = packages
    .filter(({ name }) => ['@gradus/graph', '@gradus/core'].includes(name))
    .flatMap(({ dependencies = {}, optionalDependencies = {}, peerDependencies = {} }) =>
      Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies }),
    );
  expect(outside).toEqual(['@gradus/graph']);
});

test('packages of one row do not see each other', () => {
  expect(forbiddenImports('@gradus/gradients')).toContain('@gradus/optimizers');
  expect(forbiddenImports('@gradus/graph')).toContain('@gradus/core');
  expect(forbiddenImports('gradus')).toEqual([testing]);
});

test('a package without a row is an error', () => {
  expect(() => allowedImports('@gradus/unknown')).toThrow('@gradus/unknown has no row');
});

// On files that exist, since rules with types know only files of the project.
// The parser must look at the given text: with CI set it would take the files' own.
const parserOptions = { disallowAutomaticSingleRunInference: true };
const eslint = new ESLint({ cwd: root, overrideConfig: { languageOptions: { parserOptions } } });
const messages = async (filePath, code) => {
  const [{ messages }] = await eslint.lintText(code, { filePath: `${root}${filePath}` });
  return messages.map(({ ruleId, message }) => `${ruleId}: ${message}`);
};

test.each([
  ['an import upwards', 'packages/graph/src/index.ts', "export * from '@gradus/core';", 'no-restricted-imports: .*below its row'],
  ['an import of a subpath upwards', 'packages/core/src/index.ts', "export * from '@gradus/callbacks/x';", 'below its row'],
  ['an import of itself by name', 'packages/core/src/index.ts', "export * from '@gradus/core';", 'itself by relative path'],
  ['suites outside of tests', 'packages/optimizers/src/index.ts', "export * from '@gradus/testing';", 'below its row'],
  ['a path into another package', 'packages/core/src/index.ts', "export * from '../../../packages/graph/src/index.js';", 'by its name'],
  ['a path into a neighbour', 'packages/core/src/index.ts', "export * from '../../graph/src/index.js';", 'by its name'],
  ['Math.random', 'packages/core/src/index.ts', 'export const x = Math.random();', 'no-restricted-properties: .*explicit keys'],
  ['a promise left alone', 'packages/core/src/index.ts', 'Promise.resolve();\nexport {};', 'no-floating-promises'],
  ['types imported as values', 'packages/nn/src/index.ts', "import { Model } from '@gradus/core';\nexport type X = Model;", 'type-imports'],
])('lint reports %s', { timeout: 60_000 }, async (_, file, code, expected) => {
  expect((await messages(file, code)).join('\n')).toMatch(new RegExp(expected));
});

test('lint allows an import downwards, and the suites in tests', async () => {
  expect(await messages('packages/core/src/index.ts', "export * from '@gradus/graph';\n")).toEqual([]);
  expect(await messages('packages/core/src/index.ts', "export * from '../../../packages/graph/golden.json';\n")).toEqual([]);
  expect(await messages('packages/optimizers/src/optimizers/conformance.test.ts', "export * from '@gradus/testing';\n")).toEqual([]);
});
