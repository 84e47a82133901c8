// Writes the index files that list what a folder holds, so that adding a part is adding a file.
// `--check` changes nothing and fails when an index is out of date.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const HEADER = '// Generated from this folder by scripts/generate-index.mjs. Do not edit.\n';

const sources = (folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.ts') && !/\.(test|cases)\.ts$/.test(name) && name !== 'index.ts')
    .sort();

const stem = (name) => name.replace(/\.ts$/, '');
const camel = (name) => name.replace(/-(\w)/g, (_, c) => c.toUpperCase());

function operators() {
  const folder = 'packages/graph/src/ops';
  const files = sources(folder);
  const lines = files.map((name) => {
    const names = [...readFileSync(join(folder, name), 'utf8').matchAll(/^export const ([A-Z]\w*)/gm)].map((m) => m[1]);
    if (names.length === 0) throw new Error(`${folder}/${name} exports no operator`);
    return { file: `./${stem(name)}.js`, names };
  });
  const exports = lines.map(({ file }) => `export * from '${file}';\n`).join('');
  const imports = lines.map(({ file, names }) => `import { ${names.join(', ')} } from '${file}';\n`).join('');
  const all = lines.flatMap(({ names }) => names);
  const table = `\n/** Every operator, by the name of its export. */\nexport const operators = {\n${all.map((n) => `  ${n},\n`).join('')}} as Readonly<Record<string, unknown>> as Readonly<Record<string, Operator>>;\n`;
  const withCases = files.filter((name) => existsSync(join(folder, `${stem(name)}.cases.ts`)));
  const cases = withCases.map((name) => ({ key: stem(name), variable: camel(stem(name)) + 'Cases' }));
  return {
    [`${folder}/index.ts`]: `${HEADER}import type { Operator } from '../operator.js';\n${imports}${exports}${table}`,
    'packages/graph/src/cases.ts':
      HEADER.replace('this folder', 'ops/') +
      "import type { OperatorCase } from './operator-case.js';\n" +
      cases.map(({ key, variable }) => `import { cases as ${variable} } from './ops/${key}.cases.js';\n`).join('') +
      "\nexport type { OperatorCase } from './operator-case.js';\n" +
      '\n/** Examples of every operator, by file: what an engine must reproduce. */\n' +
      `export const operatorCases: Readonly<Record<string, readonly OperatorCase[]>> = {\n${cases.map(({ key, variable }) => `  '${key}': ${variable},\n`).join('')}};\n`,
  };
}

/** Folders where `early-stopping.ts` exports the factory `earlyStopping`. */
const FACTORIES = [
  'packages/callbacks/src/callbacks',
  'packages/engine-ort/src/rules',
  'packages/gradients/src/estimators',
  'packages/optimizers/src/optimizers',
  'packages/optimizers/src/schedules',
];

function factories() {
  return Object.fromEntries(
    FACTORIES.filter((folder) => existsSync(folder)).map((folder) => {
      const names = sources(folder).map((name) => ({ file: `./${stem(name)}.js`, factory: camel(stem(name)) }));
      const imports = names.map(({ file, factory }) => `import { ${factory} } from '${file}';\n`).join('');
      const exports = names.map(({ file }) => `export * from '${file}';\n`).join('');
      const table = `\n/** Every factory of this folder, by its name. */\nexport const builtins = {\n${names.map(({ factory }) => `  ${factory},\n`).join('')}};\n`;
      return [`${folder}/index.ts`, `${HEADER}${imports}${exports}${table}`];
    }),
  );
}

/** Folders whose files are all exported. */
const EXPORTED = [
  'packages/graph/src/functions',
  'packages/local-learning/src/modules',
  'packages/local-learning/src/rules',
  'packages/nn/src/initializers',
  'packages/nn/src/layers',
  'packages/nn/src/losses',
  'packages/nn/src/metrics',
  'packages/gradients/src/transforms',
  'packages/optimizers/src/transforms',
  'packages/optimizers/src/wrappers',
];

function exported() {
  return Object.fromEntries(
    EXPORTED.filter((folder) => existsSync(folder)).map((folder) => {
      const exports = sources(folder).map((name) => `export * from './${stem(name)}.js';\n`);
      return [`${folder}/index.ts`, HEADER + exports.join('')];
    }),
  );
}

/** Import rules of `@gradus/onnx`: each file exports its table `rules`, by ONNX operator. */
function importRules() {
  const folder = 'packages/onnx/src/import/rules';
  const names = sources(folder).map((name) => ({ file: `./${stem(name)}.js`, variable: camel(stem(name)) + 'Rules' }));
  const imports = names.map(({ file, variable }) => `import { rules as ${variable} } from '${file}';\n`).join('');
  const table = `\n/** The tables of every file of this folder. */\nexport const tables: readonly Rules[] = [\n${names.map(({ variable }) => `  ${variable},\n`).join('')}];\n`;
  return { [`${folder}/index.ts`]: `${HEADER}import type { Rules } from '../rule.js';\n${imports}${table}` };
}

const check = process.argv.includes('--check');
let stale = 0;
for (const [path, text] of Object.entries({ ...operators(), ...factories(), ...exported(), ...importRules() })) {
  let current = '';
  try {
    current = readFileSync(path, 'utf8');
  } catch {
    // A missing index is out of date.
  }
  if (current === text) continue;
  if (check) {
    console.error(`${path} is out of date: run \`node scripts/generate-index.mjs\`.`);
    stale++;
  } else {
    writeFileSync(path, text);
    console.log(`wrote ${path}`);
  }
}
process.exitCode = stale > 0 ? 1 : 0;
