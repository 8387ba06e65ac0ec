// How many forecasts of a large topology a second, beside reading the same trace from JSON?
import { performance } from 'node:perf_hooks';
import { forecastAll } from '../../shared/model/forecast-all.ts';
import { advance, changeIn, emptyReading, statesOf } from '../../shared/model/reading.ts';
import { simulatedStack } from '../shared/model/simulated-stack.ts';

const START = 1_800_000_000;

export interface ForecastRates {
  readonly nodes: number;
  /** Whole topologies forecast (bounds, median and band of every node), a second. */
  readonly forecasts: number;
  /** The same states written and parsed as JSON, a second: the peer in the same run. */
  readonly json: number;
}

/** A topology of about `nodes` nodes, most of them edges, in the middle of a deploy. */
export function forecastRates(nodes: number, seconds: number): ForecastRates {
  const edges = Array.from({ length: nodes - 11 }, (_, i) => `edge-${i}`);
  const shields = Array.from({ length: 10 }, (_, i) => `shield-${i}`);
  const stack = simulatedStack(
    [
      { dialect: 'varnish', nodes: edges },
      { dialect: 'nginx', nodes: shields },
    ],
    'max-age=60',
  );
  let reading = emptyReading(stack.topology);
  const all = [...edges, ...shields, 'app-1'];
  for (const at of [0, 1.3]) {
    for (const [i, node] of all.entries()) {
      reading = advance(reading, { type: 'observation', data: stack.observe(node, START + at + (i % 1000) / 1000) });
    }
  }
  stack.deploy('v2');
  reading = advance(reading, { type: 'observation', data: stack.observe('app-1', START + 3) });
  const states = statesOf(reading, 'home', 'default');
  const change = changeIn(reading, 'home', 'default');
  const forecasts = rate(seconds, () => forecastAll(stack.topology, states, change, {}, START + 4));
  const json = rate(seconds, () => JSON.parse(JSON.stringify(states)) as unknown);
  return { nodes: all.length, forecasts, json };
}

function rate(seconds: number, work: () => unknown): number {
  work();
  const started = performance.now();
  let done = 0;
  while (performance.now() - started < seconds * 1000) {
    work();
    done += 1;
  }
  return done / ((performance.now() - started) / 1000);
}
