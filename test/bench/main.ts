// npm run bench: how fast is it? Always beside a peer in the same run, because absolute times say little about another machine.
import { parseArgs } from 'node:util';
import { sayToParent } from './child.ts';
import { decodeRates } from './decode.ts';
import { hitRates } from './embedded.ts';
import { median, ratios, round } from './figures.ts';
import { forecastRates } from './forecasts.ts';
import { harRates } from './har.ts';
import { heldMemory, memoryOf } from './memory.ts';
import { modelRates } from './model.ts';
import { observationRates } from './observations.ts';
import type { Turn } from './observations.ts';
import { startServer } from './servers.ts';
import type { ServerKind } from './servers.ts';
import { pageWeight, startUp } from './start-up.ts';
import { startNodes } from './nodes.ts';
import { traceCosts } from './trace.ts';

const middle = (turns: readonly Turn[]): Turn => ({
  rate: median(turns.map((t) => t.rate)),
  cpu: median(turns.map((t) => t.cpu)),
});
const told = ({ rate, cpu }: Turn) => `${round(rate)}/s, ${round(cpu)} µs of CPU each`;
const rates = (turns: readonly Turn[]): number[] => turns.map(({ rate }) => rate);

async function observations(): Promise<void> {
  const { connections, rounds } = await observationRates(9, 2);
  const plain = rounds.map((r) => r.plain);
  console.log(
    `autocannon, plain requests to nginx, ${connections.plain} connections (where it is best): ${told(middle(plain))}`,
  );
  const recorded = rounds.map((r) => r.recorded);
  console.log(
    `complete observations (decoded, digested, marker read, stored), ${connections.recorded} connections: ${told(middle(recorded))}`,
  );
  console.log(`  ratio ${ratios(rates(recorded), rates(plain))} (goal: at least 0.6)`);
  const folded = rounds.map((r) => r.folded);
  console.log(`the same, folded into a live reading: ${told(middle(folded))}`);
  console.log(`  ratio ${ratios(rates(folded), rates(plain))}`);
}

async function embedded(): Promise<void> {
  const { connections, bytes, rounds } = await hitRates(5, 2);
  const memory = rounds.map((r) => r.memory);
  const size = `${round(bytes)} B, ${connections} connections`;
  console.log(`a bare node:http server that answers a hit's fields and ${size}: ${told(middle(memory))}`);
  const strata = rounds.map((r) => r.strata);
  console.log(`hits of the embedded cache: ${told(middle(strata))}`);
  console.log(`  ratio ${ratios(rates(strata), rates(memory))} (goal: at least 0.5)`);
  const undici = rounds.map((r) => r.undici);
  console.log(`hits of a proxy made of undici's cache interceptor: ${told(middle(undici))}`);
  console.log(`  ratio of the embedded cache to it ${ratios(rates(strata), rates(undici))} (goal: above 1)`);
}

function model(): void {
  const { count, agreed, rounds } = modelRates(400, 7, 0.3);
  console.log(`the executable cache and http-cache-semantics, on ${count} exchanges (they agree on ${agreed}):`);
  for (const [what, each] of [
    ['stored and decided', rounds.map((r) => r.built)],
    ['decided', rounds.map((r) => r.decided)],
  ] as const) {
    const ours = each.map((e) => e.ours);
    const [peer, spared] = [each.map((e) => e.peer), each.map((e) => e.spared)];
    console.log(`${what}: ${round(median(ours))}/s, by the library from the same field lines ${round(median(peer))}/s`);
    console.log(`  ratio ${ratios(ours, peer)} (goal: above 1)`);
    console.log(`  where its header objects are ready-made ${round(median(spared))}/s, ratio ${ratios(ours, spared)}`);
  }
}

async function memory(): Promise<void> {
  const { responses, heap, plainText } = await heldMemory(1_000_000);
  console.log(
    `${round(responses)} stored responses: ${round(heap / 1e6)} MB, their heads as text: ${round(plainText / 1e6)} MB`,
  );
  console.log(`  ratio ${(heap / plainText).toFixed(2)}, ratio to 1 GB: ${(heap / 1e9).toFixed(2)} (goal: under 1)`);
}

function forecasts(): void {
  const { nodes, forecasts: each, json } = forecastRates(1000, 3);
  console.log(`forecasts of ${nodes} nodes: ${round(each)}/s, their states through JSON: ${round(json)}/s`);
  console.log(`  ratio ${(each / json).toFixed(3)}`);
}

