import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { waitDocument, type WaitDocument } from '../../../shared/api-wait.ts';
import type { Topology, Variant } from '../../../shared/topology.ts';
import type { TraceProgress } from '../../../probe/trace/propagation.ts';
import { Session } from '../../../probe/trace/session.ts';
import { answerWait, type WaitWanted } from '../../../probe/trace/wait.ts';
import { siteOf } from './site.ts';

/**
 * What a node answers: its build, or nothing at all; `new#7` as Varnish does that holds it as copy 7. `nth` counts its answers
 * from 1.
 */
type Node = (request: IncomingMessage, nth: number) => string | undefined;

const open: Server[] = [];
afterEach(() => {
  for (const server of open.splice(0)) server.close();
});

async function listening(node: Node): Promise<string> {
  let nth = 0;
  const server = createServer((request, response) => {
    const build = node(request, ++nth);
    if (build === undefined) request.socket.destroy();
    else {
      const [marker = '', copy] = build.split('#');
      const words = copy === undefined ? {} : { 'x-varnish': `${900 + nth} ${copy}`, age: '1', via: '1.1 varnish' };
      response.writeHead(200, { 'x-build': marker, 'content-type': 'text/plain', ...words }).end(marker);
    }
  });
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function siteWith(nodes: Readonly<Record<string, Node>>, variants?: readonly Variant[]): Promise<Topology> {
  const entries = Object.entries(nodes).map(async ([id, node]) => [id, await listening(node)] as const);
  const { layers, targets } = siteOf(Object.fromEntries(await Promise.all(entries)));
  const marker = { header: 'x-build' };
  return { layers, targets: targets.map((t) => ({ ...t, marker, variants: variants ?? t.variants })) };
}

async function waited(
  topology: Topology,
  wanted: Partial<WaitWanted> = {},
  progress: TraceProgress = {},
  signal = new AbortController().signal,
): Promise<WaitDocument> {
  const session = new Session({ topology });
  try {
    const document = await answerWait(session, { expect: 'new', budget: 60, ...wanted }, progress, signal);
    return waitDocument.parse(document);
  } finally {
    await session.close();
  }
}

const shows = ({ places }: WaitDocument) => Object.fromEntries(places.map((p) => [p.node, p.shows]));
const always =
  (build: string): Node =>
  () =>
    build;
/** The old build at first, the new one from the nth answer on. */
const from =
  (n: number): Node =>
  (_, nth) =>
    nth < n ? 'old' : 'new';

describe('a wait ends', () => {
  it('as soon as every node shows the change, with the seconds each took', async () => {
    const document = await waited(await siteWith({ 'edge-1': from(5), 'edge-2': from(2), app: from(3) }));
    expect([document.verdict, document.sentence]).toEqual(['visible', 'new is visible everywhere.']);
    expect(shows(document)).toEqual({ 'edge-1': 'new', 'edge-2': 'new', app: 'new' });
    for (const { visibleAfter } of document.places) {
      expect(visibleAfter!.earliest).toBeLessThanOrEqual(visibleAfter!.latest);
    }
  });

  it('where a node went back to the old one, only after it was new twice in a row', async () => {
    let calls = 0;
    const wavering: Node = (_, nth) => {
      calls = nth;
      return nth < 3 || nth === 4 ? 'old' : 'new';
    };
    const late: Node = () => (calls < 5 ? 'old' : 'new');
    const document = await waited(await siteWith({ 'edge-1': wavering, 'edge-2': late, app: always('new') }));
    expect(document.verdict).toBe('visible');
    expect(calls).toBeGreaterThanOrEqual(6);
    expect(document.wavered?.map((w) => w.node)).toEqual(['edge-1']);
  });

  it('where two caches answer at one address, only after it was new eight times in a row', async () => {
    let calls = 0;
    const copies = ['old#6', 'old#9', 'old#6', 'new#7', 'old#9', 'new#7'];
    const both: Node = (_, nth) => copies[(calls = nth) - 1] ?? (nth % 2 === 0 ? 'new#8' : 'new#7');
    const document = await waited(await siteWith({ 'edge-1': both, app: always('new') }));
    expect(document.verdict).toBe('visible');
    expect(calls).toBeGreaterThanOrEqual(5 + 8);
    expect(document.causes.map((c) => [c.id, c.node])).toEqual([['nodes-disagree', 'edge-1']]);
  });

  it('says how often in a row such an address has shown it when time is out', async () => {
    const both: Node = (_, nth) => (nth % 2 === 0 ? 'old#9' : nth < 4 ? 'old#6' : 'new#7');
    const document = await waited(await siteWith({ 'edge-1': both, app: always('new') }), { budget: 3 });
    expect(document.verdict).toBe('not-visible');
    expect(document.sentence).toMatch(
      /edge-1 (still shows old|is answered by several caches, and has shown new only in the last answer, not yet in 8 in a row) \(nodes disagree: /,
    );
  });

  it('with a node that never answers: nobody can tell what it holds', async () => {
    const site = await siteWith({ 'edge-1': from(2), 'edge-dead': () => undefined, app: always('new') });
    const document = await waited(site, { budget: 3 });
    expect(document.verdict).toBe('cannot-tell');
    expect(document.sentence).toMatch(/^edge: edge-dead never answered \(.+\)\. All others show it\.$/);
  });

  it('with a half rolled origin: not every origin shows it', async () => {
    const document = await waited(await siteWith({ 'edge-1': always('old'), a: always('new'), b: always('old') }), {
      budget: 3,
    });
    expect(document.verdict).toBe('origin-not-ready');
    expect(document.sentence).toBe('not every origin shows new (within 3 s): origin: b still shows old.');
  });

  it('where the origins are out of reach but all that was chosen shows it, as visible, without spending the budget', async () => {
    const site = await siteWith({ 'edge-1': from(2), app: () => undefined });
    const document = await waited(site, { layer: 'edge', budget: 600 });
    expect([document.verdict, document.ended]).toEqual(['visible', 'visible']);
  });

  it('where no origin answers and caches are old: nobody can tell', async () => {
    const site = await siteWith({ 'edge-1': always('old'), app: () => undefined });
    const document = await waited(site, { budget: 3 });
    expect(document.verdict).toBe('cannot-tell');
    expect(document.sentence).toMatch(/^No origin told what it serves \(within 3 s\): origin: app never answered/);
  });

  it('where the origin rolls back at last: nothing new is served', async () => {
    const app: Node = (_, nth) => (nth < 4 ? 'new' : 'old');
    const document = await waited(await siteWith({ 'edge-1': always('old'), app }), { budget: 4 });
    expect(document.verdict).toBe('origin-not-ready');
  });

  it('once its signal aborts, and says what was so by then', async () => {
    const stopping = new AbortController();
    const onEvent = () => stopping.abort();
    const site = await siteWith({ 'edge-1': always('old'), app: always('new') });
    const document = await waited(site, {}, { onEvent }, stopping.signal);
    expect([document.verdict, document.ended]).toEqual(['not-visible', 'interrupted']);
    expect(document.sentence).toMatch(
      /^new is not visible at 1 of 2 places \(stopped after .+\)\. edge: edge-1 still shows old\.$/,
    );
  });
});

describe('variants', () => {
  const variants = [
    { id: 'desktop', headers: {} },
    { id: 'mobile', headers: { 'x-device': 'mobile' } },
  ];
  const edge: Node = ({ headers }, nth) => (headers['x-device'] === 'mobile' || nth < 3 ? 'old' : 'new');

  it('the first of each target is waited for', async () => {
    const document = await waited(await siteWith({ 'edge-1': edge, app: always('new') }, variants), {
      firstVariant: true,
    });
    expect(document.verdict).toBe('visible');
    expect(new Set(document.places.map((p) => p.variant))).toEqual(new Set(['desktop']));
  });

  it('with all of them the one that lags behind is named', async () => {
    const document = await waited(await siteWith({ 'edge-1': edge, app: always('new') }, variants), { budget: 3 });
    expect(document.verdict).toBe('not-visible');
    expect(document.sentence).toContain('edge: edge-1 home/mobile still shows old');
  });
});

describe('a check that can show nothing', () => {
  it('is refused at the first look, without a second question', async () => {
    const document = await waited(await siteWith({ 'edge-1': always('new'), app: always('new') }));
    expect([document.verdict, document.requests]).toEqual(['bad-check', 2]);
  });

  it.each<[string, Partial<WaitWanted>]>([
    ['it is said to be all right', { alreadyOk: true }],
    ['the deploy was told', { deployedAt: Date.now() / 1000 - 60 }],
  ])('is none where %s', async (_, wanted) => {
    const document = await waited(await siteWith({ 'edge-1': always('new'), app: always('new') }), wanted);
    expect(document.verdict).toBe('visible');
  });

  it('is none while a single cache still shows the old build', async () => {
    const document = await waited(await siteWith({ 'edge-1': from(2), 'edge-2': always('new'), app: always('new') }));
    expect(document.verdict).toBe('visible');
  });
});

it('a page that came but could not be read tells nothing, rather than the old version', async () => {
  const site = await siteWith({ 'edge-1': always('old'), app: always('new') });
  const json = { ...site, targets: site.targets.map((t) => ({ ...t, marker: { json: 'build' } })) };
  const document = await waited(json, { budget: 2 });
  expect(document.verdict).toBe('cannot-tell');
  expect(document.sentence).toMatch(/edge-1 answered, but the marker could not be looked for/);
});
