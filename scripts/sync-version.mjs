// Carries a new version of @gradus/core from its package.json to the VERSION that it exports and to the plugins of this
// repository that name it. `pnpm run version` calls it; a test fails when it was forgotten.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readJson, root, workspaceFolders } from './setup.mjs';

const constant = 'packages/core/src/version.ts';

/** The version that the sources name, and the one that they should. */
export function versions() {
  const from = /export const VERSION = '([^']+)'/.exec(readFileSync(join(root, constant), 'utf8'))[1];
  return { from, to: readJson('packages/core/package.json').version };
}

/** A source in which the constant and the ranges `core: '^from'` name `to`. */
export const withVersion = (source, from, to) =>
  source.replaceAll(`export const VERSION = '${from}'`, `export const VERSION = '${to}'`).replaceAll(`core: '^${from}'`, `core: '^${to}'`);

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { from, to } = versions();
  for (const folder of [...workspaceFolders().map((each) => `${each}/src`), 'scripts/smoke']) {
    for (const name of readdirSync(join(root, folder), { recursive: true }).filter((each) => each.endsWith('.ts'))) {
      const path = join(root, folder, name);
      const text = readFileSync(path, 'utf8');
      const changed = withVersion(text, from, to);
      if (changed === text) continue;
      writeFileSync(path, changed);
      console.log(`wrote ${folder}/${name}`);
    }
  }
}
