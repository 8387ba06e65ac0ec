// Which addresses does a host have, in both families? Asked once; each of them is then asked by itself.
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';

/** Every address of a host name, as the system resolves it. Rejects where there is none. */
export type ResolveAll = (host: string) => Promise<readonly string[]>;

const systemResolver: ResolveAll = async (host) =>
  (await lookup(host, { all: true, verbatim: true })).map(({ address }) => address);

/**
 * The addresses of a URL's host, both families in turns, each once; the literal itself where the host is one.
 * Rejects with the resolver's error where the name has none.
 */
export async function addressesOf(url: URL, resolveAll: ResolveAll = systemResolver): Promise<string[]> {
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  if (isIP(host) !== 0) return [host];
  const found = [...new Set(await resolveAll(host))];
  return inTurns(
    found.filter((ip) => isIP(ip) === 4),
    found.filter((ip) => isIP(ip) === 6),
  );
}

function inTurns(some: readonly string[], others: readonly string[]): string[] {
  const most = Math.max(some.length, others.length);
  return Array.from({ length: most }, (_, i) => [some[i], others[i]])
    .flat()
    .filter((ip) => ip !== undefined);
}
