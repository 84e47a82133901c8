import { varianceScaling } from './variance-scaling.js';

/** Uniform within ±sqrt(3 / fanIn): keeps variances through linear and selu layers. LeCun et al. (1998). */
export const lecunUniform = varianceScaling({ scale: 1, mode: 'fanIn', distribution: 'uniform' });
