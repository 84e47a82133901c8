/** How every package is built: ESM with declarations, one entry per public path. */
import { defineConfig, type Options } from 'tsup';

export const build = (entry: string[] = ['src/index.ts']): Options =>
  defineConfig({
    entry,
    format: ['esm'],
    target: 'node20',
    platform: 'node',
    clean: true,
    sourcemap: false,
    // tsup 8.5 asks for an option that TypeScript 6 deprecates.
    dts: { compilerOptions: { ignoreDeprecations: '6.0' } },
  }) as Options;

export default build();
