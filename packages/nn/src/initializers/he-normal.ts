import { varianceScaling } from './variance-scaling.js';

/** Normal with deviation sqrt(2 / fanIn); not truncated, as in PyTorch. He et al. (2015). */
export const heNormal = varianceScaling({ scale: 2, mode: 'fanIn', distribution: 'normal' });
