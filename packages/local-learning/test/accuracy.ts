/** The tutorial over many seeds: means, deviations, the worst. `pnpm --filter @gradus/local-learning accuracy [seeds]`. */
import { tutorial, type TutorialOptions } from './tutorial.js';

const seeds = Number(process.argv[2] ?? 20);
const variants: Readonly<Record<string, TutorialOptions>> = {
  current: {},
  'as the seed': { semantics: 'seed' },
  'no self-coupling': { selfCoupling: 0 },
  'no label feedback': { feedback: 0 },
  'label feedback x 5': { feedback: 1.5 },
};

const mean = (list: readonly number[]): number => list.reduce((sum, v) => sum + v, 0) / list.length;
const deviation = (list: readonly number[]): number => Math.sqrt(mean(list.map((v) => (v - mean(list)) ** 2)));
const line = (list: readonly number[]): string =>
  `${mean(list).toFixed(4)} (deviation ${deviation(list).toFixed(4)}, from ${Math.min(...list).toFixed(3)} to ${Math.max(...list).toFixed(3)})`;

for (const [variant, options] of Object.entries(variants)) {
  const results = [];
  for (let seed = 0; seed < seeds; seed++) results.push(await tutorial(seed, options));
  console.log(`${variant}: training ${line(results.map(({ train }) => train))}, held out ${line(results.map(({ heldOut }) => heldOut))}`);
}
