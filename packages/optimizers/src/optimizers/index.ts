// Generated from this folder by scripts/generate-index.mjs. Do not edit.
import { adabelief } from './adabelief.js';
import { adadelta } from './adadelta.js';
import { adafactor } from './adafactor.js';
import { adagrad } from './adagrad.js';
import { adam } from './adam.js';
import { adamax } from './adamax.js';
import { adamaxw } from './adamaxw.js';
import { adamw } from './adamw.js';
import { adan } from './adan.js';
import { amsgrad } from './amsgrad.js';
import { lamb } from './lamb.js';
import { lars } from './lars.js';
import { lion } from './lion.js';
import { muon } from './muon.js';
import { nadam } from './nadam.js';
import { nadamw } from './nadamw.js';
import { novograd } from './novograd.js';
import { radam } from './radam.js';
import { rmsprop } from './rmsprop.js';
import { sgd } from './sgd.js';
import { signSgd } from './sign-sgd.js';
import { yogi } from './yogi.js';
export * from './adabelief.js';
export * from './adadelta.js';
export * from './adafactor.js';
export * from './adagrad.js';
export * from './adam.js';
export * from './adamax.js';
export * from './adamaxw.js';
export * from './adamw.js';
export * from './adan.js';
export * from './amsgrad.js';
export * from './lamb.js';
export * from './lars.js';
export * from './lion.js';
export * from './muon.js';
export * from './nadam.js';
export * from './nadamw.js';
export * from './novograd.js';
export * from './radam.js';
export * from './rmsprop.js';
export * from './sgd.js';
export * from './sign-sgd.js';
export * from './yogi.js';

/** Every factory of this folder, by its name. */
export const builtins = {
  adabelief,
  adadelta,
  adafactor,
  adagrad,
  adam,
  adamax,
  adamaxw,
  adamw,
  adan,
  amsgrad,
  lamb,
  lars,
  lion,
  muon,
  nadam,
  nadamw,
  novograd,
  radam,
  rmsprop,
  sgd,
  signSgd,
  yogi,
};
