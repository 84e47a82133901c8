import { asarray } from '../ndarray.js';
import type { Tensor } from '../tensor.js';
import { cast } from './cast.js';
import { multiply } from './mul.js';
import { bool, f32, f64, i32, i64, u32, type OperatorCase } from '../operator-case.js';

export const cases: OperatorCase[] = [
  { name: 'float32 to float64', fn: (x) => cast(x, 'float64'), inputs: [f32([1.5, -2.25])], expected: f64([1.5, -2.25]) },
  {
    name: 'float64 to float32 rounds',
    fn: (x) => cast(x, 'float32'),
    inputs: [f64([0.1, 16777217])],
    expected: f32([0.10000000149011612, 16777216]),
    differentiable: [],
  },
  {
    name: 'there and back keeps the gradient',
    fn: (x) => cast(cast(multiply(x, x), 'float32'), 'float64'),
    inputs: [f64([1, -3])],
    expected: f64([1, 9]),
    differentiable: [],
  },
  {
    name: 'a float64 input of a float64 sum beside an integer one',
    fn: (x, n) => multiply(x, cast(n, 'float64')),
    inputs: [f64([0.5, 2]), i32([3, -4])],
    expected: f64([1.5, -8]),
  },
  ...(['int32', 'int64'] as const).map((to) => ({
    name: `floats truncate toward zero to ${to}`,
    fn: (x: Tensor) => cast(x, to),
    inputs: [f32([1.9, -1.9, 0.5, -0.5, 7])],
    expected: asarray([1, -1, 0, 0, 7], { dtype: to }),
  })),
  {
    name: 'float64 to uint32',
    fn: (x) => cast(x, 'uint32'),
    inputs: [f64([4294967295.5, 3e9, 0.9])],
    expected: u32([4294967295, 3000000000, 0]),
  },
  {
    name: 'anything but 0 is true',
    fn: (x) => cast(x, 'bool'),
    inputs: [f32([0, 0.5, -3, Infinity])],
    expected: bool([false, true, true, true]),
  },
  { name: 'int64 to bool', fn: (x) => cast(x, 'bool'), inputs: [i64([0n, 4294967296n])], expected: bool([false, true]) },
  { name: 'bool to float32', fn: (x) => cast(x, 'float32'), inputs: [bool([true, false])], expected: f32([1, 0]) },
  { name: 'bool to int64', fn: (x) => cast(x, 'int64'), inputs: [bool([true, false])], expected: i64([1, 0]) },
  {
    name: 'int64 to int32 wraps',
    fn: (x) => cast(x, 'int32'),
    inputs: [i64([4294967295n, 2147483648n, -5n])],
    expected: i32([-1, -2147483648, -5]),
  },
  { name: 'int64 to uint32 wraps', fn: (x) => cast(x, 'uint32'), inputs: [i64([-1n, 4294967297n])], expected: u32([4294967295, 1]) },
  { name: 'int32 to uint32 and back', fn: (x) => cast(cast(x, 'uint32'), 'int32'), inputs: [i32([-1, 5])], expected: i32([-1, 5]) },
  { name: 'int32 to int64', fn: (x) => cast(x, 'int64'), inputs: [i32([-1, 5])], expected: i64([-1, 5]) },
  {
    name: 'uint32 to float32 rounds',
    fn: (x) => cast(x, 'float32'),
    inputs: [u32([4294967295, 16777217])],
    expected: f32([4294967296, 16777216]),
  },
  { name: 'uint32 to float64 is exact', fn: (x) => cast(x, 'float64'), inputs: [u32([4294967295])], expected: f64([4294967295]) },
  {
    name: 'int64 to float64',
    fn: (x) => cast(x, 'float64'),
    inputs: [i64([-3n, 9007199254740992n])],
    expected: f64([-3, 9007199254740992]),
  },
  { name: 'its own type', fn: (x) => cast(x, 'float32'), inputs: [f32([1, 2])], expected: f32([1, 2]) },
];
