/** Counterfactual anticipation: the futures of a projector, and what perturbations would make of their centre. */
import { Futures, meanBranch } from './futures.js';
import type { Projector } from './projector.js';
import { clampBranches, requireSize, type Vector } from './validation.js';

/** A "what if": maps a state to another one of the same size. It must not change its argument. */
export type Perturbation = (state: Float64Array) => Vector;

export interface ContrafactualAnticipatorOptions {
  readonly projector: Projector;
  /** Default: none. */
  readonly perturbations?: readonly Perturbation[];
  /** Branches asked of the projector. Default 3; fewer than 2 count as 2. */
  readonly branches?: number;
  /** Whether each perturbed row p is followed by its mirror image `2c - p`. Default `true`. */
  readonly symmetric?: boolean;
}

/**
 * The projector's rows, followed by each perturbation of their mean c and, unless switched off, its mirror image.
 *
 * @example
 * new ContrafactualAnticipator({ projector, perturbations: [(c) => c.map((v) => v + 0.1)] }).generate([0.3, -0.2]); // 5 rows
 */
export class ContrafactualAnticipator {
  readonly #projector: Projector;
  readonly #perturbations: readonly Perturbation[];
  readonly #branches: number;
  readonly #symmetric: boolean;

  constructor({ projector, perturbations = [], branches = 3, symmetric = true }: ContrafactualAnticipatorOptions) {
    this.#projector = projector;
    this.#perturbations = perturbations;
    this.#branches = clampBranches(branches);
    this.#symmetric = symmetric;
  }

  /** @throws `SHAPE_MISMATCH` when a perturbation changes the size. */
  generate(state: Vector): Futures {
    const base = this.#projector.project(state, this.#branches);
    if (this.#perturbations.length === 0) return base;
    const centre = meanBranch(base);
    const rows: Vector[] = base.rows();
    this.#perturbations.forEach((perturb, i) => {
      const perturbed = perturb(centre);
      requireSize(`The result of perturbation ${i}`, perturbed, base.dim);
      rows.push(perturbed);
      if (this.#symmetric) rows.push(centre.map((c, d) => 2 * c - perturbed[d]));
    });
    return Futures.of(rows);
  }
}
