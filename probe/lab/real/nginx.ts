// How is a plain nginx cache started in front of other nodes? One zone, revalidation, one fetch a key, PURGE where a module can.
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Policy } from '../../../shared/topology.ts';
import { startDaemon } from '../processes.ts';
import type { Peer, PeerOptions } from './peer.ts';
import { endpoint, programAt, PURGE_BY_METHOD } from './peer.ts';

const PURGE_MODULE = [
  '/usr/lib/nginx/modules/ngx_http_cache_purge_module.so',
  '/usr/lib64/nginx/modules/ngx_http_cache_purge_module.so',
].find((path) => existsSync(path));

export const nginx: Peer = {
  id: 'nginx',
  defaultGrace: 0,
  missing: () =>
    programAt('nginx') ? undefined : 'nginx is not installed: apt-get install nginx libnginx-mod-http-cache-purge',
  purge: () => (PURGE_MODULE === undefined ? undefined : PURGE_BY_METHOD),
  start: ({ workDir, ...options }) =>
    startDaemon({
      name: options.id,
      ...(workDir === undefined ? {} : { workDir }),
      prepare: async (folder, port) => {
        await mkdir(join(folder, 'temp'));
        const file = join(folder, 'nginx.conf');
        await writeFile(file, configuration(options, folder, port));
        return { command: programAt('nginx') ?? 'nginx', args: ['-e', 'stderr', '-p', folder, '-c', file] };
      },
    }),
};

const KEY = '$scheme$host$request_uri';

function configuration(options: PeerOptions, folder: string, port: number): string {
  const { parents, policy, extra = '', purgeable = true } = options;
  const purges = purgeable && PURGE_MODULE !== undefined;
  const servers = parents.map((parent) => {
    const { host, port } = endpoint(parent);
    return `server ${host}:${port} max_fails=0;`;
  });
  return `${PURGE_MODULE === undefined ? '' : `load_module ${PURGE_MODULE};\n`}${process.getuid?.() === 0 ? 'user root;\n' : ''}
daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
error_log stderr;
events { worker_connections 512; }
http {
  access_log off;
  client_body_temp_path ${folder}/temp/body;
  proxy_temp_path ${folder}/temp/proxy;
  fastcgi_temp_path ${folder}/temp/fastcgi;
  uwsgi_temp_path ${folder}/temp/uwsgi;
  scgi_temp_path ${folder}/temp/scgi;
  proxy_cache_path ${folder}/cache levels=1:2 keys_zone=lab:8m max_size=64m inactive=1d use_temp_path=off;
  upstream parents {
    ${servers.join('\n    ')}
    keepalive 16;
  }
  server {
    listen 127.0.0.1:${port};
    server_name _;
${extra}
    location / {
${purges ? PURGE : ''}      proxy_pass http://parents;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $host;
      proxy_cache lab;
      proxy_cache_key ${KEY};
      proxy_cache_revalidate on;
      proxy_cache_lock on;
${settings(policy)}      add_header X-Cache-Status $upstream_cache_status always;
    }
${purges ? PURGE_LOCATION : ''}  }
}
`;
}

function settings({ grace = 0, staleOnError = 0, defaultTtl, ignores = [] }: Policy): string {
  const stale = [
    ...(grace > 0 ? ['updating', 'error', 'timeout'] : []),
    ...(staleOnError > 0 ? ['error', 'timeout', 'http_500', 'http_502', 'http_503', 'http_504'] : []),
  ];
  const lines = [
    ...(stale.length > 0 ? [`proxy_cache_use_stale ${[...new Set(stale)].join(' ')};`] : []),
    ...(grace > 0 ? ['proxy_cache_background_update on;'] : []),
    // without statuses: 200, 301 and 302
    ...(defaultTtl === undefined ? [] : [`proxy_cache_valid ${defaultTtl}s;`]),
    ...(ignores.length > 0 ? [`proxy_ignore_headers ${ignores.join(' ')};`] : []),
  ];
  return lines.map((line) => `      ${line}\n`).join('');
}

// Both documented forms crash the worker of Debian's build of the module; a named location reached by an error page does not.
const PURGE = `      error_page 418 = @purge;
      if ($request_method = PURGE) { return 418; }
`;

const PURGE_LOCATION = `    location @purge {
      allow 127.0.0.1;
      allow ::1;
      deny all;
      proxy_cache_purge lab ${KEY};
    }
`;
