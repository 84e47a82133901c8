// Generated from this folder by scripts/generate-index.mjs. Do not edit.
import type { Operator } from '../operator.js';
import { Abs } from './abs.js';
import { Acos } from './acos.js';
import { Acosh } from './acosh.js';
import { Add } from './add.js';
import { And } from './and.js';
import { ArgMax } from './arg-max.js';
import { ArgMin } from './arg-min.js';
import { Asin } from './asin.js';
import { Asinh } from './asinh.js';
import { Atan } from './atan.js';
import { Atanh } from './atanh.js';
import { AveragePool } from './average-pool.js';
import { BitShiftLeft, BitShiftRight } from './bit-shift.js';
import { BitwiseAnd } from './bitwise-and.js';
import { BitwiseNot } from './bitwise-not.js';
import { BitwiseOr } from './bitwise-or.js';
import { BitwiseXor } from './bitwise-xor.js';
import { Cast } from './cast.js';
import { Ceil } from './ceil.js';
import { Clip } from './clip.js';
import { Concat } from './concat.js';
import { ConvTranspose } from './conv-transpose.js';
import { Conv } from './conv.js';
import { Cos } from './cos.js';
import { Cosh } from './cosh.js';
import { CumSum } from './cum-sum.js';
import { CustomGradient } from './custom-gradient.js';
import { Div } from './div.js';
import { Elu } from './elu.js';
import { Equal } from './equal.js';
import { Erf } from './erf.js';
import { Exp } from './exp.js';
import { Expand } from './expand.js';
import { Floor } from './floor.js';
import { GatherElements } from './gather-elements.js';
import { GatherND } from './gather-nd.js';
import { Gather } from './gather.js';
import { GreaterOrEqual } from './greater-or-equal.js';
import { Greater } from './greater.js';
import { Identity } from './identity.js';
import { If } from './if.js';
import { IsInf } from './is-inf.js';
import { IsNaN } from './is-nan.js';
import { LayerNormalization } from './layer-normalization.js';
import { LessOrEqual } from './less-or-equal.js';
import { Less } from './less.js';
import { LogSoftmax } from './log-softmax.js';
import { Log } from './log.js';
import { Loop } from './loop.js';
import { MatMul } from './mat-mul.js';
import { MaxPool } from './max-pool.js';
import { Max } from './max.js';
import { Min } from './min.js';
import { ModFloor, ModTruncate } from './mod.js';
import { Mul } from './mul.js';
import { Neg } from './neg.js';
import { Not } from './not.js';
import { Or } from './or.js';
import { PRelu } from './p-relu.js';
import { Pad } from './pad.js';
import { Pow } from './pow.js';
import { Reciprocal } from './reciprocal.js';
import { ReduceL1 } from './reduce-l1.js';
import { ReduceL2 } from './reduce-l2.js';
import { ReduceMax } from './reduce-max.js';
import { ReduceMean } from './reduce-mean.js';
import { ReduceMin } from './reduce-min.js';
import { ReduceProd } from './reduce-prod.js';
import { ReduceSum } from './reduce-sum.js';
import { Relu } from './relu.js';
import { Reshape } from './reshape.js';
import { Round } from './round.js';
import { Scan } from './scan.js';
import { ScatterElements } from './scatter-elements.js';
import { ScatterND } from './scatter-nd.js';
import { Sigmoid } from './sigmoid.js';
import { Sign } from './sign.js';
import { Sin } from './sin.js';
import { Sinh } from './sinh.js';
import { Slice } from './slice.js';
import { Softmax } from './softmax.js';
import { Softplus } from './softplus.js';
import { Softsign } from './softsign.js';
import { Split } from './split.js';
import { Sqrt } from './sqrt.js';
import { StopGradient } from './stop-gradient.js';
import { Sub } from './sub.js';
import { Tan } from './tan.js';
import { Tanh } from './tanh.js';
import { TopK } from './top-k.js';
import { Transpose } from './transpose.js';
import { Where } from './where.js';
import { Xor } from './xor.js';
export * from './abs.js';
export * from './acos.js';
export * from './acosh.js';
export * from './add.js';
export * from './and.js';
export * from './arg-max.js';
export * from './arg-min.js';
export * from './asin.js';
export * from './asinh.js';
export * from './atan.js';
export * from './atanh.js';
export * from './average-pool.js';
export * from './bit-shift.js';
export * from './bitwise-and.js';
export * from './bitwise-not.js';
export * from './bitwise-or.js';
export * from './bitwise-xor.js';
export * from './cast.js';
export * from './ceil.js';
export * from './clip.js';
export * from './concat.js';
export * from './conv-transpose.js';
export * from './conv.js';
export * from './cos.js';
export * from './cosh.js';
export * from './cum-sum.js';
export * from './custom-gradient.js';
export * from './div.js';
export * from './elu.js';
export * from './equal.js';
export * from './erf.js';
export * from './exp.js';
export * from './expand.js';
export * from './floor.js';
export * from './gather-elements.js';
export * from './gather-nd.js';
export * from './gather.js';
export * from './greater-or-equal.js';
export * from './greater.js';
export * from './identity.js';
export * from './if.js';
export * from './is-inf.js';
export * from './is-nan.js';
export * from './layer-normalization.js';
export * from './less-or-equal.js';
export * from './less.js';
export * from './log-softmax.js';
export * from './log.js';
export * from './loop.js';
export * from './mat-mul.js';
export * from './max-pool.js';
export * from './max.js';
export * from './min.js';
export * from './mod.js';
export * from './mul.js';
export * from './neg.js';
export * from './not.js';
export * from './or.js';
export * from './p-relu.js';
export * from './pad.js';
export * from './pow.js';
export * from './reciprocal.js';
export * from './reduce-l1.js';
export * from './reduce-l2.js';
export * from './reduce-max.js';
export * from './reduce-mean.js';
export * from './reduce-min.js';
export * from './reduce-prod.js';
export * from './reduce-sum.js';
export * from './relu.js';
export * from './reshape.js';
export * from './round.js';
export * from './scan.js';
export * from './scatter-elements.js';
export * from './scatter-nd.js';
export * from './sigmoid.js';
export * from './sign.js';
export * from './sin.js';
export * from './sinh.js';
export * from './slice.js';
export * from './softmax.js';
export * from './softplus.js';
export * from './softsign.js';
export * from './split.js';
export * from './sqrt.js';
export * from './stop-gradient.js';
export * from './sub.js';
export * from './tan.js';
export * from './tanh.js';
export * from './top-k.js';
export * from './transpose.js';
export * from './where.js';
export * from './xor.js';

