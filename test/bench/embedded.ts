// How many hits a second does the embedded cache serve, beside a bare server and beside undici's cache?
import { request } from 'node:http';
import autocannon from 'autocannon';
import { inChild } from './child.ts';
import type { Child } from './child.ts';
import type { Turn } from './observations.ts';
import type { Seen, ServerKind } from './servers.ts';

/** One round: the three right after each other, the same bytes from each as far as each can. CPU is the server's. */
export interface HitRound {
  /** A bare node:http server that answers Strata's very answer from memory. */
  readonly memory: Turn;
  readonly strata: Turn;
  readonly undici: Turn;
}

export interface HitRates {
  readonly connections: number;
  /** Of the body. */
  readonly bytes: number;
  readonly rounds: readonly HitRound[];
}

const CONNECTIONS = 20;

export async function hitRates(rounds: number, seconds: number): Promise<HitRates> {
  const started: Child[] = [];
  const start = async (kind: ServerKind, given = ''): Promise<Child> => {
    const child = await inChild('server', [kind, given]);
    started.push(child);
    return child;
  };
  try {
    const origin = await start('origin');
    const strata = await start('strata', origin.said);
    const undici = await start('undici', origin.said);
    for (const { said } of [strata, undici]) await seen(said);
    const hit = await seen(strata.said);
    const memory = await start('memory', JSON.stringify(hit));
    const turn = async (): Promise<HitRound> => ({
      memory: await turnOf(memory, seconds),
      strata: await turnOf(strata, seconds),
      undici: await turnOf(undici, seconds),
    });
    // the first turn is for the compiler
    await turn();
    const asked = await origin.cpu();
    const measured: HitRound[] = [];
    for (let i = 0; i < rounds; i++) measured.push(await turn());
    if ((await origin.cpu()) - asked > 1e6) throw new Error('these were no hits: the origin was busy');
    return { connections: CONNECTIONS, bytes: Buffer.from(hit.body, 'base64').length, rounds: measured };
  } finally {
    for (const child of started) await child.stop();
  }
}

async function turnOf(server: Child, seconds: number): Promise<Turn> {
  const before = await server.cpu();
  const result = await autocannon({ url: `${server.said}/page`, connections: CONNECTIONS, duration: seconds });
  const count = result['2xx'];
  if (count === 0 || result.non2xx + result.errors > 0) throw new Error('not every answer was a page');
  return { rate: count / result.duration, cpu: ((await server.cpu()) - before) / count };
}

/** One answer as it came, without the fields of its connection. */
function seen(address: string): Promise<Seen> {
  return new Promise((resolve, reject) => {
    const sent = request(`${address}/page`, { agent: false }, (answer) => {
      const pieces: Buffer[] = [];
      answer.on('data', (piece: Buffer) => pieces.push(piece));
      answer.once('error', reject);
      answer.once('end', () => {
        const fields: string[] = [];
        for (let i = 0; i < answer.rawHeaders.length; i += 2) {
          const [name = '', value = ''] = answer.rawHeaders.slice(i, i + 2);
          if (!/^(connection|keep-alive|transfer-encoding)$/i.test(name)) fields.push(name, value);
        }
        resolve({ status: answer.statusCode ?? 0, fields, body: Buffer.concat(pieces).toString('base64') });
      });
    });
    sent.once('error', reject);
    sent.end();
  });
}
