/** The suite every engine passes: each operator on every example, loops, refusals. */
import { engineChecks } from '@gradus/testing';
import { describe, it } from 'vitest';
import { ortEngine } from './ort-engine.js';

describe('engineChecks', () => {
  for (const { name, run } of engineChecks(() => ortEngine({ threads: 1, fallback: false }))) it(name, run);
});
