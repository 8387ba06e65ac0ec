import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Metrics } from '../../../probe/server/metrics.ts';
import { advance, emptyReading, type Reading } from '../../../shared/model/reading.ts';
import type { Topology } from '../../../shared/topology.ts';
import type { LiveMessage } from '../../../shared/trace.ts';
import { liveLab, until, type Scene } from '../trace/scene.ts';
import { event, forecast, observation, receipt, topology } from '../store/sample.ts';
import type { Lab } from '../../../probe/lab/lab.ts';
import { ask, bearer, startBench, type Bench } from './bench.ts';

/** One series of a scrape, as its number. */
function value(text: string, series: string): number | undefined {
  const line = text.split('\n').find((l) => l.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
}

/** What a scrape says after these messages. */
async function scraped(messages: readonly LiveMessage[], scene: Topology = topology, writable = true): Promise<string> {
  let reading: Reading = emptyReading(scene);
  const metrics = new Metrics(
    scene,
    () => reading,
    () => writable,
    '9.9.9',
  );
  for (const message of messages) {
    reading = advance(reading, message);
    metrics.take(message, reading);
  }
  return metrics.registry.metrics();
}

/** An answer of the edge, or of the origin, that shows this content. */
function shows(id: number, at: number, marker: string, where: 'edge' | 'origin' = 'edge'): LiveMessage {
  const { data } = observation(id, at);
  if (data.result.kind === 'failure') throw new Error('the sample answers');
  const place = where === 'edge' ? {} : { layer: 'origin', node: 'app-1' };
  return { type: 'observation', data: { ...data, ...place, result: { ...data.result, marker } } };
}

const score = {
  flippedAt: { earliest: 10, latest: 11 },
  boundsHeld: true,
  bandHeld: false,
  absoluteError: 0.2,
  naiveError: 20,
};

/** Old at both until 100; announced at 110; the origin new at 112, the edge at 130. */
const change: LiveMessage[] = [
  shows(1, 100, 'old', 'origin'),
  shows(2, 100.5, 'old'),
  { type: 'event', data: { id: 3, type: 'deploy', at: { earliest: 110, latest: 110 }, marker: 'new' } },
  shows(4, 112, 'new', 'origin'),
  shows(5, 113, 'old'),
];

describe('what is counted', () => {
  it('a flip, by the seconds since the deploy that was announced; its upper end', async () => {
    const text = await scraped([...change, shows(6, 130, 'new'), shows(7, 131, 'new')]);
    expect(value(text, 'strata_propagation_seconds_sum{layer="edge",since="deploy"}')).toBe(20);
    expect(value(text, 'strata_propagation_seconds_count{layer="edge",since="deploy"}')).toBe(1);
    expect(value(text, 'strata_propagation_seconds_bucket{le="30",layer="edge",since="deploy"}')).toBe(1);
    expect(value(text, 'strata_propagation_seconds_bucket{le="10",layer="edge",since="deploy"}')).toBe(0);
  });

  it('without an announcement from when the origins served it at the earliest', async () => {
    const text = await scraped([...change.filter((m) => m.type !== 'event'), shows(6, 130, 'new')]);
    expect(value(text, 'strata_propagation_seconds_sum{layer="edge",since="origin"}')).toBeCloseTo(30.01, 2);
  });

  it('a flip after a purge also by the seconds since the purge', async () => {
    const text = await scraped([...change, receipt(8, 'accepted', 120, 120.1), shows(6, 130, 'new')]);
    expect(value(text, 'strata_propagation_seconds_sum{layer="edge",since="purge"}')).toBe(10);
  });

  it('nothing for what was there at the first look, and one change once, also where it goes back and forth', async () => {
    const first = await scraped([shows(1, 100, 'new', 'origin'), shows(2, 101, 'new')]);
    expect(first.match(/^strata_propagation_seconds_count\{.*\} .*$/gm)?.map((line) => line.split(' ')[1])).toEqual([
      '0',
      '0',
      '0',
    ]);
    const back = [shows(6, 130, 'new'), shows(7, 131, 'old'), shows(8, 132, 'new')];
    const text = await scraped([...change, ...back]);
    expect(value(text, 'strata_propagation_seconds_count{layer="edge",since="deploy"}')).toBe(1);
  });

  it('each purge once, by what became of it', async () => {
    const told = [receipt(1, 'unknown', 5), receipt(1, 'accepted', 5, 6), receipt(1, 'accepted', 5, 6)];
    const text = await scraped([
      ...told,
      receipt(2, 'unknown', 7),
      receipt(2, 'refused', 7, 8),
      receipt(3, 'unknown', 9),
    ]);
    expect(value(text, 'strata_purges_sent_total{layer="edge"}')).toBe(3);
    expect(value(text, 'strata_purges_total{layer="edge",outcome="accepted"}')).toBe(1);
    expect(value(text, 'strata_purges_total{layer="edge",outcome="refused"}')).toBe(1);
  });

  it('a purge once also where its vendor says more after ten thousand others', async () => {
    const twice = (id: number) => [receipt(id, 'accepted', id, id + 1), receipt(id, 'accepted', id, id + 1)];
    const metrics = new Metrics(
      topology,
      () => emptyReading(topology),
      () => true,
      '9.9.9',
    );
    for (let id = 1; id <= 10_001; id++) for (const told of twice(id)) metrics.take(told, emptyReading(topology));
    for (const told of twice(2)) metrics.take(told, emptyReading(topology));
    const text = await metrics.registry.metrics();
    expect(value(text, 'strata_purges_total{layer="edge",outcome="accepted"}')).toBe(10_001);
  });

  it('forecasts by error, beside the naive guess, and by whether bounds and band held', async () => {
    const text = await scraped([forecast(1, 5), forecast(1, 5, score)]);
    expect(value(text, 'strata_forecast_error_seconds_sum{layer="edge"}')).toBe(0.2);
    expect(value(text, 'strata_forecast_naive_error_seconds_sum{layer="edge"}')).toBe(20);
    expect(value(text, 'strata_forecast_bounds_total{layer="edge",held="true"}')).toBe(1);
    expect(value(text, 'strata_forecast_bands_total{layer="edge",held="false"}')).toBe(1);
  });

  it('places by what they show now, nodes by whether they answer, and whether anything can be recorded', async () => {
    const text = await scraped(change, topology, false);
    expect(value(text, 'strata_places{layer="edge",target="home",shows="old"}')).toBe(1);
    expect(value(text, 'strata_places{layer="origin",target="home",shows="new"}')).toBe(1);
    expect(value(text, 'strata_node_old_places{layer="edge",node="edge-1"}')).toBe(1);
    expect(value(text, 'strata_node_up{layer="edge",node="edge-1"}')).toBe(1);
    expect(value(text, 'strata_store_writable')).toBe(0);
    expect(value(text, 'strata_requests_total{layer="edge",result="answer"}')).toBe(2);
    expect(value(text, 'strata_events_total{type="deploy"}')).toBe(1);
    expect(value(text, 'strata_build_info{version="9.9.9"}')).toBe(1);
  });

  it('10,000 nodes and 1,000 targets in a bounded number of series', async () => {
    const [edge, origin] = topology.layers;
    const [home] = topology.targets;
    const nodes = Array.from({ length: 10_000 }, (_, i) => ({ id: `edge-${i}`, address: 'http://127.0.0.1:1' }));
    const targets = Array.from({ length: 1000 }, (_, i) => ({ ...home!, id: `page-${i}` }));
    const large = { ...topology, layers: [{ ...edge!, nodes }, origin!], targets };
    const messages = nodes.map(({ id }, i): LiveMessage => {
      const { data } = observation(i + 1);
      return { type: 'observation', data: { ...data, node: id, target: `page-${i % 1000}` } };
    });
    // one reading for all: folding them one by one would copy ten thousand tracks ten thousand times
    const text = await scraped(
      messages.filter((_, i) => i % 10 === 0),
      large,
    );
    expect(text.split('\n').filter((line) => line.startsWith('strata_')).length).toBeLessThan(1000);
    expect(text).toContain('target="other"');
    expect(value(text, 'strata_nodes_without_series')).toBe(9801);
  });
});

describe('GET /metrics', () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await startBench();
  });
  afterAll(() => bench.close());

  it('is text that Prometheus reads, each family with its help and type, and counts what the engine publishes', async () => {
    await bench.engine.publish(observation(1));
    await bench.engine.publish(event(2, 3));
    const { status, headers, text } = await ask(bench, 'GET', '/metrics');
    expect([status, headers['content-type'], headers['cache-control']]).toEqual([
      200,
      'text/plain; version=0.0.4; charset=utf-8',
      'no-store',
    ]);
    expect(value(text, 'strata_requests_total{layer="edge",result="answer"}')).toBe(1);
    const names = new Set(
      [...text.matchAll(/^([a-z_]+?)(?:_bucket|_sum|_count)?(?:\{.*\})? [\d.e+-]+$/gm)].map((m) => m[1]),
    );
    for (const name of names) expect(text).toMatch(new RegExp(`^# HELP ${name} .+\n# TYPE ${name} `, 'm'));
  });

  it('is guarded as every other route: by Host, and where others can reach it by the token', async () => {
    expect((await ask(bench, 'GET', '/metrics', { host: 'evil.example' })).status).toBe(421);
    const open = await startBench({ host: '0.0.0.0', allowedHosts: ['strata.example'] });
    try {
      const host = { host: 'strata.example' };
      expect((await ask(open, 'GET', '/metrics', host)).status).toBe(401);
      expect((await ask(open, 'GET', '/metrics', { ...host, ...bearer })).status).toBe(200);
    } finally {
      await open.close();
    }
  });
});

