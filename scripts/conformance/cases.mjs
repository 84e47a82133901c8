// The tests of ONNX on disk: a folder with `model.onnx` and one or more `test_data_set_N`, each with `input_N.pb` and `output_N.pb`.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** `node` tests one operator each; the others are small models. `real` would need models from elsewhere. */
const FOLDERS = ['node', 'simple', 'pytorch-operator', 'pytorch-converted'];

/** Every test: its name (`node/test_abs`) and where it is. */
export function findCases(root) {
  return FOLDERS.filter((folder) => existsSync(join(root, folder))).flatMap((folder) =>
    readdirSync(join(root, folder))
      .sort()
      .map((test) => ({ name: `${folder}/${test}`, folder, path: join(root, folder, test) }))
      .filter(({ path }) => existsSync(join(path, 'model.onnx'))),
  );
}

/** The bytes of a test's model. */
export const readModel = ({ path }) => readFileSync(join(path, 'model.onnx'));

/** The bytes of each data set: inputs and outputs in the model's order; `undefined` where a file is missing. */
export function readDataSets({ path }) {
  return readdirSync(path)
    .filter((name) => name.startsWith('test_data_set_'))
    .sort()
    .map((set) => {
      const files = readdirSync(join(path, set));
      const list = (kind) => {
        const found = [];
        for (const file of files) {
          const index = new RegExp(`^${kind}_(\\d+)\\.pb$`).exec(file)?.[1];
          if (index !== undefined) found[Number(index)] = readFileSync(join(path, set, file));
        }
        return found;
      };
      return { inputs: list('input'), outputs: list('output') };
    });
}
