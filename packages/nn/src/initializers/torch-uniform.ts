import { varianceScaling } from './variance-scaling.js';

/** Uniform within ±1 / sqrt(fanIn): what PyTorch begins linear layers and convolutions with, weights and biases alike. */
export const torchUniform = varianceScaling({ scale: 1 / 3, mode: 'fanIn', distribution: 'uniform' });
