/** The variables that a program declares: a JSON Schema for the own fields of each, with a value for every field. */
import { didYouMean, listNames, type Json, type Variables } from '@gradus/core';
import { GradusError } from '@gradus/graph';
import { Ajv, type ValidateFunction } from 'ajv';
import { bookkeepingSchema, predictionsSchema } from './bookkeeping-schema.js';
import { checkJson, frozenCopy, isObject, type JsonObject } from './json.js';
import { beginningOf, problemsOf } from './words.js';
import { fresh, isTrainable, ownFields, RESERVED, valueOf, type Prediction, type Value } from './trainable.js';

/** A JSON Schema (draft 7) of an object. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** How a program declares a variable. */
export interface VariableDeclaration<Own = JsonObject> {
  /** A JSON Schema of type `object`; its `properties` are the fields of the variable. */
  readonly schema: JsonSchema;
  /** The value to begin with. Fields that are not here need a `default` in the schema. */
  readonly value?: Partial<Own>;
  /** What to show the program from the beginning. Default: none. */
  readonly examples?: readonly { readonly inputs: Json; readonly outputs: Json }[];
  /** Where the search starts: values whose missing fields are as in `value`. Default: at the value itself. */
  readonly seeds?: readonly Partial<Own>[];
  /** Whether proposers change it. Default: `true`. */
  readonly trainable?: boolean;
}

/** The declared variables of one program. */
export class VariableSet {
  readonly initial: Variables;
  readonly schemas: Readonly<Record<string, JsonSchema>>;
  readonly #owner: string;
  readonly #validators: Readonly<Record<string, ValidateFunction>>;
  /** The same, filling defaults in. */
  readonly #fill: Readonly<Record<string, ValidateFunction>>;
  readonly #areExamples: ValidateFunction;
  readonly #isBookkeeping: ValidateFunction;

  /** @throws `INVALID_VARIABLE` for a schema or value that is not usable. */
  constructor(owner: string, declarations: Readonly<Record<string, VariableDeclaration>>) {
    this.#owner = owner;
    const entries = Object.entries(declarations);
    for (const [name, declaration] of entries) this.#checkDeclaration(name, declaration);
    this.schemas = Object.fromEntries(entries.map(([name, { schema }]) => [name, schema]));
    this.#validators = this.#compile(false);
    this.#fill = this.#compile(true);
    const ajv = new Ajv({ allErrors: true, allowUnionTypes: true });
    this.#areExamples = ajv.compile(predictionsSchema);
    this.#isBookkeeping = ajv.compile(bookkeepingSchema);
    this.initial = Object.fromEntries(entries.map(([name, declaration]) => [name, this.#initial(name, declaration)]));
  }

  /**
   * What a run may read, unchangeable: own fields and examples of each variable.
   * @throws `INVALID_VARIABLE`, naming the variable and field that does not fit.
   */
  readable(variables: Variables): Readonly<Record<string, Value>> {
    this.check(variables);
    return frozenCopy(
      Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, isTrainable(value) ? valueOf(value) : value])) as Json,
    ) as unknown as Readonly<Record<string, Value>>;
  }

