// Finds the error codes that the packages throw, and those that docs/errors.md lists.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, workspaceFolders } from './setup.mjs';

/**
 * The codes in `new GradusError('CODE', ...)` of one source, also where the code is chosen between literals.
 * @throws when a code is not written out at the place where the error is made
 */
export function codesOf(source, file) {
  return [...source.matchAll(/new GradusError\(([^,]*),/g)].flatMap(([call, argument]) => {
    const codes = [...argument.matchAll(/'([A-Z][A-Z0-9_]*)'/g)].map((match) => match[1]);
    if (codes.length === 0) throw new Error(`${file}: write the code as a literal in \`${call.trim()}\``);
    return codes;
  });
}

/** Every code of the packages, with the files that use it. */
export function codesInSources() {
  const files = new Map();
  for (const folder of workspaceFolders().filter((each) => each.startsWith('packages/'))) {
    for (const name of readdirSync(join(root, folder, 'src'), { recursive: true })) {
      if (!name.endsWith('.ts') || name.endsWith('.test.ts')) continue;
      const file = `${folder}/src/${name}`;
      for (const code of codesOf(readFileSync(join(root, file), 'utf8'), file)) files.set(code, [...(files.get(code) ?? []), file]);
    }
  }
  return files;
}

/** The rows of a page's table: code, meaning, what to do. */
export function codesInTable(page) {
  return [...page.matchAll(/^\| `([A-Z0-9_]+)` \| (.*) \| (.*) \|$/gm)].map(([, code, meaning, remedy]) => ({ code, meaning, remedy }));
}
