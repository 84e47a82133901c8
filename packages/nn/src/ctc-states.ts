/** The states of connectionist temporal classification: the labels of each sample with blanks before, between and after them. */
import {
  arange,
  cast,
  concat,
  equal,
  expandDims,
  full,
  logicalNot,
  logicalOr,
  multiply,
  reshape,
  slice,
  stack,
  subtract,
  sum,
  type Tensor,
} from '@gradus/graph';

export interface CtcStates {
  /** The class that each state emits: int32 [batch, 2 longest + 1]. */
  readonly classes: Tensor;
  /** Whether a state may be reached from the last but one, past a blank: two equal labels need the blank. bool of the same shape. */
  readonly skippable: Tensor;
  /** Whether a spelling may end here: at the last label or the blank after it. bool of the same shape. */
  readonly final: Tensor;
}

/**
 * @param labels int32 [batch, longest]; where not present, any class.
 * @param present Which of them are labels and no padding: bool of the same shape.
 */
export function ctcStates(labels: Tensor, present: Tensor, blank: number): CtcStates {
  const [batch, longest] = labels.shape;
  const size = 2 * longest + 1;
  const blanks = full([batch, longest], blank, 'int32');
  const pairs = reshape(stack([blanks, labels], { axis: 2 }), [batch, 2 * longest]);
  const classes = concat([pairs, full([batch, 1], blank, 'int32')], { axis: 1 });
  const before = concat([full([batch, 2], blank, 'int32'), slice(classes, { axis: 1, stop: size - 2 })], { axis: 1 });
  const skippable = logicalNot(logicalOr(equal(classes, blank), equal(classes, before)));
  const ends = multiply(sum(cast(present, 'int32'), { axes: 1 }), 2);
  const places = arange(0, size, 1, 'int32');
  const final = logicalOr(equal(places, expandDims(ends, 1)), equal(places, expandDims(subtract(ends, 1), 1)));
  return { classes, skippable, final };
}
