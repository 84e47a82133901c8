/** Constants that keep their names while a function is traced: what is computed from them stays a node, until an engine folds it. */
import { Node, SymbolicTensor, type NDArray, type Operator, type Tensor } from '@gradus/graph';

interface NamedConstant extends Operator {
  readonly constant: { readonly name: string; readonly array: NDArray };
}

/** A symbol that stands for an array of a file. */
export function namedConstant(name: string, array: NDArray): SymbolicTensor {
  const operator: NamedConstant = {
    name: 'Constant',
    constant: { name, array },
    infer: () => [array],
    kernel: () => [array],
    onnx: () => ({ type: 'Identity', constants: [array] }),
  };
  return new Node(operator, [], {}, [array]).outputs[0];
}

/** What a symbol stands for, when it is such a constant. */
export const constantOf = (tensor: Tensor): NamedConstant['constant'] | undefined =>
  tensor instanceof SymbolicTensor ? (tensor.node?.operator as Partial<NamedConstant> | undefined)?.constant : undefined;
