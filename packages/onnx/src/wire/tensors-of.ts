/** Every tensor of a model, wherever it is: initializers, attributes, bodies of control flow, functions, training information. */
import type { AttributeMessage, GraphMessage, ModelMessage, NodeMessage, SparseTensorMessage, TensorMessage } from './schema.js';

type Change = (tensor: TensorMessage) => TensorMessage;

/** The list with `change` applied to each; an absent list stays absent. */
const each = <T>(list: readonly T[] | undefined, change: (item: T) => T): readonly T[] | undefined => list?.map(change);

/** A copy of `message` with other values for some fields; fields that are `undefined` are left out. */
function with_<T extends object>(message: T, changes: Partial<T>): T {
  return Object.fromEntries(Object.entries({ ...message, ...changes }).filter(([, value]) => value !== undefined)) as T;
}

/** The model with `change` applied to every tensor. What is no tensor is shared with the model that was given. */
export function mapTensors(model: ModelMessage, change: Change): ModelMessage {
  const sparse = (tensor: SparseTensorMessage): SparseTensorMessage =>
    with_(tensor, { values: tensor.values && change(tensor.values), indices: tensor.indices && change(tensor.indices) });
  const attribute = (own: AttributeMessage): AttributeMessage =>
    with_(own, {
      t: own.t && change(own.t),
      g: own.g && graph(own.g),
      tensors: each(own.tensors, change),
      graphs: each(own.graphs, graph),
      sparseTensor: own.sparseTensor && sparse(own.sparseTensor),
      sparseTensors: each(own.sparseTensors, sparse),
    });
  const node = (own: NodeMessage): NodeMessage => with_(own, { attribute: each(own.attribute, attribute) });
  const graph = (own: GraphMessage): GraphMessage =>
    with_(own, {
      node: each(own.node, node),
      initializer: each(own.initializer, change),
      sparseInitializer: each(own.sparseInitializer, sparse),
    });
  return with_(model, {
    graph: model.graph && graph(model.graph),
    functions: each(model.functions, (fn) => with_(fn, { node: each(fn.node, node), attributeProto: each(fn.attributeProto, attribute) })),
    trainingInfo: each(model.trainingInfo, (info) =>
      with_(info, {
        initialization: info.initialization && graph(info.initialization),
        algorithm: info.algorithm && graph(info.algorithm),
      }),
    ),
  });
}
