/** The form of what proposers keep in a trainable variable, as JSON Schemas: for variables that come from files and callbacks. */

const reward = { type: ['number', 'null'] };
const prediction = {
  type: 'object',
  properties: { inputs: {}, outputs: {}, reward },
  required: ['inputs', 'outputs', 'reward'],
  additionalProperties: false,
};
export const predictionsSchema = { type: 'array', items: prediction };
const value = { type: 'object', properties: { examples: predictionsSchema }, required: ['examples'] };
const candidate = {
  type: 'object',
  properties: { examples: predictionsSchema, reward: { type: 'number' }, count: { type: 'integer', minimum: 1 } },
  required: ['examples', 'reward', 'count'],
};
export const bookkeepingSchema = {
  type: 'object',
  properties: {
    predictions: predictionsSchema,
    seedCandidates: { type: 'array', items: value, minItems: 1 },
    candidates: { type: 'array', items: candidate },
    bestCandidates: { type: 'array', items: candidate },
    history: { type: 'array', items: value },
    nbVisit: { type: 'integer', minimum: 0 },
    cumulativeReward: { type: 'number' },
  },
};
