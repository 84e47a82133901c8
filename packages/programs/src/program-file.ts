/** Variables of a program as a JSON file: what was found, to be used elsewhere or trained on. */
import { existsSync, readFileSync } from 'node:fs';
import { checkOptions, listNames, replaceFile, rules, type Json, type Variables } from '@gradus/core';
import { GradusError } from '@gradus/graph';
import { isObject } from './json.js';
import type { Program } from './program.js';

const FORMAT = 'gradus-program/1';

export interface SaveProgramOptions {
  /** Replace a file that is there. Default: `true`. */
  readonly overwrite?: boolean;
}

/**
 * Writes variables of a program, with all that proposers remember of them, as JSON: `{ format, program, variables: { name: value } }`. The
 * file is replaced at once: there is never a half of it.
 *
 * @param variables Those of a trainer: `trainer.state.variables`.
 * @throws `INVALID_VARIABLE` for variables of another program, `FILE_EXISTS` with `overwrite: false`, and what the file system throws.
 * @example
 * saveProgram('best.json', program, trainer.state.variables);
 */
export function saveProgram(path: string, program: Program, variables: Variables, options: SaveProgramOptions = {}): void {
  checkOptions('saveProgram', options, { overwrite: rules.flag });
  program.withVariables(variables);
  if (options.overwrite === false && existsSync(path)) {
    throw new GradusError('FILE_EXISTS', {
      what: 'The program is not saved',
      received: `'${path}', which is there already`,
      fix: 'Choose another path, or give overwrite: true.',
    });
  }
  replaceFile(path, `${JSON.stringify({ format: FORMAT, program: program.name, variables }, null, 2)}\n`);
}

/**
 * A program with the variables of a file: it begins with them when it is run or trained.
 *
 * @throws `INVALID_PROGRAM_FILE` for a file of another form; `INVALID_VARIABLE` when it has other variables than the program, in either
 * direction, or values that do not fit their schemas; and what the file system throws.
 * @example
 * const answer = await loadProgram('best.json', program).run({ text: 'good morning' });
 */
export function loadProgram<Input, Output extends Json, Own>(
  path: string,
  program: Program<Input, Output, Own>,
): Program<Input, Output, Own> {
  return program.withVariables(readVariables(path));
}

function readVariables(path: string): Variables {
  const invalid = (received: string, cause?: unknown): GradusError =>
    new GradusError('INVALID_PROGRAM_FILE', {
      what: `'${path}' is no program that can be read`,
      received,
      expected: `JSON with format '${FORMAT}' and variables`,
      fix: 'Give a file that saveProgram() wrote.',
      cause,
    });
  const text = readFileSync(path, 'utf8');
  let file: Json;
  try {
    file = JSON.parse(text) as Json;
  } catch (error) {
    throw invalid((error as Error).message, error);
  }
  if (!isObject(file)) throw invalid('JSON that is no object');
  if (file.format !== FORMAT)
    throw invalid(file.format === undefined ? `JSON with ${listNames(Object.keys(file))}` : `format ${JSON.stringify(file.format)}`);
  if (!isObject(file.variables)) throw invalid('a file without variables');
  return file.variables;
}
