/** What this package adds to a trainer, by kind and name. */
import { builtins as optimizer } from './optimizers/index.js';
import { builtins as schedule } from './schedules/index.js';

export const builtins = { optimizer, schedule } as const;
