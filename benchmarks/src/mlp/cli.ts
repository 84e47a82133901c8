/** The table of this folder alone: `npx tsx src/mlp/cli.ts [threads]`. */
import { mlpRows } from './index.js';

const threads = Number(process.argv[2] ?? 1);
const rows = await mlpRows({ threads });
console.table(
  rows.map(({ name, variant, median, min, ratio, reference }) => ({
    name,
    variant,
    'ms per step': Number(median.toFixed(4)),
    min: Number(min.toFixed(4)),
    ratio: Number(ratio.toFixed(2)),
    reference,
  })),
);