function decode(): void {
  const { count, hops, rounds } = decodeRates(7, 0.5);
  const ours = rounds.map((r) => r.ours);
  const peer = rounds.map((r) => r.peer);
  console.log(
    `${count} captured and composed responses, ${hops} caches told in them: ${round(median(ours))}/s (goal: 50,000/s)`,
  );
  console.log(`the same heads read by http-cache-semantics, for one cache: ${round(median(peer))}/s`);
  console.log(`  ratio ${ratios(ours, peer)}`);
}

function har(): void {
  const { bytes, entries, notes, explained, parsed } = harRates(500, 5_000_000, 9);
  const all = `a HAR of ${(bytes / 1e6).toFixed(1)} MB with ${entries} entries`;
  console.log(
    `${all} explained (${round(notes)} notes): ${median(explained).toFixed(3)} s, the first time ${explained[0]!.toFixed(3)} s (goal: under 1 s)`,
  );
  console.log(`JSON.parse of the same text: ${median(parsed).toFixed(3)} s`);
  console.log(`  ratio ${ratios(explained, parsed)}`);
}

async function starting(): Promise<void> {
  const { service, bareNode } = await startUp();
  console.log(
    `start-up with the lab: ${service.toFixed(2)} s, a bare node: ${bareNode.toFixed(2)} s (goal: 3 s when built)`,
  );
  console.log(`  ratio ${(service / bareNode).toFixed(1)}`);
  const { script, gzip, brotli } = pageWeight();
  console.log(`script of the first view: ${round(script)} B, gzip ${round(gzip)} B, brotli ${round(brotli)} B`);
  console.log(`  ratio to 150 kB: ${(gzip / 150_000).toFixed(2)} (goal: under 1)`);
}

async function trace(): Promise<void> {
  const { traced, curve } = await traceCosts(1000, [1, 10, 100, 1000, 10_000]);
  const ms = (seconds: number) => `${(seconds * 1000).toFixed(1)} ms`;
  console.log(
    `${round(traced.nodes)} embedded nodes traced through a purge: ${traced.flips} flips in ${traced.seconds.toFixed(1)} s, ${round(traced.rate)} requests/s, ${round(traced.requests)} in all`,
  );
  console.log(
    `  widths: p50 ${ms(traced.p50)}, p99 ${ms(traced.p99)}, most ${ms(traced.most)} (goal: every one under 250 ms)`,
  );
  console.log(
    `  CPU ${(traced.share * 100).toFixed(0)} % of one core, ${round(traced.cpu)} µs a request; resident ${round(traced.resident / 1e6)} MB, ${round(traced.grown / 1e6)} MB more than before`,
  );
  console.log('watching, at the pace at which nothing is expected; beside it a plain loop of as many requests:');
  for (const { nodes, rate, cost, cpu, plain } of curve) {
    console.log(
      `  ${round(nodes)} nodes: ${round(rate)} requests/s, ${round(cost)} µs of CPU a node and second, ${round(cpu)} µs a request; plain ${round(plain)} µs, ratio ${(cpu / plain).toFixed(2)}`,
    );
  }
}

const parts: Readonly<Record<string, () => void | Promise<void>>> = {
  observations,
  embedded,
  model,
  memory,
  forecasts,
  har,
  decode,
  'start-up': starting,
  trace,
};

/** What a process does that one of the measurements started. */
async function asChild(part: string, [first = '', second = '']: readonly string[]): Promise<void> {
  if (part === 'nodes') {
    const { said, answer } = await startNodes(Number(first));
    sayToParent(said, answer);
  } else if (part === 'server') sayToParent(await startServer(first as ServerKind, second));
  else sayToParent(String(memoryOf(first, Number(second))));
}

const { values, positionals } = parseArgs({
  options: { only: { type: 'string' }, child: { type: 'string' } },
  allowPositionals: true,
});
const { only, child } = values;
if (child !== undefined) await asChild(child, positionals);
else if (only !== undefined && parts[only] === undefined) {
  console.error(`--only knows ${Object.keys(parts).join(', ')}`);
  process.exit(2);
} else {
  for (const [name, part] of Object.entries(parts)) if (only === undefined || only === name) await part();
  process.exit(0);
}
