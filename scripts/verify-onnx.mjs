// `npm run verify:onnx`: exports a model of every family and checks each file in Python, with onnx's own checker and with onnxruntime,
// against what the live model gives; then damages models in a hundred thousand ways. The last line counts files and damaged models
// together: `N passed, N failed`. It makes a virtual environment of its own; Python 3.9 or newer must be there.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root, say, setUp } from './setup.mjs';

const HELP = `npm run verify:onnx [-- options]

  --filter TEXT      only files whose name contains TEXT
  --mutations N      damaged models to try (default: 100000; 0 for none)
  --keep FOLDER      leaves the files in FOLDER
  --help             this text

GRADUS_PYTHON names another Python than python3; one that has onnx, onnxruntime and numpy is used as it is.`;

const { values: options } = parseArgs({
  options: {
    filter: { type: 'string', default: '' },
    mutations: { type: 'string', default: '100000' },
    keep: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
process.exitCode = await main();

async function main() {
  if (options.help) {
    console.log(HELP);
    return 0;
  }
  if (!/^\d+$/.test(options.mutations)) {
    console.error(`--mutations takes a whole number, not '${options.mutations}'.`);
    return 2;
  }
  const python = pythonWithOnnx();
  if (python === null) return 2;
  await setUp();
  const { verifyFiles } = await import('./verify-onnx/main.mjs');
  return verifyFiles(python, { ...options, mutations: Number(options.mutations) });
}

/** A Python that has the packages: the one that is there, or else a virtual environment made once. */
function pythonWithOnnx() {
  const given = process.env.GRADUS_PYTHON ?? 'python3';
  const works = (command) => spawnSync(command, ['-c', 'import onnx, onnxruntime, numpy'], { stdio: 'ignore' }).status === 0;
  if (works(given)) return given;
  const folder = join(root, 'node_modules/.verify-onnx');
  const own = join(folder, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  if (existsSync(own) && works(own)) return own;
  say('Making a virtual environment with onnx and onnxruntime (the first time only)');
  const run = (command, args) => spawnSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'] }).status === 0;
  const packages = ['onnx>=1.17', 'onnxruntime>=1.20', 'numpy'];
  if (run(given, ['-m', 'venv', folder]) && run(own, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...packages]) && works(own)) return own;
  console.error(
    `${given} cannot make an environment with onnx, onnxruntime and numpy. Install Python 3.9 or newer with venv and pip, or name a Python ` +
      'that has these packages in GRADUS_PYTHON.',
  );
  return null;
}
