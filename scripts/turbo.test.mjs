// A cached result must not outlive what it was made of: packages read each other's sources, so the hash of a test task
// has to contain the files of every package below.
import { execFileSync } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { expect, test } from 'vitest';
import { readJson, root, workspaceFolders } from './setup.mjs';

const manifests = workspaceFolders().map((folder) => readJson(`${folder}/package.json`));
const turbo = join(root, 'node_modules/turbo/bin/turbo');
const plan = execFileSync(process.execPath, [turbo, 'run', 'test', 'lint', 'test:repository', '--dry=json'], {
  cwd: root,
  encoding: 'utf8',
  env: { ...process.env, PATH: `${join(root, 'node_modules/.bin')}${delimiter}${process.env.PATH}` },
});
const tasks = new Map(JSON.parse(plan).tasks.map((task) => [task.taskId, task]));

/** A task and all that it waits for. */
function closure(id, found = new Set()) {
  if (!found.has(id)) {
    found.add(id);
    for (const next of tasks.get(id).dependencies) closure(next, found);
  }
  return found;
}

/** A package and all packages of the workspace below it. */
function below(name, found = new Set()) {
  const manifest = manifests.find((each) => each.name === name);
  if (manifest && !found.has(name)) {
    found.add(name);
    for (const next of Object.keys({ ...manifest.dependencies, ...manifest.devDependencies })) below(next, found);
  }
  return found;
}

test.each(manifests.filter(({ scripts }) => scripts.test))('the tests of $name wait for the files of all packages below', ({ name }) => {
  const seen = closure(`${name}#test`);
  for (const other of below(name)) {
    expect(seen).toContain(`${other}#transit`);
    expect(Object.keys(tasks.get(`${other}#transit`).inputs)).toContainEqual(expect.stringMatching(/^src\/.*\.ts$/));
  }
});

test.each(['//#lint', '//#test:repository'])('%s sees every file of the repository', (id) => {
  const inputs = Object.keys(tasks.get(id).inputs);
  expect(inputs).toEqual(expect.arrayContaining(['docs/errors.md', '.ci/run', 'packages/graph/src/errors.ts', 'pnpm-lock.yaml']));
  expect(inputs.filter((file) => /(^|\/)(node_modules|dist|\.git|\.turbo|\.vitest)\//.test(file))).toEqual([]);
});
