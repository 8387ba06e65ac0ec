// How does Souin speak and behave, also as the cache of Caddy? By one member of Cache-Status, in a form that is not quite that of RFC 9211.
// Source: docs.souin.io; darkweak/souin pkg/rfc/cache_status.go, pkg/middleware; nothing was measured.
import { serializeCacheStatus } from '../http/cache-status.ts';
import type { CacheStatus, Fwd } from '../http/cache-status.ts';
import type { FieldLine, FieldLines } from '../http/fields.ts';
import type { Decoded, Dialect, Spoken } from './dialect.ts';
import { ageOf, lastIndex } from './read.ts';
import { rfcBehaviour } from './rfc-behaviour.ts';

const DEFAULT_NAME = 'Souin';

/** Method, scheme, host and path, joined by hyphens and without quotes: no other cache writes its keys so. */
const ownKey = /;\s*key=(?:[A-Z]{3,10}-https?-|\*{5})/;

/** Whether this value of Cache-Status is Souin's, whatever name its operator gave it: it replaces what came from its parent. */
export const isSouins = (value: string): boolean =>
  value.startsWith(DEFAULT_NAME) || (value.length < 8192 && ownKey.test(value));

const signature = (fields: FieldLines): number | undefined => lastIndex(fields, 'cache-status', isSouins);

const FWD: ReadonlySet<string> = new Set<Fwd>([
  'bypass',
  'method',
  'uri-miss',
  'vary-miss',
  'miss',
  'request',
  'stale',
  'partial',
]);

const isFwd = (text: string): text is Fwd => FWD.has(text);

/** A key may hold commas and quotes, so the member is read parameter by parameter and not as a list. */
function memberIn(value: string): CacheStatus {
  const [name = '', ...parameters] = value.split(';', 40).map((part) => part.trim());
  const said = new Map<string, string>();
  for (const parameter of parameters) {
    const equals = parameter.indexOf('=');
    if (equals === -1) said.set(parameter, '');
    else said.set(parameter.slice(0, equals), parameter.slice(equals + 1));
  }
  const fwd = said.get('fwd') ?? '';
  const [ttl, fwdStatus] = [said.get('ttl') ?? '', said.get('fwd-status') ?? ''];
  const [key, detail] = [said.get('key'), said.get('detail')];
  return {
    cache: name.replaceAll('"', ''),
    ...(said.has('hit') && { hit: true }),
    ...(isFwd(fwd) && { fwd }),
    ...(/^\d{3}$/.test(fwdStatus) && { fwdStatus: Number(fwdStatus) }),
    ...(/^-?\d{1,12}$/.test(ttl) && { ttl: Number(ttl) }),
    ...(said.has('stored') && { stored: said.get('stored') !== '?0' }),
    ...(key !== undefined && { key }),
    ...(detail !== undefined && { detail }),
  };
}

/** A hit that is told beside fwd=stale is a copy past its freshness; its detail names the storage, or why nothing was stored. */
function decode(fields: FieldLines): Decoded | undefined {
  const line = signature(fields);
  if (line === undefined) return undefined;
  const { fwd, fwdStatus, ...member } = memberIn(fields[line]![1]);
  const age = ageOf(fields);
  const common = { by: 'Cache-Status', line, ...(age !== undefined && { age }) };
  if (member.hit === true)
    return { ...common, cacheStatus: member, stale: fwd === 'stale' || (member.ttl !== undefined && member.ttl < 0) };
  if (fwd === undefined) return { ...common, cacheStatus: member, notSeparable: NEITHER };
  const cacheStatus = { ...member, fwd, ...(fwdStatus !== undefined && { fwdStatus }) };
  return { ...common, cacheStatus, ...(fwd === 'stale' && fwdStatus === 304 && { revalidated: true }) };
}

const NEITHER = 'The member has neither hit nor fwd: it tells only that this cache handled the request.';

const speak = (event: Spoken): FieldLine[] => [
  ['Cache-Status', serializeCacheStatus({ ...event.cacheStatus, cache: DEFAULT_NAME })],
];

export const souin: Dialect = {
  id: 'souin',
  title: 'Souin (Caddy)',
  reference: 'https://docs.souin.io',
  reads: ['cache-status', 'age'],
  signature,
  decode,
  speak,
  behaviour: {
    ...rfcBehaviour,
    targetedFields: ['souin-cache-control', 'surrogate-control', 'cdn-cache-control'],
    defaultTtl: 120,
    obeysStaleWhileRevalidate: false,
  },
  grounds: {
    usual: 'assumed',
    by: 'https://docs.souin.io',
    except: { documented: ['targetedFields', 'defaultTtl'] },
  },
};
