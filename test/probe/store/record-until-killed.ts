// A process to be killed: records a run that asks one server and purges it over and over, and prints what was acknowledged.
import { writeSync } from 'node:fs';
import { wallNow } from '../../../probe/exchange/clock.ts';
import { beginRun } from '../../../probe/store/runs.ts';
import { placesOf } from '../../../probe/trace/places.ts';
import { answerPurge } from '../../../probe/trace/purge.ts';
import { Session } from '../../../probe/trace/session.ts';
import { siteAt } from './site-at.ts';

const [data = '', address = ''] = process.argv.slice(2);
const topology = siteAt(address);
const say = (line: string): unknown => writeSync(1, `${line}\n`);

say('ready');
const run = await beginRun(data, { run: { kind: 'purge', expect: '4f2c' }, topology, startedAt: wallNow() });
say(`run ${run.id}`);
const session = new Session({
  topology,
  async record(message) {
    const sequence = await run.record(message);
    const answered = message.type === 'receipt' && message.data.answeredAt !== undefined;
    say(`${message.type} ${message.data.id}${answered ? ' answered' : ''}`);
    return sequence;
  },
});

async function asking(place: ReturnType<typeof placesOf>[number]): Promise<never> {
  for (;;) await session.ask(place);
}
async function purging(): Promise<never> {
  for (;;) await answerPurge(session, {});
}
await Promise.all([...placesOf(topology).map(asking), purging(), purging()]);
