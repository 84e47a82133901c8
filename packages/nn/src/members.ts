/** Outputs for several members of one sample: pairs and triplets of embeddings along axis 1. */
import { slice, squeeze, type Tensor } from '@gradus/graph';

/** Member `index` of every sample: [batch, members, …] to [batch, …]. */
export const member = (outputs: Tensor, index: number): Tensor => squeeze(slice(outputs, { axis: 1, start: index, stop: index + 1 }), 1);
