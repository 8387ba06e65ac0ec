// How is a plain Apache httpd started as a cache in front of other nodes? mod_cache on disk, with both of its status fields.
import { existsSync } from 'node:fs';
import { chown, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Node } from '../../../shared/topology.ts';
import { startDaemon } from '../processes.ts';
import type { Peer } from './peer.ts';
import { endpoint, programAt } from './peer.ts';

const MODULES_FOLDER = ['/usr/lib/apache2/modules', '/usr/lib64/httpd/modules'].find((path) => existsSync(path));
const program = (): string | undefined => programAt('apache2') ?? programAt('httpd');

/** The usual number of nobody: it is built never to run as root, which it asks to be started as. */
const NOBODY = 65534;

export const httpd: Peer = {
  id: 'httpd',
  missing: () => (program() && MODULES_FOLDER ? undefined : 'Apache httpd is not installed: apt-get install apache2'),
  purge: () => undefined,
  start: ({ id, parents, workDir }) =>
    startDaemon({
      name: id,
      ...(workDir === undefined ? {} : { workDir }),
      prepare: async (folder, port) => {
        await mkdir(join(folder, 'cache'));
        if (process.getuid?.() === 0) {
          await chown(folder, NOBODY, NOBODY);
          await chown(join(folder, 'cache'), NOBODY, NOBODY);
        }
        const file = join(folder, 'httpd.conf');
        await writeFile(file, configuration(id, folder, port, parents));
        return { command: program() ?? 'apache2', args: ['-f', file, '-D', 'FOREGROUND'] };
      },
    }),
};

// Compiled in where Debian built it, loadable elsewhere
const MODULES = ['mpm_event', 'unixd', 'authz_core', 'proxy', 'proxy_http', 'slotmem_shm']
  .concat(['proxy_balancer', 'lbmethod_byrequests', 'cache', 'cache_disk'])
  .filter((name) => existsSync(join(MODULES_FOLDER ?? '', `mod_${name}.so`)));

function configuration(id: string, folder: string, port: number, parents: readonly Node[]): string {
  const members = parents.map((parent) => {
    const { host, port: parentPort } = endpoint(parent);
    return `  BalancerMember http://${host}:${parentPort} retry=0`;
  });
  return `${MODULES.map((name) => `LoadModule ${name}_module ${MODULES_FOLDER}/mod_${name}.so`).join('\n')}
ServerRoot ${folder}
DefaultRuntimeDir ${folder}
ServerName ${id}
Listen 127.0.0.1:${port}
User #${NOBODY}
Group #${NOBODY}
PidFile ${folder}/httpd.pid
ErrorLog ${folder}/error.log
Mutex file:${folder} default
ServerLimit 1
StartServers 1
ThreadsPerChild 32
MaxRequestWorkers 32
MaxKeepAliveRequests 0
<Proxy balancer://parents>
${members.join('\n')}
</Proxy>
ProxyPreserveHost On
ProxyPass / balancer://parents/
CacheRoot ${folder}/cache
CacheEnable disk /
CacheHeader On
CacheDetailHeader On
`;
}
