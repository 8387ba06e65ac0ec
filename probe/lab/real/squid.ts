// How is a plain Squid started in front of other nodes? An accelerator that keeps its copies in memory, plus PURGE for loopback.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Node, Policy } from '../../../shared/topology.ts';
import { startDaemon } from '../processes.ts';
import type { Peer } from './peer.ts';
import { endpoint, programAt, PURGE_BY_METHOD } from './peer.ts';

export const squid: Peer = {
  id: 'squid',
  missing: () => (programAt('squid') ? undefined : 'squid is not installed: apt-get install squid'),
  purge: () => PURGE_BY_METHOD,
  start: ({ id, parents, policy, purgeable = true, extra = '', ...where }) =>
    startDaemon({
      name: id,
      ...where,
      prepare: async (folder, port) => {
        const file = join(folder, 'squid.conf');
        await writeFile(file, `${extra}\n${purgeable ? PURGE : ''}${configuration(id, folder, port, parents, policy)}`);
        return { command: programAt('squid') ?? 'squid', args: ['-N', '-d', '1', '-f', file], endWith: 'KILL' };
      },
    }),
};

// Started by root it gives root away before it opens any file, so that it is told to open none: no disk store, no logs.
// The UDP addresses are those of its DNS client, which has nothing to ask.
function configuration(id: string, folder: string, port: number, parents: readonly Node[], policy: Policy): string {
  const peers = parents.map((parent, i) => {
    const { host, port: parentPort } = endpoint(parent);
    return `cache_peer ${host} parent ${parentPort} 0 no-query no-digest originserver round-robin name=parent${i}`;
  });
  return `http_port 127.0.0.1:${port} accel vhost
${peers.join('\n')}
never_direct allow all
visible_hostname ${id}
unique_hostname ${id}
cache_effective_user nobody
http_access allow all
cache_mem 64 MB
${lengths(policy).join('\n')}
memory_cache_shared off
max_filedescriptors 1024
access_log none
cache_log /dev/null
cache_store_log none
pid_filename none
coredump_dir ${folder}
netdb_filename none
pinger_enable off
icp_port 0
hosts_file none
dns_nameservers 127.0.0.1
udp_incoming_address 127.0.0.1
udp_outgoing_address 127.0.0.1
shutdown_lifetime 0 seconds
`;
}

const PURGE = `acl purge method PURGE
http_access deny purge !localhost
`;

/** A refresh pattern counts whole minutes. */
const lengths = ({ defaultTtl = 0, staleOnError }: Policy): string[] => [
  `refresh_pattern . ${Math.ceil(defaultTtl / 60)} 20% 4320`,
  ...(staleOnError === undefined ? [] : [`max_stale ${staleOnError} seconds`]),
];
