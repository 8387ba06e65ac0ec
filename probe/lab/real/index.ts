// Which real caches can the lab start?
import { nginx } from './nginx.ts';
import type { Peer } from './peer.ts';
import { varnish } from './varnish.ts';

export const peers: readonly Peer[] = [varnish, nginx];
