/** What has a name in configuration beside optimizers and schedules. Arguments of wrappers are options there, by their names. */
import { withArguments, withSchedules, type Factory, type GradientTransform } from '@gradus/core';
import { chain } from './chain.js';
import * as transforms from './transforms/index.js';
import * as wrappers from './wrappers/index.js';

type Named = Readonly<Record<string, Factory<GradientTransform>>>;
type Wrapper = (optimizer: GradientTransform, options: never) => GradientTransform;

const around = (name: string, make: Wrapper): Factory<GradientTransform> =>
  withArguments(name, make, { optimizer: 'transform', options: 'options' });

/** Parts of a chain: what they give are no updates yet, or those of another optimizer. */
export const namedTransforms: Named = {
  ...Object.fromEntries(Object.entries(transforms).map(([name, make]) => [name, withSchedules(make)])),
  conditionallyTransform: withArguments('conditionallyTransform', wrappers.conditionallyTransform, {
    inner: 'transform',
    condition: 'value',
  }),
  freeze: withArguments('freeze', wrappers.freeze, { pattern: 'value?' }),
  masked: withArguments('masked', wrappers.masked, { inner: 'transform', mask: 'value' }),
  reduceOnPlateau: wrappers.reduceOnPlateau,
  scaleBySign: withArguments('scaleBySign', transforms.scaleBySign, {}),
};

/** Optimizers made of others. */
export const namedWrappers: Named = {
  accumulate: around('accumulate', wrappers.accumulate),
  backtrackingLinesearch: around('backtrackingLinesearch', wrappers.backtrackingLinesearch),
  chain: withArguments('chain', (list: readonly GradientTransform[]) => chain(...list), { transforms: 'transforms' }),
  emaParams: around('emaParams', wrappers.emaParams),
  lbfgs: withSchedules(wrappers.lbfgs),
  lookahead: around('lookahead', wrappers.lookahead),
  partition: withArguments('partition', wrappers.partition, { transforms: 'transforms', labels: 'value?' }),
  sam: around('sam', wrappers.sam),
  scheduleFree: around('scheduleFree', wrappers.scheduleFree),
  zoomLinesearch: around('zoomLinesearch', wrappers.zoomLinesearch),
};
