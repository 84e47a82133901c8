/** A training that lasts until it is interrupted: run by interrupt.test.ts as a process of its own. */
import { Trainer } from '../src/index.js';
import { autodiff, blackLine, centralDifference, line, points, sgd } from './parts.js';

const [directory, kind] = process.argv.slice(2);
const slow = { ...blackLine, objective: () => new Promise<number>((resolve) => setTimeout(resolve, 30_000, 1)) };
const hangs = kind === 'hangs';
const trainer = new Trainer({ model: hangs ? slow : line, optimizer: sgd(), gradient: hangs ? centralDifference : autodiff });
const ready = { name: 'ready', onTrainBegin: () => void console.log('ready'), onTrainEnd: () => void console.log('end hooks') };
const { stop } = await trainer.fit(points(10, 1), { epochs: 1e9, callbacks: [ready], run: { directory, id: 'a' } });
console.log(`${stop.reason} after step ${trainer.state.step}`);
