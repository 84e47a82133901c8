import { coherence, consistency, DepthAwareBackend, HCModel, HCNode } from '@gradus/hypercausal';

const nodes = [0.9, 0.97, 1.05].map((w) => new HCNode(new DepthAwareBackend({ outputDim: 3, w, span: 0.25 })));
const chain = new HCModel(nodes);

// One step: the state goes through all nodes, and the last one looks at five possible next states.
const before = chain.forwardChain([0.2, -0.1, 0.4], { branches: 5 });
const now = chain.forwardChain([0.3, -0.1, 0.2], { branches: 5, previous: before.state });

console.log('state      ', [...now.state]);
console.log('future     ', [...now.future]);
console.log('consistency', consistency(before.state, now.state, now.future, { alpha: 0.8, beta: 1.2 }));
console.log('coherence  ', now.info.map(({ branches }) => coherence(branches)));
