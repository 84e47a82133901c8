import { varianceScaling } from './variance-scaling.js';

/** Uniform within ±sqrt(6 / (fanIn + fanOut)): keeps variances through linear and tanh layers. Glorot and Bengio (2010). */
export const glorotUniform = varianceScaling({ scale: 1, mode: 'fanAverage', distribution: 'uniform' });
