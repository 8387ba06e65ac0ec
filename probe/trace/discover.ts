// What stands in front of a page of this topology, as far as its answers tell?
import type { DiscoverDocument, DiscoverRequest } from '../../shared/api.ts';
import { discoverDocument } from '../../shared/discover/discover.ts';
import { outermost } from '../../shared/topology.ts';
import { lookThrough, type Door } from '../discover/look-around.ts';
import { createGuard } from '../exchange/guard.ts';
import { RequestProblem } from '../server/engine.ts';
import { addressFor } from './explain.ts';
import { namedBy, type Session } from './session.ts';

const CONNECTIONS = 8;

/**
 * Asks only what the topology names, over connections of its own: a target's host through every outermost node, or a node's
 * own address.
 * @throws RequestProblem for any other URL, and where nothing answered
 */
export async function answerDiscover(
  session: Session,
  { url, connections = CONNECTIONS }: DiscoverRequest,
  signal: AbortSignal,
): Promise<DiscoverDocument> {
  const around = await lookThrough(doorsTo(session, url), { asked: url, url }, { connections, signal });
  if ('problem' in around) throw new RequestProblem('url', around.problem);
  return discoverDocument(around.seen, session.now());
}

function doorsTo(session: Session, url: string): Door[] {
  const { topology } = session;
  const first = addressFor(session, url);
  const entrances = outermost(topology).flatMap(({ nodes }) => nodes);
  const isEntrance =
    new URL(url).origin !== new URL(first).origin && entrances.some(({ address }) => address === first);
  const guard = createGuard({ named: namedBy(topology) });
  const addresses = isEntrance ? entrances.map(({ address }) => address) : [first];
  return addresses.map((address) => ({ ip: new URL(address).host, address, guard }));
}
