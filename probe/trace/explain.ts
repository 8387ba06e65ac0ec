// What does a page of this topology, or a HAR, say about the caches it crossed?
import type { ExplainDocument, ExplainRequest } from '../../shared/api.ts';
import { explainDocument } from '../../shared/explain.ts';
import { withCities } from '../../shared/explain-places.ts';
import { responsesInHar } from '../../shared/recorded/har.ts';
import type { RecordedResponse } from '../../shared/recorded-response.ts';
import { outermost } from '../../shared/topology.ts';
import type { Topology } from '../../shared/topology.ts';
import { RequestProblem } from '../server/engine.ts';
import { askElsewhere, isAskable } from './elsewhere.ts';
import type { Session } from './session.ts';

/**
 * Asks what the topology names: a target's host through an outermost node, or a node's own address; and besides that the
 * hosts in `askable`, at public addresses.
 * @throws RequestProblem for any other URL, for a HAR without responses, and where nothing answered
 */
export async function answerExplain(
  session: Session,
  askable: readonly string[],
  request: ExplainRequest,
  signal: AbortSignal,
): Promise<ExplainDocument> {
  if ('har' in request) return withCities(explainDocument(fromHar(request.har), session.now()));
  const { url } = request;
  const isElsewhere = !isNamed(session, url) && isAskable(askable, new URL(url).hostname);
  const responses = isElsewhere ? await askElsewhere(askable, url) : [await asked(session, url, signal)];
  const document = withCities(explainDocument(responses, session.now()));
  // whoever gave a URL has not seen its field lines yet
  const fieldsOf = (nth: number) =>
    (responses[nth]?.fields ?? []).map(([name, value]): [string, string] => [name, value]);
  return { ...document, responses: document.responses.map((explained, i) => ({ ...explained, fields: fieldsOf(i) })) };
}

function fromHar(har: unknown): RecordedResponse[] {
  const responses = responsesInHar(har);
  if (responses === undefined || responses.length === 0) throw new RequestProblem('har', 'The HAR holds no response.');
  return responses;
}

async function asked(session: Session, url: string, signal: AbortSignal): Promise<RecordedResponse> {
  const exchanged = await session.exchanger.exchange({ url, address: addressFor(session, url), signal });
  const { result, responseTime } = exchanged;
  if (result.kind === 'failure') throw new RequestProblem('url', result.message);
  return { url, status: result.status, fields: result.fields, method: 'GET', receivedAt: responseTime };
}

/**
 * Where a URL is asked: at the node that it names, or through the first outermost one.
 * @throws RequestProblem for a host that the topology does not name
 */
export function addressFor(session: Session, url: string): string {
  const address = namedAddress(session.topology, url);
  if (address !== undefined) return address;
  const hosts = session.topology.targets.map((t) => new URL(t.url).host).join(', ');
  throw new RequestProblem(
    'url',
    `This service asks only hosts of its topology: ${hosts}. Elsewhere: strata explain ${url}, or name more with serve --explain-host`,
  );
}

const isNamed = ({ topology }: Session, url: string): boolean => namedAddress(topology, url) !== undefined;

function namedAddress(topology: Topology, url: string): string | undefined {
  const { host, origin } = new URL(url);
  const nodes = topology.layers.flatMap((l) => l.nodes);
  const direct = nodes.find((n) => new URL(n.address).origin === origin);
  if (direct !== undefined) return direct.address;
  const isTarget = topology.targets.some((t) => new URL(t.url).host === host);
  return isTarget ? outermost(topology)[0]?.nodes[0]?.address : undefined;
}
