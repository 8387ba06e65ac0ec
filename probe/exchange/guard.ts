// May we connect there, and to exactly which address? Asked inside the connector, once for every connection.
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { errorText } from './error-text.ts';

export type Admission =
  | {
      readonly admitted: true;
      readonly ip: string;
      /** False for a literal, which needs no resolver. */ readonly resolved: boolean;
    }
  | { readonly admitted: false; readonly why: 'resolve-failed' | 'address-refused'; readonly message: string };

/** Resolves a host name to one IP address. */
export type Resolve = (host: string) => Promise<string>;

export interface Guard {
  /** Decides about one connection to `host` (as in a URL, IPv6 with or without brackets). Never throws. */
  admit(host: string, port: number): Promise<Admission>;
}

// Without a race between families one address must do: version 4 is the one that works nearly everywhere.
const resolveOnce: Resolve = async (host) => (await lookup(host, { verbatim: false })).address;

/**
 * @param named Hosts, `host:port` pairs or URLs that the topology or the command line names. A named literal may be any
 * address; a named name may lead to a private or loopback one; everything else must be public.
 */
export function createGuard({ named, resolve = resolveOnce }: { named: readonly string[]; resolve?: Resolve }): Guard {
  const names = new Set(named.map(canonicalName));
  const isNamed = (host: string, port: number): boolean => names.has(host) || names.has(`${host}:${port}`);

  return {
    async admit(host, port) {
      const asked = canonicalHost(host);
      if (isIP(asked) !== 0) {
        if (isNamed(asked, port)) return { admitted: true, ip: asked, resolved: false };
        return judge(asked, asked, false, false);
      }
      let ip: string;
      try {
        ip = canonicalHost(await resolve(asked));
      } catch (error) {
        return {
          admitted: false,
          why: 'resolve-failed',
          message: `${asked} has no address: ${errorText(error).message}`,
        };
      }
      return judge(asked, ip, true, isNamed(asked, port));
    },
  };
}

/** What a name in the topology may lead to besides public addresses; link-local (cloud metadata) it may not. */
const INSIDE = new Set(['private', 'loopback', 'uniqueLocal', 'carrierGradeNat']);

function judge(host: string, ip: string, resolved: boolean, named: boolean): Admission {
  const range = rangeOf(ip);
  if (range === 'unicast' || (named && INSIDE.has(range))) return { admitted: true, ip, resolved };
  const what = resolved ? `${host} leads to ${ip}, which is ${range}` : `${ip} is ${range}`;
  return {
    admitted: false,
    why: 'address-refused',
    message: `${what}: not a public address, and not named in the topology`,
  };
}

/** All that IANA has ever given out for use on the public network (RFC 4291 section 2.4, RFC 3587). */
const GLOBAL_UNICAST = ipaddr.parseCIDR('2000::/3');

/** The address's range as ipaddr.js names it, `unicast` for public ones; `reserved` for some that it takes for public. */
export function rangeOf(ip: string): string {
  if (!ipaddr.isValid(ip)) return 'not an address';
  const address = ipaddr.process(ip);
  const range = address.range();
  if (range !== 'unicast') return range;
  // ::127.0.0.1 and 100:0:0:1::/64 are among what this leaves out
  if (address.kind() === 'ipv6') return address.match(GLOBAL_UNICAST) ? range : 'reserved';
  // where one cloud answers its own virtual machines, out of a public range
  return address.toString() === '168.63.129.16' ? 'reserved' : range;
}

/** Whether two spellings are one IP address. */
export const sameAddress = (a: string, b: string): boolean => canonicalHost(a) === canonicalHost(b);

/** Lower case, no brackets, IP addresses in their shortest form with v4-in-v6 unwrapped. */
function canonicalHost(host: string): string {
  const bare = host.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  return isIP(bare) === 0 ? bare : ipaddr.process(bare).toString();
}

function canonicalName(name: string): string {
  if (isIP(name) !== 0) return canonicalHost(name);
  const spelled = name.includes('://') ? name : `http://${name}`;
  if (!URL.canParse(spelled)) return name.toLowerCase();
  const url = new URL(spelled);
  const port = url.port === '' ? explicitDefaultPort(name, url) : url.port;
  return `${canonicalHost(url.hostname)}${port === '' ? '' : `:${port}`}`;
}

// URL drops a port that is the scheme's default; one that was written, or that a scheme implies, still binds.
function explicitDefaultPort(name: string, url: URL): string {
  if (name.includes('://')) return url.protocol === 'https:' ? '443' : '80';
  return name.endsWith(':80') ? '80' : '';
}
