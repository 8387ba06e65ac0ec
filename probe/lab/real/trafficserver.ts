// How is a plain Apache Traffic Server started in front of other nodes? Its defaults, and its codes in Via.
import { existsSync } from 'node:fs';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Policy } from '../../../shared/topology.ts';
import { startDaemon } from '../processes.ts';
import type { Peer, PeerOptions } from './peer.ts';
import { endpoint, programAt, PURGE_BY_METHOD } from './peer.ts';

const ERROR_PAGES = '/etc/trafficserver/body_factory';
const FOLDERS = ['etc', 'cache', 'log', 'run', 'plugins'];

export const trafficserver: Peer = {
  id: 'trafficserver',
  missing: () =>
    programAt('traffic_server') ? undefined : 'traffic_server is not installed: apt-get install trafficserver',
  purge: () => PURGE_BY_METHOD,
  start: ({ workDir, ...options }) =>
    startDaemon({
      name: options.id,
      ...(workDir === undefined ? {} : { workDir }),
      prepare: async (folder, port) => {
        for (const name of FOLDERS) await mkdir(join(folder, name));
        for (const [name, text] of Object.entries(configuration(options, folder, port)))
          await writeFile(join(folder, 'etc', name), `${text}\n`);
        if (existsSync(ERROR_PAGES)) await symlink(ERROR_PAGES, join(folder, 'etc/body_factory'));
        const root = join(folder, 'runroot.yaml');
        await writeFile(root, runRoot(folder));
        return {
          command: programAt('env') ?? '/usr/bin/env',
          args: [`TS_RUNROOT=${root}`, programAt('traffic_server') ?? 'traffic_server'],
          endWith: 'KILL',
        };
      },
    }),
};

/** Every folder it knows, below its own: what it is told of none it looks for where it was installed. */
const runRoot = (folder: string): string => `prefix: ${folder}
exec_prefix: ${folder}
bindir: ${folder}
sbindir: ${folder}
libdir: ${folder}
includedir: ${folder}
mandir: ${folder}
infodir: ${folder}
datadir: ${folder}
sysconfdir: ${folder}/etc
libexecdir: ${folder}/plugins
localstatedir: ${folder}/run
runtimedir: ${folder}/run
logdir: ${folder}/log
cachedir: ${folder}/cache
`;

// Without a remap rule the request's own Host stays in its key and goes to the parents, which are origins to it.
// prettier-ignore
function configuration({ id, parents, policy, purgeable = true, extra = '' }: PeerOptions, folder: string, port: number): Record<string, string> {
  const servers = parents.map((parent) => {
    const { host, port: parentPort } = endpoint(parent);
    return `${host}:${parentPort}`;
  });
  return {
    'records.config': `${extra}
CONFIG proxy.config.proxy_name STRING ${id}
CONFIG proxy.config.admin.user_id STRING #-1
CONFIG proxy.config.http.server_ports STRING ${port}:ip-in=127.0.0.1
CONFIG proxy.config.http.wait_for_cache INT 1
CONFIG proxy.config.http.insert_response_via_str INT 3
CONFIG proxy.config.url_remap.remap_required INT 0
CONFIG proxy.config.http.no_dns_just_forward_to_parent INT 1
CONFIG proxy.config.http.parent_proxy.self_detect INT 0
CONFIG proxy.config.http.parent_proxy.fail_threshold INT 1000000
CONFIG proxy.config.http.parent_proxy.mark_down_hostdb INT 0
CONFIG proxy.config.exec_thread.autoconfig INT 0
CONFIG proxy.config.exec_thread.limit INT 1
CONFIG proxy.config.task_threads INT 1
CONFIG proxy.config.cache.threads_per_disk INT 1
CONFIG proxy.config.cache.ram_cache.size INT 16M
CONFIG proxy.config.log.logging_enabled INT 0
${lengths(policy).join('\n')}`,
    'parent.config': `dest_domain=. parent="${servers.join(';')}" round_robin=strict go_direct=false parent_is_proxy=false`,
    'storage.config': `${folder}/cache 64M`,
    'ip_allow.yaml': `ip_allow:
  - { apply: in, ip_addrs: 127.0.0.1, action: allow, methods: ${purgeable ? 'ALL' : '[GET, HEAD]'} }`,
    'remap.config': '',
    'plugin.config': '',
    'cache.config': '',
    'hosting.config': '',
    'volume.config': '',
    'splitdns.config': '',
    'socks.config': '',
    'ssl_multicert.config': '',
    'sni.yaml': '',
    'logging.yaml': '',
    'strategies.yaml': '',
  };
}

/** Without an explicit lifetime it stores nothing unless told to; then the least and the most of its guesses are one. */
function lengths({ cap, defaultTtl, staleOnError }: Policy): string[] {
  const set = (name: string, seconds: number | undefined): string[] =>
    seconds === undefined ? [] : [`CONFIG proxy.config.http.cache.${name} INT ${seconds}`];
  return [
    ...set('guaranteed_max_lifetime', cap),
    ...set('required_headers', defaultTtl === undefined ? undefined : 0),
    ...set('heuristic_min_lifetime', defaultTtl),
    ...set('heuristic_max_lifetime', defaultTtl),
    ...set('max_stale_age', staleOnError),
  ];
}
