// When did a node truly turn? Asked densely, over connections and code of its own: nothing of Strata's probing is used.
import { Agent, get } from 'node:http';
import { performance } from 'node:perf_hooks';
import type { Interval } from '../../shared/model/interval.ts';

const now = (): number => (performance.timeOrigin + performance.now()) / 1000;

export interface Poller {
  /** Resolves with the last instant before an old answer was asked for, and the first at which the new one had come. */
  readonly flipped: Promise<Interval>;
  stop(): void;
}

/** Asks `address` for `path` of `host` every `gap` seconds until `build` is in the page. */
export function pollForFlip(address: string, host: string, path: string, build: string, gap: number): Poller {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const stopping = new AbortController();
  const flipped = (async () => {
    let lastOld = -Infinity;
    while (!stopping.signal.aborted) {
      const asked = now();
      const page = await fetchPage(agent, `${address}${path}`, host);
      if (page.includes(`content="${build}"`)) return { earliest: lastOld, latest: now() };
      lastOld = asked;
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, (asked + gap - now()) * 1000)));
    }
    throw new Error('stopped');
  })().finally(() => agent.destroy());
  return {
    flipped,
    stop() {
      stopping.abort();
    },
  };
}

function fetchPage(agent: Agent, url: string, host: string): Promise<string> {
  return new Promise((resolve, reject) => {
    get(url, { agent, headers: { host } }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve(text));
      response.on('error', reject);
    }).on('error', reject);
  });
}
