import { build } from '../../tsup.base.js';

export default {
  ...build(),
  entry: {
    index: 'src/index.ts',
    node: 'src/node.ts',
    bin: 'src/bin.ts',
    // A thread's program, where `ThreadCourier` looks for it: beside what all entries share.
    'delivery-thread': 'src/spool/deliver-in-thread.ts',
  },
};
