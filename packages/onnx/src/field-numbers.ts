/** Field and enum numbers of the messages in onnx.proto (IR 8) that Gradus reads and writes. */

export const Model = { irVersion: 1, producerName: 2, producerVersion: 3, graph: 7, opsetImport: 8 } as const;
export const OperatorSet = { domain: 1, version: 2 } as const;
export const GraphFields = { node: 1, name: 2, initializer: 5, input: 11, output: 12 } as const;
export const NodeFields = { input: 1, output: 2, name: 3, opType: 4, attribute: 5 } as const;
export const Attribute = { name: 1, f: 2, i: 3, s: 4, g: 6, ints: 8, type: 20 } as const;
export const AttributeType = { float: 1, int: 2, string: 3, graph: 5, ints: 7 } as const;
export const TensorFields = { dims: 1, dataType: 2, name: 8, rawData: 9 } as const;
export const ValueInfo = { name: 1, type: 2 } as const;
export const Type = { tensorType: 1 } as const;
export const TensorType = { elemType: 1, shape: 2 } as const;
export const ShapeFields = { dim: 1 } as const;
export const Dimension = { value: 1, param: 2 } as const;
