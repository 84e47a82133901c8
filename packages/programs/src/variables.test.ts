import { describe, expect, it } from 'vitest';
import { defineProgram } from './index.js';
import { RESERVED } from './trainable.js';
import type { VariableDeclaration } from './variables.js';

const schema = {
  type: 'object',
  properties: { template: { type: 'string', minLength: 1 }, shots: { type: 'integer', minimum: 0, default: 2 }, style: { type: 'object', properties: { tone: { type: 'string', default: 'plain' } }, default: {} } },
};
const define = (declaration: object, name = 'prompt') =>
  defineProgram({ name: 'p', variables: { [name]: declaration as VariableDeclaration }, run: () => 1 });

describe('variables of a program', () => {
  it('begin with values, defaults, examples and seeds, and with nothing remembered', () => {
    const program = define({ schema, value: { template: 'T' }, examples: [{ inputs: 1, outputs: 2 }], seeds: [{ template: 'A' }, { shots: 5 }] });
    const examples = [{ inputs: 1, outputs: 2, reward: null }];
    const style = { tone: 'plain' };
    expect(program.variables()).toEqual({
      prompt: {
        examples,
        predictions: [],
        seedCandidates: [{ template: 'A', shots: 2, style, examples }, { template: 'T', shots: 5, style, examples }],
        candidates: [],
        bestCandidates: [],
        history: [],
        nbVisit: 0,
        cumulativeReward: 0,
        template: 'T', shots: 2, style,
      },
    });
    expect(Object.keys(program.variables().prompt as object).slice(-3)).toEqual(['template', 'shots', 'style']);
  });

  it.each([undefined, []])('have themselves as seeds when given %j', (seeds) => {
    const program = define({ schema, value: { template: 'T' }, seeds });
    expect(program.variables()).toMatchObject({ prompt: { seedCandidates: [{ template: 'T', shots: 2, examples: [] }] } });
  });

  it('may have any schema of draft 7', () => {
    const any = { type: 'object', properties: { text: { type: ['string', 'null'] }, pair: { type: 'array', items: [{ type: 'number' }, {}] }, one: { enum: [1, 'a'] } }, required: ['other'] };
    const program = define({ schema: { ...any, required: ['text'] }, value: { text: null, pair: [1], one: 'a' } });
    expect(program.values()).toEqual({ prompt: { text: null, pair: [1], one: 'a', examples: [] } });
    expect(() => define({ schema: any, value: { text: 'x', pair: [], one: 1 } })).toThrow(/must have required property 'other'/);
    expect(() => define({ schema: { ...any, properties: { text: { type: 'string', format: 'poem' } } }, value: {} })).toThrow(/schema of variable 'prompt' is none.*unknown format "poem"/);
  });

  it('keep no books when they are not trainable', () => {
    const program = define({ schema, value: { template: 'T' }, trainable: false });
    expect(program.variables()).toEqual({ prompt: { template: 'T', shots: 2, style: { tone: 'plain' }, examples: [] } });
  });

  it.each([
    [{ schema }, /'prompt' has fields without a value \(program 'p'\)\. Received: template/],
    [{ schema, value: { template: '' } }, /does not fit its schema.*Expected: \/template must NOT have fewer than 1 characters/],
    [{ schema, value: { template: 'T', shots: 1.5 } }, /\/shots must be integer/],
    [{ schema, value: { template: 'T', extra: 1 } }, /fields that its schema does not name.*Received: extra\. Expected: template, shots, style/],
    [{ schema, value: { template: 'T' }, seeds: [{ shots: -1 }] }, /\/shots must be >= 0/],
    [{ schema: { type: 'object', properties: { a: { type: 'strong' } } }, value: { a: 1 } }, /schema of variable 'prompt' is none.*type/],
    [{ schema: { type: 'object', properties: { a: { typ: 'string' } } }, value: { a: 1 } }, /unknown keyword: "typ"/],
    [{ schema: { type: 'string' } }, /no usable schema.*type 'object' and properties/],
    [{}, /no usable schema/],
    [{ schema: { type: 'object', properties: { reward: {}, history: {} } } }, /uses names that proposers use.*Received: reward, history/],
  ])('are refused: %j', (declaration, message) => {
    expect(() => define(declaration)).toThrow(expect.objectContaining({ code: 'INVALID_VARIABLE', message: expect.stringMatching(message) }));
  });

  it('are refused with names that cannot be part of a path', () => {
    expect(() => define({ schema, value: { template: 'T' } }, 'a/b')).toThrow(/no usable name.*'a\/b'/);
  });

  it('say when a value is no JSON', () => {
    expect(() => define({ schema, value: { template: undefined } })).toThrow(expect.objectContaining({ code: 'NOT_JSON', message: expect.stringMatching(/undefined at \/template/) }));
  });

  const program = define({ schema, value: { template: 'T' } });
  const whole = program.variables() as { prompt: Record<string, unknown> };
  const withField = (name: string, value: unknown) => ({ prompt: { ...whole.prompt, [name]: value } }) as never;
  const { template: _, ...short } = whole.prompt;

  it.each([
    [{}, /variables are others.*Received: none\. Expected: prompt/],
    [{ ...whole, other: {} }, /Received: prompt, other/],
    [{ prompt: 3 }, /'prompt' is no object.*Received: 3/],
    [{ prompt: short }, /without a value.*template/],
    [{ prompt: { template: 'T', shots: 1, style: {} } }, new RegExp(`lacks what proposers keep.*${RESERVED.join(', ')}`)],
    [withField('template', 7), /\/template must be string/],
    [withField('examples', 'none'), /\/examples must be array/],
    [withField('examples', [{ inputs: 1 }]), /\/examples\/0 must have required property 'outputs'/],
  ])('are checked when they are used: %j', async (variables, message) => {
    const error = expect.objectContaining({ code: 'INVALID_VARIABLE', message: expect.stringMatching(message) });
    expect(() => program.checkVariables(variables as never)).toThrow(error);
    await expect(program.run(1 as never, { variables: variables as never })).rejects.toThrow(error);
  });

  const candidate = { template: 'T', shots: 1, style: {}, examples: [], reward: 1, count: 1 };
  it.each([
    ['candidates', [{ ...candidate, count: 0 }], /\/candidates\/0\/count must be >= 1/],
    ['bestCandidates', [{ ...candidate, shots: -1 }], /\/shots must be >= 0/],
    ['history', [{ template: 'T', examples: [] }], /without a value.*shots, style/],
    ['seedCandidates', [], /\/seedCandidates must NOT have fewer than 1 items/],
    ['predictions', [{ inputs: 1, outputs: 2, reward: 'x' }], /\/predictions\/0\/reward must be number,null/],
    ['nbVisit', -1, /\/nbVisit must be >= 0/],
  ])('are checked whole when they come from elsewhere: %s', (name, value, message) => {
    expect(() => program.withVariables(withField(name, value))).toThrow(expect.objectContaining({ code: 'INVALID_VARIABLE', message: expect.stringMatching(message) }));
    expect(program.withVariables(withField('bestCandidates', [candidate])).variables()).toMatchObject({ prompt: { bestCandidates: [candidate] } });
  });
});
