// What is left of a service that cannot even record that it ended?
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createExchanger } from '../../../probe/exchange/exchange.ts';
import { createGuard } from '../../../probe/exchange/guard.ts';
import { openStore } from '../../../probe/store/store.ts';
import { startLive } from '../../../probe/trace/live.ts';
import { siteOf } from './site.ts';

it('a service whose store is gone says so at its end, and leaves no connection open', async () => {
  const data = await mkdtemp(join(tmpdir(), 'strata-live-'));
  const topology = siteOf({ 'app-1': 'http://127.0.0.1:9' });
  const exchanger = createExchanger({ guard: createGuard({ named: ['127.0.0.1'] }) });
  let closed = 0;
  const counting = { ...exchanger, close: () => exchanger.close().finally(() => closed++) };
  const store = await openStore(data);
  const live = await startLive({ topology, store, data, exchanger: counting });
  await store.close();
  await expect(live.close()).rejects.toThrow();
  expect(closed).toBe(1);
  await rm(data, { recursive: true });
});
