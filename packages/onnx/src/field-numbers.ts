/** Field and enum numbers of the messages in onnx.proto and onnx-data.proto that Gradus reads and writes. */

export const Model = {
  irVersion: 1,
  producerName: 2,
  producerVersion: 3,
  domain: 4,
  modelVersion: 5,
  docString: 6,
  graph: 7,
  opsetImport: 8,
  metadata: 14,
  functions: 25,
} as const;
export const OperatorSet = { domain: 1, version: 2 } as const;
export const FunctionFields = {
  name: 1,
  input: 4,
  output: 5,
  attribute: 6,
  node: 7,
  docString: 8,
  opsetImport: 9,
  domain: 10,
  attributeDefault: 11,
  overload: 13,
} as const;
export const GraphFields = { node: 1, name: 2, initializer: 5, docString: 10, input: 11, output: 12, valueInfo: 13 } as const;
export const NodeFields = { input: 1, output: 2, name: 3, opType: 4, attribute: 5, docString: 6, domain: 7, overload: 8 } as const;
export const Attribute = {
  name: 1,
  f: 2,
  i: 3,
  s: 4,
  t: 5,
  g: 6,
  floats: 7,
  ints: 8,
  strings: 9,
  tensors: 10,
  graphs: 11,
  docString: 13,
  tp: 14,
  typeProtos: 15,
  type: 20,
  refAttrName: 21,
} as const;
export const AttributeType = {
  float: 1,
  int: 2,
  string: 3,
  tensor: 4,
  graph: 5,
  floats: 6,
  ints: 7,
  strings: 8,
  tensors: 9,
  graphs: 10,
  type: 13,
  types: 14,
} as const;
export const TensorFields = {
  dims: 1,
  dataType: 2,
  floatData: 4,
  int32Data: 5,
  stringData: 6,
  int64Data: 7,
  name: 8,
  rawData: 9,
  doubleData: 10,
  uint64Data: 11,
  docString: 12,
  externalData: 13,
} as const;
export const Entry = { key: 1, value: 2 } as const;
export const ValueInfo = { name: 1, type: 2, docString: 3 } as const;
export const Type = { tensorType: 1, sequenceType: 4, mapType: 5, opaqueType: 7, sparseTensorType: 8, optionalType: 9 } as const;
export const TensorType = { elemType: 1, shape: 2 } as const;
export const ElementOfType = { elemType: 1 } as const;
export const MapType = { keyType: 1, valueType: 2 } as const;
export const ShapeFields = { dim: 1 } as const;
export const Dimension = { value: 1, param: 2 } as const;
/** SequenceProto and OptionalProto, in which test data and tools keep values that are no single tensor. */
export const SequenceFields = { name: 1, elemType: 2, tensorValues: 3, sequenceValues: 5 } as const;
export const OptionalFields = { name: 1, elemType: 2, tensorValue: 3, sequenceValue: 5 } as const;
