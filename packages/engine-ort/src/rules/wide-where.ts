/** Where of uint32 and bool, which ONNX Runtime lacks, computed in a type that holds every value of them. */
import { cast, where, type DType, type RewriteRule } from '@gradus/graph';

const WIDER: Partial<Record<DType, DType>> = { uint32: 'int64', bool: 'int32' };

export const wideWhere: RewriteRule = (node, [condition, a, b]) => {
  const wide = node.operator.name === 'Where' ? WIDER[a.dtype] : undefined;
  return wide === undefined ? null : [cast(where(condition, cast(a, wide), cast(b, wide)), a.dtype)];
};