/** Every operator, by the name of its export. */
export const operators = {
  Abs,
  Acos,
  Acosh,
  Add,
  And,
  ArgMax,
  ArgMin,
  Asin,
  Asinh,
  Atan,
  Atanh,
  AveragePool,
  BitShiftLeft,
  BitShiftRight,
  BitwiseAnd,
  BitwiseNot,
  BitwiseOr,
  BitwiseXor,
  Cast,
  Ceil,
  Clip,
  Concat,
  ConvTranspose,
  Conv,
  Cos,
  Cosh,
  CumSum,
  CustomGradient,
  Div,
  Elu,
  Equal,
  Erf,
  Exp,
  Expand,
  Floor,
  GatherElements,
  GatherND,
  Gather,
  GreaterOrEqual,
  Greater,
  Identity,
  If,
  IsInf,
  IsNaN,
  LayerNormalization,
  LessOrEqual,
  Less,
  LogSoftmax,
  Log,
  Loop,
  MatMul,
  MaxPool,
  Max,
  Min,
  ModFloor,
  ModTruncate,
  Mul,
  Neg,
  Not,
  Or,
  PRelu,
  Pad,
  Pow,
  Reciprocal,
  ReduceL1,
  ReduceL2,
  ReduceMax,
  ReduceMean,
  ReduceMin,
  ReduceProd,
  ReduceSum,
  Relu,
  Reshape,
  Round,
  Scan,
  ScatterElements,
  ScatterND,
  Sigmoid,
  Sign,
  Sin,
  Sinh,
  Slice,
  Softmax,
  Softplus,
  Softsign,
  Split,
  Sqrt,
  StopGradient,
  Sub,
  Tan,
  Tanh,
  TopK,
  Transpose,
  Where,
  Xor,
} as Readonly<Record<string, unknown>> as Readonly<Record<string, Operator>>;
