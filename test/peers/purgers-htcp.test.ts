// Needs squid: what a CLR does to what it keeps, in every form of it.
import { createSocket } from 'node:dgram';
import { describe, expect, it } from 'vitest';
import { needs } from './needs.ts';
import { type By, HOST, inLanguage, page, purgeBench } from './purge-bench.ts';

/** A UDP port that nobody had a moment ago. */
const freeUdpPort = (): Promise<number> =>
  new Promise((resolve) => {
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1', () => {
      const { port } = socket.address();
      socket.close(() => resolve(port));
    });
  });

describe.runIf(needs('squid'))('Squid by HTCP', () => {
  let port: number;
  const bench = purgeBench('squid', async () => {
    port = await freeUdpPort();
    return { extra: `htcp_port ${port}\nhtcp_access deny all\nhtcp_clr_access allow localhost` };
  });

  it.each([
    ['in the bit order of RFC 2756', 1],
    ['in that of old Squids', 0],
  ] as const)('removes a page, %s, and says so', async (_, minor) => {
    const by: By = { by: 'htcp', port, minor };
    const path = page();
    await bench.held(path);
    expect(await bench.purge(by, path)).toMatchObject({
      outcome: 'accepted',
      method: 'CLR',
      url: `http://${HOST}${path}`,
    });
    expect(await bench.get(path)).toBe('new');
    expect((await bench.purge(by, page())).outcome).toBe('was-not-there');
  });

  it('removes a page by the form that MediaWiki sends, of which nobody learns', async () => {
    const path = page();
    await bench.held(path);
    const receipt = await bench.purge({ by: 'htcp', port, minor: 0, reply: false }, path);
    expect(receipt).toMatchObject({ outcome: 'unknown', summary: expect.stringMatching(/asks for no reply/) });
    expect(receipt).not.toHaveProperty('answeredAt');
    await expect.poll(() => bench.get(path)).toBe('new');
  });

  it('removes the variant that is named, and no other', async () => {
    const path = page('vary');
    await bench.held(path, 'en', 'de');
    const receipt = await bench.purge({ by: 'htcp', port }, path, inLanguage('en'));
    expect(receipt).toMatchObject({ outcome: 'accepted', effect: { variants: 'one' } });
    expect([await bench.get(path, 'en'), await bench.get(path, 'de')]).toEqual(['new en', 'old de']);
  });

  it('is not known to have done anything where nobody answers', async () => {
    const lost = createSocket('udp4');
    await new Promise<void>((resolve) => lost.bind(0, '127.0.0.1', resolve));
    try {
      const path = page();
      await bench.held(path);
      const receipt = await bench.purge({ by: 'htcp', port: lost.address().port }, path, {}, 0.3);
      expect(receipt).toMatchObject({
        outcome: 'unknown',
        summary: expect.stringMatching(/sent no reply within 0.3 s/),
      });
      expect(await bench.get(path)).toBe('old');
    } finally {
      lost.close();
    }
  });

  it('fails where nobody listens', async () => {
    const receipt = await bench.purge({ by: 'htcp', port: await freeUdpPort() }, page());
    expect(receipt).toMatchObject({ outcome: 'failed', summary: expect.stringMatching(/was not sent/) });
  });
});

describe.runIf(needs('squid'))('Squid whose htcp_clr_access allows nobody', () => {
  let port: number;
  const bench = purgeBench('squid', async () => {
    port = await freeUdpPort();
    return { extra: `htcp_port ${port}` };
  });

  it('does not even say that it refuses', async () => {
    const path = page();
    await bench.held(path);
    expect((await bench.purge({ by: 'htcp', port }, path, {}, 0.5)).outcome).toBe('unknown');
    expect(await bench.get(path)).toBe('old');
  });
});
