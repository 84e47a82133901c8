import { varianceScaling } from './variance-scaling.js';

/** Uniform within ±sqrt(6 / fanIn): keeps variances through relu layers. He et al. (2015). */
export const heUniform = varianceScaling({ scale: 2, mode: 'fanIn', distribution: 'uniform' });
