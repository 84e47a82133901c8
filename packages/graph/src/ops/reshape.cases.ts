import type { OperatorCase } from '../operator-case.js';

export const cases: OperatorCase[] = [];
