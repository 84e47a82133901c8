import { inMemory, trainValidationSplit } from '@gradus/data';

const x = [[0, 0], [0, 1], [1, 0], [1, 1], [0.5, 0.5]];
const y = [0, 1, 1, 2, 1];
const { train, validation } = trainValidationSplit({ x, y }, { validation: 0.2, seed: 1 });

const data = inMemory(train, { batchSize: 3, seed: 1 });
for (const batch of data.batches(0)) console.log(batch.x.shape.join('x'), batch.y.shape.join('x'));
console.log(validation.x.shape.join('x'));
