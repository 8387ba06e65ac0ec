// One question put to a hostile server, as tests put it.
import type { Answer, Failure } from '../../../shared/observation.ts';
import type { Ask, Exchanged } from '../../../probe/exchange/exchange.ts';
import { exchange } from '../../../probe/exchange/exchange.ts';
import { createGuard } from '../../../probe/exchange/guard.ts';
import { rawServer } from './raw-server.ts';
import type { Script } from './raw-server.ts';

export const TARGET = 'http://shop.example/page?x=1';

/** Asks an address that is named, for a target elsewhere. */
export const ask = (address: string, more: Partial<Ask> = {}): Promise<Exchanged> =>
  exchange({ url: TARGET, address, guard: createGuard({ named: [address] }), ...more });

/** One exchange with a server that lives as long as the exchange; waits until no connection is left. */
export async function askOnce(script: Script, more: Partial<Ask> = {}): Promise<Exchanged> {
  const server = await rawServer(script);
  try {
    const exchanged = await ask(server.address, more);
    await server.drained();
    return exchanged;
  } finally {
    await server.close();
  }
}

export function answered({ result }: Exchanged): Answer {
  if (result.kind !== 'answer') throw new Error(`expected an answer, got ${result.code}: ${result.message}`);
  return result;
}

export function failed({ result }: Exchanged): Failure {
  if (result.kind !== 'failure') throw new Error(`expected a failure, got status ${result.status}`);
  return result;
}
