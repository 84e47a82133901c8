/** Tensors whose elements are in files beside the model: where they are, and that they stay inside the model's folder. */
import { closeSync, fstatSync, openSync, readSync, realpathSync } from 'node:fs';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { GradusError } from '@gradus/graph';
import { bytesOf, elementTypeOf } from '../element-types.js';
import type { TensorMessage } from './schema.js';

/** TensorProto.DataLocation. */
export const EXTERNAL = 1;

const isExternal = (tensor: TensorMessage): boolean => tensor.dataLocation === EXTERNAL || (tensor.externalData?.length ?? 0) > 0;

/** Loads tensors that are in files of `folder`. Files stay open until `close`. */
export class ExternalData {
  readonly #folder: string;
  readonly #open = new Map<string, { readonly handle: number; readonly size: number }>();

  constructor(folder: string) {
    this.#folder = realpathSync(folder);
  }

  /** The tensor with its elements inside. @throws `INVALID_ONNX` when they are not where it says, or outside of the folder. */
  load(tensor: TensorMessage): TensorMessage {
    if (!isExternal(tensor)) return tensor;
    const { externalData = [], dataLocation: _, ...rest } = tensor;
    const told = new Map(externalData.map(({ key = '', value = '' }) => [key, value]));
    const wanted = bytesOf(elementTypeOf(tensor.dataType ?? 0) ?? 'string', elementsOf(tensor));
    const offset = count(tensor, told, 'offset', 0);
    const length = count(tensor, told, 'length', wanted);
    const location = told.get('location') ?? '';
    const { handle, size } = this.#file(tensor, location);
    if (length !== wanted || offset + length > size) {
      throw wrong(
        tensor,
        'does not fit the file that its elements are in',
        `${length} bytes at ${offset} of '${location}', which has ${size}`,
        `${wanted} bytes`,
      );
    }
    const rawData = new Uint8Array(length);
    readFully(handle, offset, rawData);
    return { ...rest, rawData };
  }

  close(): void {
    for (const { handle } of this.#open.values()) closeSync(handle);
    this.#open.clear();
  }

  #file(tensor: TensorMessage, location: string): { readonly handle: number; readonly size: number } {
    const known = this.#open.get(location);
    if (known !== undefined) return known;
    const path = this.#pathOf(tensor, location);
    const handle = openSync(path, 'r');
    const file = { handle, size: fstatSync(handle).size };
    this.#open.set(location, file);
    return file;
  }

  /** Symbolic links are followed first: what counts is where the file is. */
  #pathOf(tensor: TensorMessage, location: string): string {
    const outside = (path: string): boolean => isAbsolute(location) || path === '..' || path.startsWith(`..${sep}`) || isAbsolute(path);
    const asked = resolve(this.#folder, location);
    if (location === '' || outside(relative(this.#folder, asked))) {
      throw wrong(
        tensor,
        'has its elements outside of the folder of its model',
        `'${location}'`,
        'a path relative to the model, in its folder or below it',
      );
    }
    let found: string;
    try {
      found = realpathSync(asked);
    } catch (error) {
      throw wrong(
        tensor,
        'has its elements in a file that is not there',
        `'${location}' beside the model`,
        'the file, where it was when the model was saved',
        error,
      );
    }
    if (outside(relative(this.#folder, found))) {
      throw wrong(
        tensor,
        'has its elements outside of the folder of its model',
        `'${location}', which is a link to ${found}`,
        'a file in its folder',
      );
    }
    return found;
  }
}

/** Fills `target` from `position` on. @throws RangeError when the file ends before. */
export function readFully(handle: number, position: number, target: Uint8Array): void {
  for (let done = 0; done < target.length; ) {
    const read = readSync(handle, target, done, Math.min(target.length - done, 1 << 30), position + done);
    if (read === 0) throw new RangeError('the file ended too early');
    done += read;
  }
}

const elementsOf = ({ dims = [] }: TensorMessage): number => dims.reduce((product, n) => product * Number(n), 1);

function count(tensor: TensorMessage, told: ReadonlyMap<string, string>, key: string, absent: number): number {
  const text = told.get(key);
  if (text === undefined) return absent;
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  if (Number.isSafeInteger(value)) return value;
  throw wrong(tensor, `has an '${key}' that is no number of bytes`, `'${text}'`, 'a whole number');
}

function wrong(tensor: TensorMessage, problem: string, received: string, expected: string, cause?: unknown): GradusError {
  return new GradusError('INVALID_ONNX', { what: `Tensor '${tensor.name ?? ''}' ${problem}`, received, expected, cause });
}
