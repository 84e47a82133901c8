/** Files that somebody or something has damaged: GRADUS_ONNX_MUTATIONS says how many; `npm run verify:onnx` tries a hundred thousand. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { fuzzModels } from '../test/fuzz.js';

const golden = JSON.parse(readFileSync(new URL('../test/golden/models.json', import.meta.url), 'utf8')) as { model: string }[];
const models = [...golden.map(({ model }) => Uint8Array.from(Buffer.from(model, 'base64'))), Uint8Array.from(readFileSync(new URL('../test/golden/fine-tune/model.onnx', import.meta.url)))];

it('damaged models end in a result or in a coded error, and soon', { timeout: 3_600_000 }, () => {
  const count = Number(process.env.GRADUS_ONNX_MUTATIONS ?? 1000);
  const { whole, refused, slowest } = fuzzModels(models, count);
  // Some damage does not matter, most does, and none makes it hang.
  expect([whole > count / 10, refused > count / 3, slowest < 20_000]).toEqual([true, true, true]);
  expect(process.memoryUsage().rss).toBeLessThan(4e9);
});
