// What are nodes called in the file, and which address stands there?
import { originOf, urlParts } from '../url-parts.ts';
import type { Seen } from './seen.ts';

/** Where the URL's own name leads, if that is one place (`isOnly`); else the address itself. Host and SNI stay the page's. */
export function addressAt({ url, addresses }: Seen, ip: string, isOnly: boolean): string {
  const at = addresses.find((address) => address.ip === ip)?.at;
  if (at !== undefined) return at;
  const parts = urlParts(url);
  if (parts === undefined) return url;
  const literal = ip.includes(':') ? `[${ip}]` : ip;
  return originOf(isOnly ? parts : { ...parts, host: literal });
}

/** What a topology file accepts of a name; undefined where nothing is left. */
export function cleanId(name: string): string | undefined {
  const id = name
    .replaceAll(/[^\p{L}\p{N}._-]+/gu, '-')
    .replace(/^[^\p{L}\p{N}_]+/u, '')
    .slice(0, 90);
  return id === '' ? undefined : id;
}

/** An id that nothing else has yet: the node's name where it has one. */
export function idFor(name: string | undefined, layer: string, taken: Set<string>): string {
  const wanted = (name === undefined ? undefined : cleanId(name)) ?? `${layer}-1`;
  let id = wanted;
  for (let i = 2; taken.has(id); i++) id = name === undefined ? `${layer}-${i}` : `${wanted}-${i}`;
  taken.add(id);
  return id;
}

/** Stands where an address must and none is known: it never leads anywhere (RFC 6761 section 6.4). */
export const nowhere = (id: string): string => `http://${hostLabel(id)}.invalid`;

/** A label of a host name, made from an id (RFC 1123 section 2.1). */
const hostLabel = (id: string): string =>
  id
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 63) || 'node';
