// Which addresses are refused, however they are spelled and whatever a resolver says later?
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exchange } from '../../../probe/exchange/exchange.ts';
import { createGuard, rangeOf } from '../../../probe/exchange/guard.ts';
import type { Admission, Guard } from '../../../probe/exchange/guard.ts';
import { answered, failed } from '../hostile/asking.ts';
import { answer, rawServer, sends } from '../hostile/raw-server.ts';

const admitUrl = (guard: Guard, url: string): Promise<Admission> => {
  const { hostname, port } = new URL(url);
  return guard.admit(hostname, Number(port) || 80);
};

/** Names that lead where a test says; each question is counted. */
function resolver(table: Record<string, readonly string[]>): {
  resolve: (host: string) => Promise<string>;
  asked: string[];
} {
  const asked: string[] = [];
  return {
    asked,
    async resolve(host) {
      asked.push(host);
      const answers = table[host];
      if (answers === undefined) throw new Error('no such name');
      return answers[asked.filter((h) => h === host).length - 1] ?? answers.at(-1) ?? '';
    },
  };
}

describe('nothing is named', () => {
  const guard = createGuard({ named: [] });

  it.each([
    ['http://127.0.0.1/'],
    ['http://127.1/'],
    ['http://0177.0.0.1/'],
    ['http://0x7f.0.0.1/'],
    ['http://0x7f000001/'],
    ['http://2130706433/'],
    ['http://017700000001/'],
    ['http://127.0.0.1./'],
    ['http://１２７.０.０.１/'],
    ['http://①②⑦.⓪.⓪.①/'],
    ['http://%31%32%37.0.0.1/'],
    ['http://0/'],
    ['http://[::1]/'],
    ['http://[::]/'],
    ['http://[0:0:0:0:0:0:0:1]/'],
    ['http://[::ffff:127.0.0.1]/'],
    ['http://[::ffff:7f00:1]/'],
    ['http://[::127.0.0.1]/'],
    ['http://[64:ff9b::7f00:1]/'],
    ['http://[2002:7f00:1::]/'],
    ['http://[2001:0:4136:e378:8000:63bf:80ff:fffe]/'],
    ['http://[fe80::1]/'],
    ['http://[fd00::1]/'],
    ['http://[100:0:0:1::1]/'],
    ['http://169.254.169.254/'],
    ['http://168.63.129.16/'],
    ['http://10.1.2.3/'],
    ['http://172.16.0.1/'],
    ['http://192.168.0.1/'],
    ['http://100.64.0.1/'],
    ['http://198.18.0.1/'],
    ['http://192.0.2.1/'],
    ['http://224.0.0.1/'],
    ['http://255.255.255.255/'],
  ])('%s is refused', async (url) => {
    expect(await admitUrl(guard, url)).toMatchObject({ admitted: false, why: 'address-refused' });
  });

  it.each([['http://93.184.215.14/'], ['http://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]/']])(
    '%s is public',
    async (url) => {
      expect(await admitUrl(guard, url)).toMatchObject({ admitted: true, resolved: false });
    },
  );

  it('a spelling that only a resolver understands is judged by what it resolves to', async () => {
    const { resolve } = resolver({ '0177.0.0.1': ['127.0.0.1'] });
    expect(await createGuard({ named: [], resolve }).admit('0177.0.0.1', 80)).toMatchObject({ admitted: false });
  });

  it('every version 4 address means the same when it is wrapped in version 6', () => {
    fc.assert(
      fc.property(fc.ipV4(), (ip) => {
        expect(rangeOf(`::ffff:${ip}`)).toBe(rangeOf(ip));
      }),
    );
  });

  it('every way to write a version 4 address is judged alike', async () => {
    const spellings = (n: number): string[] => [
      `${n}`,
      `0x${n.toString(16)}`,
      `0${n.toString(8)}`,
      [24, 16, 8, 0].map((s) => `0x${((n >>> s) & 255).toString(16)}`).join('.'),
      [24, 16, 8, 0].map((s) => `0${((n >>> s) & 255).toString(8)}`).join('.'),
      `${n >>> 24}.${n & 0xffffff}`,
      `[::ffff:${(n >>> 16).toString(16)}:${(n & 0xffff).toString(16)}]`,
    ];
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: 0xffffffff }), async (n) => {
        const plain = [24, 16, 8, 0].map((s) => (n >>> s) & 255).join('.');
        const expected = await admitUrl(guard, `http://${plain}/`);
        for (const spelling of spellings(n)) expect(await admitUrl(guard, `http://${spelling}/`)).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });
});

