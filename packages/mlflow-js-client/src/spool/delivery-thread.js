// In the package this is a program of its own, made of `deliver-in-thread.ts` as it is here. A thread cannot read TypeScript by itself in
// Node 20, and having it read file by file, as tsx does, takes twice as long.
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const { buildSync } = createRequire(createRequire(import.meta.url).resolve('tsx'))('esbuild');
const entry = fileURLToPath(new URL('deliver-in-thread.ts', import.meta.url));
const { outputFiles } = buildSync({ entryPoints: [entry], bundle: true, platform: 'node', format: 'esm', target: 'node20', write: false });
await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