  /** @throws `INVALID_VARIABLE` unless these are the program's variables, each fitting its schema. */
  check(variables: Variables): void {
    const [known, given] = [Object.keys(this.schemas), Object.keys(variables)];
    const odd = [...known.filter((name) => !given.includes(name)), ...given.filter((name) => !known.includes(name))];
    if (odd.length > 0) throw this.#invalid('The variables are others', listNames(given), listNames(known));
    for (const name of known) {
      const value = variables[name];
      if (!isObject(value)) throw this.#invalid(`Variable '${name}' is no object`, JSON.stringify(value), 'an object');
      if (isTrainable(value) !== isTrainable(this.initial[name])) {
        throw this.#invalid(
          `Variable '${name}' lacks what proposers keep in it`,
          listNames(Object.keys(value)),
          `also ${listNames(RESERVED)}`,
        );
      }
      this.#checkOwn(name, ownFields(value));
      this.#checkWith(this.#areExamples, name, value.examples, '/examples');
    }
  }

  /** As `check`, and all that proposers keep: for variables from elsewhere. @throws `INVALID_VARIABLE`. */
  checkAll(variables: Variables): void {
    this.check(variables);
    for (const [name, variable] of Object.entries(variables)) {
      if (!isTrainable(variable)) continue;
      this.#checkWith(this.#isBookkeeping, name, variable);
      const { seedCandidates, candidates, bestCandidates, history } = variable;
      for (const value of [...seedCandidates, ...candidates, ...bestCandidates, ...history]) this.#checkOwn(name, ownFields(value));
    }
  }

  /** @throws `UNKNOWN_NAME`, with the nearest name. */
  require(name: string): void {
    const known = Object.keys(this.schemas);
    if (known.includes(name)) return;
    throw new GradusError('UNKNOWN_NAME', {
      what: `${this.#owner} has no variable '${name}'`,
      received: `'${name}'`,
      expected: `one of ${listNames(known)}`,
      fix: didYouMean(name, known),
    });
  }

  #checkDeclaration(name: string, { schema }: VariableDeclaration): void {
    if (name === '' || name.includes('/')) throw this.#invalid('A variable has no usable name', `'${name}'`, "a name without '/'");
    const properties = schema?.properties;
    if (schema?.type !== 'object' || !isObject(properties)) {
      throw this.#invalid(
        `Variable '${name}' has no usable schema`,
        JSON.stringify(schema),
        "a JSON Schema with type 'object' and properties",
      );
    }
    const reserved = Object.keys(properties).filter((field) => RESERVED.includes(field));
    if (reserved.length > 0) {
      throw this.#invalid(`Variable '${name}' uses names that proposers use`, listNames(reserved), `names besides ${listNames(RESERVED)}`);
    }
  }

  #compile(useDefaults: boolean): Record<string, ValidateFunction> {
    const ajv = new Ajv({ allErrors: true, allowUnionTypes: true, strictTypes: false, strictTuples: false, useDefaults });
    const compile = ([name, schema]: [string, JsonSchema]): [string, ValidateFunction] => {
      try {
        return [name, ajv.compile(schema)];
      } catch (error) {
        throw this.#invalid(`The schema of variable '${name}' is none`, (error as Error).message, 'a JSON Schema (draft 7)', error);
      }
    };
    return Object.fromEntries(Object.entries(this.schemas).map(compile));
  }

  #initial(name: string, { value = {}, examples = [], seeds, trainable = true }: VariableDeclaration): Json {
    const shown = examples.map((example, i): Prediction => {
      checkJson(`Example ${i} of variable '${name}' of ${this.#owner}`, example);
      return { inputs: example.inputs, outputs: example.outputs, reward: null };
    });
    const whole = (fields: JsonObject): Value => ({ examples: shown, ...fields }) as unknown as Value;
    const own = this.#withDefaults(name, value);
    if (!trainable) return frozenCopy(whole(own));
    const starts = (seeds?.length ? seeds : [{}]).map((seed) => whole(this.#withDefaults(name, { ...own, ...seed })));
    return frozenCopy(fresh(whole(own), starts) as Json);
  }

  #withDefaults(name: string, value: object): JsonObject {
    checkJson(`The value of variable '${name}' of ${this.#owner}`, value);
    const own = structuredClone(value) as JsonObject;
    this.#fill[name](own);
    this.#checkOwn(name, own);
    return own;
  }

  #checkOwn(name: string, own: JsonObject): void {
    const fields = Object.keys(this.schemas[name].properties as object);
    const missing = fields.filter((field) => !(field in own));
    if (missing.length > 0) {
      throw this.#invalid(
        `Variable '${name}' has fields without a value`,
        listNames(missing),
        'a value, or a default in the schema, for each',
      );
    }
    const odd = Object.keys(own).filter((field) => !fields.includes(field));
    if (odd.length > 0)
      throw this.#invalid(`Variable '${name}' has fields that its schema does not name`, listNames(odd), listNames(fields));
    this.#checkWith(this.#validators[name], name, own);
  }

  #checkWith(validate: ValidateFunction, name: string, value: Json, at = ''): void {
    if (validate(value)) return;
    const problems = problemsOf(validate, at);
    throw this.#invalid(`Variable '${name}' does not fit its schema`, beginningOf(JSON.stringify(value)), problems);
  }

  #invalid(what: string, received: string | undefined, expected: string, cause?: unknown): GradusError {
    return new GradusError('INVALID_VARIABLE', { what: `${what} (${this.#owner})`, received, expected, cause });
  }
}