const showing = (reading: Reading, build: string): number =>
  [...reading.tracks.values()].filter((t) => t.history.at(-1)?.content === build).length;

describe('a deploy in the lab', () => {
  let scene: Scene & { readonly lab: Lab };
  beforeAll(async () => {
    scene = await liveLab({ edges: 2, maxAge: 2 });
  });
  afterAll(() => scene.close());

  it('is counted once at every cache', async () => {
    const { live, store } = scene;
    const metrics = new Metrics(
      live.topology,
      () => live.reading(),
      () => store.status() === 'ok',
      '9.9.9',
    );
    const all = live.topology.layers.flatMap((l) => l.nodes).length;
    const seen = () => live.reading().tracks.size === all;
    live.subscribe((_, message) => metrics.take(message, live.reading()));
    await until('every node answered', seen, 25);
    const build = await live.labDeploy?.({});
    // the lab announces a deploy when its last origin has it; what arrived sooner counts from the origins
    const arrived = async (layer: string) => {
      const text = await metrics.registry.metrics();
      const count = (since: string) =>
        value(text, `strata_propagation_seconds_count{layer="${layer}",since="${since}"}`) ?? 0;
      return count('deploy') + count('origin');
    };
    await until('every cache shows it', () => showing(live.reading(), build!.build) === all, 25);
    expect([await arrived('edge'), await arrived('shield')]).toEqual([2, 1]);
  }, 60_000);
});
