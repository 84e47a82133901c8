// Imports every public entry of every installed Gradus package, and checks that the import leaves no trace.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

const manifest = (name) => JSON.parse(readFileSync(`node_modules/${name}/package.json`, 'utf8'));
// Node makes its own fetch when it is first touched, and notes that on the global object.
void globalThis.Request;
const globals = Reflect.ownKeys(globalThis);
const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
let entries = 0;
for (const name of Object.keys(dependencies).filter((name) => name === 'gradus' || name.startsWith('@gradus/'))) {
  for (const path of Object.keys(manifest(name).exports)) {
    const found = await import(name + path.slice(1));
    assert(Object.keys(found).length > 0, `${name}${path.slice(1)} exports nothing`);
    entries++;
  }
}
assert.deepEqual(Reflect.ownKeys(globalThis), globals, 'an import added a global');
assert.deepEqual(process.eventNames().filter((name) => String(name).startsWith('SIG')), [], 'an import listens to signals');
console.log(`${entries} entries`);
