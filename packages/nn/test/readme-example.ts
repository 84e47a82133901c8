import { accuracy, dense, dropout, sequential, softmaxCrossEntropy, supervised } from '@gradus/nn';
import { randomKey, relu } from '@gradus/graph';

const model = supervised({
  name: 'digits',
  net: sequential([dense({ in: 784, out: 128 }), relu, dropout(0.2), dense({ in: 128, out: 10 })]),
  loss: softmaxCrossEntropy,
  metrics: [accuracy],
});
for (const [name, array] of Object.entries(model.init(randomKey(0)))) console.log(name, array.shape.join(' x '));
