// What did the service record while it watched? Asked of its own store, or read from its folder while it does not run.
import { overAtLeast, running, type Keeper, type Refused } from './keeper.ts';
import { peek } from './peek.ts';
import { traceOf } from './recorded.ts';
import { openStore, type Store } from './store.ts';
import { summaries } from './summaries.ts';

/** Of a store that this process has open. */
export const servedIn = (store: Store): Keeper => ({
  list: async () => ({ traces: await store.listTraces() }),
  read: (id) => store.readTrace(id),
  forget: (id) => forgetIn(store, id),
});

async function forgetIn(store: Store, id: string): Promise<true | Refused | undefined> {
  if (await store.forgetTrace(id)) return true;
  return (await store.listTraces()).some((t) => t.id === id) ? running(id) : undefined;
}

/** Of a folder that no service may have open just now. */
export const servedFrom = (data: string): Keeper => ({
  async list() {
    const peeked = peek(data, summaries);
    if (peeked === 'absent') return { traces: [] };
    if (peeked === 'busy') return { traces: [], elsewhere: isServed(data) };
    if ('unreadable' in peeked) {
      return {
        traces: [],
        elsewhere: `The traces of the service cannot be read: ${peeked.unreadable.replace(/\.$/, '')}.`,
      };
    }
    return { traces: peeked.value.map(overAtLeast) };
  },
  async read(id) {
    const peeked = peek(data, (db) => traceOf(db, id));
    return typeof peeked === 'object' && 'value' in peeked ? peeked.value : undefined;
  },
  async forget(id) {
    const peeked = peek(data, (db) => db.all('SELECT 1 FROM traces WHERE id = ?', id).length > 0);
    if (typeof peeked === 'string' || 'unreadable' in peeked || !peeked.value) return undefined;
    const store = await openStore(data);
    try {
      return await forgetIn(store, id);
    } finally {
      await store.close();
    }
  },
});

const isServed = (data: string): string =>
  `A service records into ${data} and has its own traces open; see them in its page, or over HTTP.`;
