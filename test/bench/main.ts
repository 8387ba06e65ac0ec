// npm run bench: how fast is it? Always beside a peer in the same run, because absolute times say little about another machine.
import { forecastRates } from './forecasts.ts';
import { observationRates } from './observations.ts';
import type { Turn } from './observations.ts';
import { pageWeight, startUp } from './start-up.ts';

const round = (value: number) => (value < 10 ? value.toFixed(2) : Math.round(value).toLocaleString('en'));
const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
const middle = (turns: readonly Turn[]): Turn => ({
  rate: median(turns.map((t) => t.rate)),
  cpu: median(turns.map((t) => t.cpu)),
});
const told = ({ rate, cpu }: Turn) => `${round(rate)}/s, ${round(cpu)} µs of CPU each`;

/** The median of the rounds' ratios to the peer in the same round, and the least and the most. */
function ratios(turns: readonly Turn[]): string {
  const each = turns.map(({ rate }, i) => rate / (rounds[i]?.plain.rate ?? 0));
  return `${median(each).toFixed(2)} (${Math.min(...each).toFixed(2)} to ${Math.max(...each).toFixed(2)})`;
}

const { connections, rounds } = await observationRates(5, 2);
const plain = middle(rounds.map((r) => r.plain));
console.log(`autocannon, plain requests to nginx, ${connections} connections (where it is best): ${told(plain)}`);
const recorded = rounds.map((r) => r.recorded);
console.log(`complete observations (decoded, digested, marker read, stored): ${told(middle(recorded))}`);
console.log(`  ratio ${ratios(recorded)} (goal: at least 0.6)`);
const folded = rounds.map((r) => r.folded);
console.log(`the same, folded into a live reading: ${told(middle(folded))}`);
console.log(`  ratio ${ratios(folded)}`);

const { nodes, forecasts, json } = forecastRates(1000, 3);
console.log(`forecasts of ${nodes} nodes: ${round(forecasts)}/s, their states through JSON: ${round(json)}/s`);
console.log(`  ratio ${(forecasts / json).toFixed(3)}`);

const { service, bareNode } = await startUp();
console.log(
  `start-up with the lab: ${service.toFixed(2)} s, a bare node: ${bareNode.toFixed(2)} s (goal: 3 s when built)`,
);
console.log(`  ratio ${(service / bareNode).toFixed(1)}`);

const { script, gzip, brotli } = pageWeight();
console.log(`script of the first view: ${round(script)} B, gzip ${round(gzip)} B, brotli ${round(brotli)} B`);
console.log(`  ratio to 150 kB: ${(gzip / 150_000).toFixed(2)} (goal: under 1)`);
process.exit(0);
