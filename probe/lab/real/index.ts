// Which real caches can the lab start?
import { haproxy } from './haproxy.ts';
import { httpd } from './httpd.ts';
import { nginx } from './nginx.ts';
import type { Peer } from './peer.ts';
import { squid } from './squid.ts';
import { trafficserver } from './trafficserver.ts';
import { varnish } from './varnish.ts';

export const peers: readonly Peer[] = [varnish, nginx, squid, trafficserver, httpd, haproxy];
