import { expect, it } from 'vitest';
import { expectError } from '../test/throws.js';
import { ContrafactualAnticipator } from './anticipator.js';
import { LinearProjector } from './projector.js';

const projector = new LinearProjector({ span: 0.2 });
const up = (centre: Float64Array): Float64Array => centre.map((v) => v + 0.1);
const rows = (options: object, state = [0.3, -0.2]): number[][] =>
  new ContrafactualAnticipator({ projector, ...options }).generate(state).rows().map((row) => [...row]);

it('follows the base rows with each perturbation and its mirror image', () => {
  const generated = rows({ perturbations: [up, (c: Float64Array) => c.map((v) => 2 * v)] });
  expect(generated.slice(0, 3)).toEqual(projector.project([0.3, -0.2], 3).rows().map((row) => [...row]));
  expect(generated).toHaveLength(7);
  [0.38436592, -0.09244143].forEach((v, d) => expect(generated[3][d]).toBeCloseTo(v, 8));
  [0.18436592, -0.29244143].forEach((v, d) => expect(generated[4][d]).toBeCloseTo(v, 8));
  // The second perturbation doubles the centre; its mirror image, 2c - 2c, is 0.
  [0.56873184, -0.38488286].forEach((v, d) => expect(generated[5][d]).toBeCloseTo(v, 7));
  expect(generated[6]).toEqual([0, 0]);
});

it('leaves the mirror images out on request', () => {
  expect(rows({ perturbations: [up], symmetric: false })).toHaveLength(4);
});

it('gives the base rows alone without perturbations', () => {
  expect(rows({ branches: 5 })).toHaveLength(5);
  expect(rows({ branches: 1 })).toHaveLength(2);
});

it('refuses a perturbation that changes the size', () => {
  expectError('SHAPE_MISMATCH', 'perturbation 0', () => rows({ perturbations: [() => [1]] }));
});
