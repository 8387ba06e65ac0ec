// npm run bench: how fast is it? Always beside a peer in the same run, because absolute times say little about another machine.
import { forecastRates } from './forecasts.ts';
import { observationRates } from './observations.ts';
import { pageWeight, startUp } from './start-up.ts';

const round = (value: number) => (value < 10 ? value.toFixed(2) : Math.round(value).toLocaleString('en'));

const { observations, plain } = await observationRates(3, 4);
console.log(
  `complete observations: ${round(observations)}/s, autocannon plain requests on the same nginx: ${round(plain)}/s`,
);
console.log(`  ratio ${(observations / plain).toFixed(2)} (goal: at least 0.6)`);

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
