import { varianceScaling } from './variance-scaling.js';

/** Normal with deviation sqrt(2 / (fanIn + fanOut)); not truncated, as in PyTorch. Glorot and Bengio (2010). */
export const glorotNormal = varianceScaling({ scale: 1, mode: 'fanAverage', distribution: 'normal' });