describe('what the topology names', () => {
  it('a literal address may be any, in any spelling of it', async () => {
    const guard = createGuard({ named: ['http://0x7f.1:8080', '10.0.0.7', '[::1]:90'] });
    expect(await guard.admit('127.0.0.1', 8080)).toMatchObject({ admitted: true, ip: '127.0.0.1' });
    expect(await guard.admit('[::ffff:7f00:1]', 8080)).toMatchObject({ admitted: true });
    expect(await guard.admit('10.0.0.7', 1234)).toMatchObject({ admitted: true });
    expect(await guard.admit('::1', 90)).toMatchObject({ admitted: true });
  });

  it('another port of a named host and port is not named', async () => {
    const guard = createGuard({ named: ['http://127.0.0.1:8080', 'http://10.0.0.1', 'https://10.0.0.2'] });
    expect(await guard.admit('127.0.0.1', 8081)).toMatchObject({ admitted: false });
    expect(await guard.admit('10.0.0.1', 80)).toMatchObject({ admitted: true });
    expect(await guard.admit('10.0.0.1', 443)).toMatchObject({ admitted: false });
    expect(await guard.admit('10.0.0.2', 443)).toMatchObject({ admitted: true });
  });

  it('a named name may lead to a private address, but not to a link-local one', async () => {
    const { resolve } = resolver({ cache: ['10.0.0.1'], meta: ['169.254.169.254'], any: ['0.0.0.0'] });
    const guard = createGuard({ named: ['http://cache:80', 'http://meta:80', 'any'], resolve });
    expect(await guard.admit('CACHE', 80)).toMatchObject({ admitted: true, ip: '10.0.0.1', resolved: true });
    expect(await guard.admit('meta', 80)).toMatchObject({ admitted: false });
    expect(await guard.admit('any', 80)).toMatchObject({ admitted: false });
  });

  it('a name that merely ends like a named one is not named', async () => {
    const { resolve } = resolver({ 'evil.cache': ['10.0.0.1'], 'cache.': ['10.0.0.1'] });
    const guard = createGuard({ named: ['cache'], resolve });
    expect(await guard.admit('evil.cache', 80)).toMatchObject({ admitted: false });
    expect(await guard.admit('cache.', 80)).toMatchObject({ admitted: false });
  });

  it('a name without an address is a failure of its own', async () => {
    const { resolve } = resolver({});
    expect(await createGuard({ named: [], resolve }).admit('nowhere', 80)).toMatchObject({ why: 'resolve-failed' });
  });
});

describe('inside the connector', () => {
  it('a name that changes its address after the check never reaches the second one', async () => {
    const server = await rawServer(sends(answer('inside')));
    const { resolve } = resolver({ 'flip.example': ['127.0.0.1', '93.184.215.14', '127.0.0.1'] });
    for (let i = 0; i < 50; i++) {
      const guard = createGuard({ named: [], resolve: i === 0 ? resolve : async () => '127.0.0.1' });
      const exchanged = await exchange({
        url: 'http://flip.example/',
        address: `http://flip.example:${server.port}`,
        guard,
      });
      expect(failed(exchanged)).toMatchObject({ code: 'address-refused', source: 'probe', phase: 'resolve' });
    }
    expect(server.accepted).toBe(0);
    await server.close();
  });

  it('the resolver is asked once, and exactly its address is connected to', async () => {
    const server = await rawServer(sends(answer('inside')));
    const { resolve, asked } = resolver({ cache: ['127.0.0.1', '127.0.0.2'] });
    const address = `http://cache:${server.port}`;
    const exchanged = await exchange({
      url: 'http://shop.example/',
      address,
      guard: createGuard({ named: [address], resolve }),
    });
    expect(answered(exchanged).status).toBe(200);
    expect(exchanged.timings.dns).toBeGreaterThanOrEqual(0);
    expect(asked).toEqual(['cache']);
    await server.close();
  });

  it('a literal is checked although no resolver is asked', async () => {
    const server = await rawServer(sends(answer('inside')));
    for (const host of ['127.0.0.1', '0x7f000001', '[::ffff:127.0.0.1]', '2130706433', '127.1']) {
      const address = `http://${host}:${server.port}`;
      const exchanged = await exchange({ url: 'http://shop.example/', address, guard: createGuard({ named: [] }) });
      expect(failed(exchanged).code).toBe('address-refused');
    }
    expect(server.accepted).toBe(0);
    await server.close();
  });

  it('a resolver that never answers costs no more than the connect limit', async () => {
    const guard = createGuard({ named: [], resolve: () => new Promise(() => {}) });
    const limits = { connect: 0.2 };
    const exchanged = await exchange({ url: 'http://a.example/', address: 'http://a.example', guard, limits });
    expect(failed(exchanged)).toMatchObject({ code: 'deadline', phase: 'resolve' });
  });
});
