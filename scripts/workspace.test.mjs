// What every package and example must have, so that none is forgotten when one is added.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { nodeProblem, readJson, root, workspaceFolders } from './setup.mjs';
import { versions, withVersion } from './sync-version.mjs';

/** Files share modules, which halves the time, except where a test mocks one. */
const TEST = /^vitest run( --no-isolate)?$/;

const manifests = workspaceFolders().map((folder) => ({ folder, ...readJson(`${folder}/package.json`) }));
const packages = manifests.filter(({ folder }) => folder.startsWith('packages/'));
const { devDependencies, engines, packageManager } = readJson('package.json');

test.each(packages)('$name can be published as the others are', (manifest) => {
  expect(manifest).toMatchObject({
    type: 'module',
    license: 'MIT',
    sideEffects: false,
    files: ['dist'],
    engines,
    description: expect.stringMatching(/^[A-Z].*\.$/),
    publishConfig: { access: 'public' },
    scripts: { build: 'tsup', typecheck: 'tsc -p tsconfig.json', test: expect.stringMatching(TEST) },
  });
  expect(manifest.private).toBeUndefined();
  // Sources inside of the workspace, the build outside: entry by entry.
  const published = Object.fromEntries(
    Object.entries(manifest.exports).map(([path, source]) => {
      const built = source.replace('./src/', './dist/').replace(/\.ts$/, '');
      return [path, { types: `${built}.d.ts`, default: `${built}.js` }];
    }),
  );
  expect(manifest.publishConfig.exports).toEqual(published);
});

test.each(packages)('$name has a README with its install line and an example', ({ folder, name }) => {
  const readme = readFileSync(join(root, folder, 'README.md'), 'utf8');
  expect(readme.startsWith(`# ${name}\n`)).toBe(true);
  expect(readme).toMatch(new RegExp(`npm install (-D |--save-dev )?${name}\\b`));
  expect(readme).toContain('```ts\n');
});

const examples = manifests.filter(({ folder }) => folder.startsWith('examples/'));
test.each(examples)('example $name is started by `start`', ({ folder, name, scripts }) => {
  expect(`examples/${name}`).toBe(folder);
  // Node itself, not a wrapper: with one Ctrl-C would arrive twice.
  expect(scripts.start).toMatch(/^node --import tsx src\/.*\.ts$/);
  expect(existsSync(join(root, folder, scripts.start.split(' ').at(-1)))).toBe(true);
});

test('every package has a size limit', () => {
  const limits = readJson('.size-limit.json').map(({ path }) => path);
  expect(limits).toEqual(packages.map(({ folder }) => `${folder}/dist/*.js`));
});

test('one pnpm is pinned', () => {
  expect(packageManager).toBe(`pnpm@${devDependencies.pnpm}`);
});

test('the version that core exports is that of its package', () => {
  const { from, to } = versions();
  expect(from).toBe(to);
});

test('a new version of core reaches its constant and the ranges of plugins, and nothing else', () => {
  const source = "export const VERSION = '0.1.0';\nplugin({ core: '^0.1.0', other: '^0.1.0' });\n";
  expect(withVersion(source, '0.1.0', '0.2.0')).toBe("export const VERSION = '0.2.0';\nplugin({ core: '^0.2.0', other: '^0.1.0' });\n");
});

test.each([
  ['18.20.4', true],
  ['20.18.3', true],
  ['20.19.0', false],
  ['20.20.2', false],
  ['22.0.0', false],
])('Node %s is too old: %s', (version, tooOld) => {
  expect(nodeProblem(version, engines.node)?.includes(`this is Node ${version}`) ?? false).toBe(tooOld);
});
