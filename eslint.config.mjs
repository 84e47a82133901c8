// Lint rules: what TypeScript does not notice, and the rules of the house.
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';
import { forbiddenImports, testing } from './scripts/import-direction.mjs';
import { readJson, workspaceFolders } from './scripts/setup.mjs';

/** Paths into another package; a test may read another's golden numbers. */
const outside = {
  regex: '^(\\.\\./)+(packages|examples|benchmarks|[a-z-]+/src)(/.*(?<!\\.json))?$',
  message: 'Import another package by its name.',
};

/** A package's own table of forbidden imports; its tests may also use the conformance suites, and itself by name. */
function importDirection(folder) {
  const { name } = readJson(`${folder}/package.json`);
  const forbid = (names) => {
    const regex = `^(${names.join('|')})(/|$)`;
    const message = `${name} may import only from below its row in scripts/import-direction.mjs, and itself by relative path.`;
    return { 'no-restricted-imports': ['error', { patterns: [outside, { regex, message }] }] };
  };
  const forbidden = forbiddenImports(name);
  const tests = [`${folder}/**/*.test.ts`, `${folder}/test/**/*.ts`];
  return [
    { files: [`${folder}/**/*.ts`], ignores: tests, rules: forbid([...forbidden, name]) },
    { files: tests, rules: forbid(forbidden.filter((other) => other !== testing)) },
  ];
}

export default defineConfig(
  // What .gitignore names, and a program that is compiled only outside of the workspace.
  { ignores: ['**/dist/', '**/coverage/', '**/.turbo/', '**/runs/', 'scripts/smoke/types.ts'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.{ts,mjs}'],
    languageOptions: { parser: tseslint.parser },
    plugins: { '@typescript-eslint': tseslint.plugin },
    rules: {
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/ban-ts-comment': 'error',
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: 'Randomness comes from explicit keys (randomKey of @gradus/graph).' },
      ],
      'no-restricted-imports': ['error', { patterns: [outside] }],
      'no-var': 'error',
      'prefer-const': 'error',
    },
  },
  {
    files: ['**/*.ts'],
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
    },
  },
  workspaceFolders()
    .filter((folder) => folder.startsWith('packages/'))
    .flatMap(importDirection),
);
