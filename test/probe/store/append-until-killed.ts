// A process to be killed: appends without end, three at a time, and prints every sequence that was acknowledged.
import { writeSync } from 'node:fs';
import { openStore } from '../../../probe/store/store.ts';
import { observation, receipt, topology } from './sample.ts';

const store = await openStore(process.argv[2] ?? '');
const trace = await store.beginTrace(topology, 1);
writeSync(1, `trace ${trace}\n`);
for (let id = 1; ; id += 2) {
  const acknowledged = await Promise.all([
    store.append(trace, observation(id, id, 'x'.repeat(1500))),
    store.append(trace, observation(id + 1)),
    store.append(trace, receipt(id, 'unknown', id)),
  ]);
  writeSync(1, acknowledged.map((sequence) => `${sequence}\n`).join(''));
}
