import { createHmac } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import type { Layer, Topology } from '../../../shared/topology.ts';
import { readPurge } from '../../../shared/purge/index.ts';
import { createExchanger } from '../../../probe/exchange/exchange.ts';
import { createGuard } from '../../../probe/exchange/guard.ts';
import { planPurge } from '../../../probe/purgers/plan.ts';
import { runPurge } from '../../../probe/purgers/run.ts';
import { standIn, type StandIn } from './vendors/contract.ts';

const NODE = process.execPath;

function site(purge: Parameters<typeof readPurge>[0]): Topology {
  const edge: Layer = {
    id: 'edge',
    role: 'cache',
    nodes: [{ id: 'edge-1', address: 'http://127.0.0.1:9' }],
    parents: [],
    placement: 'any',
    policy: {},
    purge: readPurge(purge),
    budget: 100,
  };
  const target = {
    id: 'home',
    url: 'https://shop.example/a?b=1',
    marker: { digest: true },
    ignore: [],
    assets: false,
    variants: [{ id: 'default', headers: {} }],
  } as const;
  return { layers: [edge], targets: [target] };
}

async function purge(topology: Topology, env: Record<string, string> = {}, timeout = 20) {
  const guard = createGuard({ named: ['127.0.0.1'] });
  const exchanger = createExchanger({ guard });
  let id = 0;
  try {
    const { receipts } = await runPurge(planPurge(topology).steps, {
      exchanger,
      guard,
      takeId: () => ++id,
      env,
      timeout,
    });
    return receipts[0];
  } finally {
    await exchanger.close();
  }
}

const script = (code: string, ...args: string[]) => [NODE, '-e', code, ...args];

describe('a command', () => {
  it('gets the page in its arguments and everything on its standard input, and nothing of the environment that is not named', async () => {
    const code = `
      let text = '';
      process.stdin.on('data', (d) => (text += d)).on('end', () => {
        const { verb, urls, nodes } = JSON.parse(text);
        console.log(JSON.stringify({ verb, urls, nodes, arg: process.argv[1], token: process.env.TOKEN?.length, other: process.env.OTHER }));
        process.exit(3);
      });`;
    const receipt = await purge(site({ by: 'command', run: script(code, '{url}'), env: ['TOKEN'] }), {
      TOKEN: 'hunter2',
      OTHER: 'seen',
    });
    const said = {
      verb: 'purge',
      urls: ['https://shop.example/a?b=1'],
      nodes: [{ id: 'edge-1', address: 'http://127.0.0.1:9' }],
      arg: 'https://shop.example/a?b=1',
      token: 7,
    };
    expect(receipt?.summary).toContain(JSON.stringify(said));
  });

  it('that ends with 0 took the purge', async () => {
    expect(await purge(site({ by: 'command', run: script('') }))).toMatchObject({ outcome: 'accepted' });
  });

  it('that ends with anything else did not, and its last line says why, without secrets and controls', async () => {
    const code = String.raw`console.error('first\nno such zone \u001b[31m' + process.env.TOKEN); process.exit(4)`;
    const receipt = await purge(site({ by: 'command', run: script(code), env: ['TOKEN'] }), { TOKEN: 'hunter2' });
    expect(receipt).toMatchObject({
      outcome: 'refused',
      summary: 'The program ended with 4: the purge was not taken. It says: no such zone  [31m[redacted].',
    });
  });

  it('that does not end in time is killed, and whether it purged is not known', async () => {
    const receipt = await purge(site({ by: 'command', run: script('setInterval(() => 0, 1000)') }), {}, 0.5);
    expect(receipt?.outcome).toBe('unknown');
    expect(receipt?.summary).toContain('had not ended after 0.5 s and was killed');
  });

  it('that is not there was not started', async () => {
    const receipt = await purge(site({ by: 'command', run: ['./no-such-program'] }));
    expect(receipt).toMatchObject({ outcome: 'failed' });
    expect(receipt?.summary).toContain('cannot be started (ENOENT)');
  });

  it('that talks without end fills nothing', async () => {
    const code =
      "const line = 'x'.repeat(1e6) + '\\n'; for (let i = 0; i < 50; i++) process.stdout.write(line); process.exitCode = 1;";
    const receipt = await purge(site({ by: 'command', run: script(code) }));
    expect(receipt?.outcome).toBe('refused');
    expect(receipt?.summary.length).toBeLessThan(500);
  });

  it('that talks without a line shows no rest of what was cut: it could be half of a secret', async () => {
    // as much as is kept follows on the secret's first letters
    const code = `process.stdout.write('say ' + process.env.TOKEN + 'y'.repeat(65528), () => process.exit(4));`;
    const receipt = await purge(site({ by: 'command', run: script(code), env: ['TOKEN'] }), {
      TOKEN: 'canary-value-123',
    });
    expect(receipt?.outcome).toBe('refused');
    expect(receipt?.summary).not.toMatch(/value|123y/);
  });

  it('is heard to its last line, however much it said before', async () => {
    const code =
      "for (let i = 0; i < 20; i++) console.log('x'.repeat(1e4)); console.log('no such zone'); process.exitCode = 1;";
    const receipt = await purge(site({ by: 'command', run: script(code) }));
    expect(receipt?.summary).toContain('It says: no such zone.');
  });

  it('has ended when it ends, though what it started goes on', async () => {
    const code =
      "require('child_process').spawn(process.execPath, ['-e', 'setTimeout(() => 0, 3000)'], { detached: true, stdio: 'inherit' }).unref()";
    expect(await purge(site({ by: 'command', run: script(code) }), {}, 2)).toMatchObject({ outcome: 'accepted' });
  });

  it('is not started without a variable that it needs', async () => {
    await expect(purge(site({ by: 'command', run: script(''), env: ['TOKEN'] }))).rejects.toThrow(
      'needs the environment variable TOKEN for its program',
    );
  });
});

describe('a webhook', () => {
  let hook: StandIn;
  afterEach(() => hook[Symbol.asyncDispose]());

  it('can tell by its signature who wrote, and when', async () => {
    hook = await standIn((_, response) => response.end());
    await purge(site({ by: 'webhook', url: `${hook.url}/purge` }), { STRATA_WEBHOOK_SECRET: 'hunter2' });
    const [{ headers, body }] = hook.seen as [StandIn['seen'][number]];
    const at = String(headers['strata-timestamp']);
    const signature = createHmac('sha256', 'hunter2').update(`${at}.${body}`).digest('hex');
    expect(headers['strata-signature']).toBe(`sha256=${signature}`);
    expect(headers['idempotency-key']).toMatch(/^[0-9a-f]{32}$/);
  });
});
