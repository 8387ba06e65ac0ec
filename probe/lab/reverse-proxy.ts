// How is one embedded cache put in front of any origin? `strata lab --origin URL --port N --dialect ID`
import type { Policy } from '../../shared/topology.ts';
import { startEmbeddedCache } from './embedded-cache.ts';
import type { EmbeddedCache } from './embedded-cache.ts';

export interface ReverseProxyOptions {
  /** Base address of the origin; the client's Host is passed on to it. */
  readonly origin: string;
  readonly port: number;
  /** Default `rfc9211`. */
  readonly dialect?: string;
  readonly policy?: Policy;
}

/** @throws LabError where the dialect, the origin's address or the port cannot be used */
export function startReverseProxy({
  origin,
  dialect = 'rfc9211',
  ...rest
}: ReverseProxyOptions): Promise<EmbeddedCache> {
  return startEmbeddedCache({ id: 'strata', dialect, parents: [origin], ...rest });
}
