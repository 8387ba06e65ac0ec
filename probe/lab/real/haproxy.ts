// How is a plain HAProxy cache started in front of other nodes? One cache section, and a field that tells a hit from a miss.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Node, Policy } from '../../../shared/topology.ts';
import { startDaemon } from '../processes.ts';
import type { Peer } from './peer.ts';
import { endpoint, programAt } from './peer.ts';

export const haproxy: Peer = {
  id: 'haproxy',
  missing: () => (programAt('haproxy') ? undefined : 'haproxy is not installed: apt-get install haproxy'),
  purge: () => undefined,
  start: ({ id, parents, policy, workDir }) =>
    startDaemon({
      name: id,
      ...(workDir === undefined ? {} : { workDir }),
      prepare: async (folder, port) => {
        const file = join(folder, 'haproxy.cfg');
        await writeFile(file, configuration(port, parents, policy));
        return { command: programAt('haproxy') ?? 'haproxy', args: ['-db', '-f', file] };
      },
    }),
};

/** One setting is both the longest lifetime and that of what says nothing: where neither is asked for, the parent's word stands. */
const maxAge = ({ cap, defaultTtl }: Policy): number => cap ?? defaultTtl ?? 31_536_000;

// An answer from the store has met no server.
function configuration(port: number, parents: readonly Node[], policy: Policy): string {
  const servers = parents.map((parent, i) => {
    const { host, port: parentPort } = endpoint(parent);
    return `  server parent${i} ${host}:${parentPort}`;
  });
  return `global
  nbthread 1
  maxconn 500
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
cache lab
  total-max-size 64
  max-object-size 1000000
  max-age ${maxAge(policy)}
  process-vary on
listen lab
  bind 127.0.0.1:${port}
  balance roundrobin
  http-request cache-use lab
  http-response cache-store lab
  http-response set-header x-cache-status HIT if !{ srv_id -m found }
  http-response set-header x-cache-status MISS if { srv_id -m found }
${servers.join('\n')}
`;
}
