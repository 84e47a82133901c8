import { varianceScaling } from './variance-scaling.js';

/** Normal with deviation sqrt(1 / fanIn); not truncated. LeCun et al. (1998). */
export const lecunNormal = varianceScaling({ scale: 1, mode: 'fanIn', distribution: 'normal' });
