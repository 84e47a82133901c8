/** A user's program for the oldest TypeScript that the published types support: inference must hold, mistakes must be noticed. */
import { adam, dense, definePlugin, inMemory, sequential, Trainer, type Callback, type Model, type NDArray } from 'gradus';
import { grad, mean, multiply, scalar, type Tensor } from '@gradus/graph';

const callback: Callback = { name: 'acme/quiet', onEpochEnd: (epoch: number) => void epoch };
const plugin = definePlugin({ name: 'acme', core: '^0.1.0', setup: () => undefined });
const name: 'acme' = plugin.name;

const model: Model = { name: 'line', init: () => ({ w: scalar(0) }), loss: ({ w }) => mean(multiply(w, w)) };
const trainer = new Trainer({ model, optimizer: adam({ learningRate: 0.01 }), plugins: [plugin] });
const w: NDArray | undefined = trainer.params.w;
const slope = grad((x: Tensor) => mean(multiply(x, x)));
export const parts = [callback, name, w, slope, sequential([dense({ in: 1, out: 1 })]), inMemory({ x: [1, 2] })];

// @ts-expect-error A misspelt option is noticed.
adam({ learningrate: 0.01 });
// @ts-expect-error A model is required.
new Trainer({ optimizer: 'adam' });
