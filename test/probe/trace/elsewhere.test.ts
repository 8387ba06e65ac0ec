// Does the service ask about other sites only where it was told to, and only at public addresses?
import { createServer } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { askElsewhere, elsewhereGuard, isAskable } from '../../../probe/trace/elsewhere.ts';

const running: (() => void)[] = [];
afterEach(() => {
  for (const stop of running.splice(0)) stop();
});

describe('a host', () => {
  it.each([
    ['shop.example', true],
    ['SHOP.example', true],
    ['www.shop.example', false],
    ['evil-shop.example', false],
    ['cdn.pages.example', true],
    ['a.b.pages.example', true],
    ['pages.example', false],
    ['evilpages.example', false],
  ])('%s is in the list: %s', (host, expected) => {
    expect(isAskable(['shop.example', '*.pages.example'], host)).toBe(expected);
  });
});

describe('what leads elsewhere', () => {
  const resolvedTo = (ip: string) => elsewhereGuard(['shop.example'], () => Promise.resolve(ip));

  it('is reached at a public address', async () => {
    expect(await resolvedTo('192.0.2.1').admit('shop.example', 443)).toMatchObject({ admitted: false });
    expect(await resolvedTo('8.8.8.8').admit('shop.example', 443)).toMatchObject({ admitted: true, ip: '8.8.8.8' });
  });

  it.each(['127.0.0.1', '10.0.0.1', '169.254.169.254', '::1', 'fd00::1'])('is not reached at %s', async (ip) => {
    expect(await resolvedTo(ip).admit('shop.example', 443)).toMatchObject({ admitted: false, why: 'address-refused' });
  });

  it('is not reached under another name, as a redirect might want', async () => {
    const guard = elsewhereGuard(['shop.example'], () => Promise.resolve('8.8.8.8'));
    expect(await guard.admit('other.example', 443)).toMatchObject({ admitted: false });
  });

  it('is told in a sentence when it may not be asked, and nobody is asked', async () => {
    let asked = 0;
    const server = createServer((_, response) => {
      asked += 1;
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    running.push(() => server.close());
    const { port } = server.address() as { port: number };
    await expect(askElsewhere(['localhost'], `http://localhost:${port}/`)).rejects.toThrow(/not a public address/);
    expect(asked).toBe(0);
  });
});
