// How is a plain Varnish started in front of other nodes? The built-in VCL, plus PURGE for loopback.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Node, Policy } from '../../../shared/topology.ts';
import { startDaemon } from '../processes.ts';
import type { Peer } from './peer.ts';
import { endpoint, programAt, PURGE_BY_METHOD } from './peer.ts';

export const varnish: Peer = {
  id: 'varnish',
  defaultGrace: 10,
  missing: () => (programAt('varnishd') ? undefined : 'varnishd is not installed: apt-get install varnish'),
  purge: () => PURGE_BY_METHOD,
  start: ({ id, parents, policy, purgeable = true, extra = '', ...where }) =>
    startDaemon({
      name: id,
      ...where,
      prepare: async (folder, port) => {
        const vcl = join(folder, 'lab.vcl');
        await writeFile(vcl, configuration(parents, policy, purgeable ? `${PURGERS}${extra}\n${PURGE}` : extra));
        const parameters = ['thread_pools=1', 'thread_pool_min=20'];
        if (policy.defaultTtl !== undefined) parameters.push(`default_ttl=${policy.defaultTtl}`);
        return {
          command: programAt('varnishd') ?? 'varnishd',
          // prettier-ignore
          args: [
            '-F', '-j', 'none', '-i', id, '-n', join(folder, 'work'), '-T', 'none', '-f', vcl,
            '-a', `127.0.0.1:${port}`, '-s', 'malloc,64M', ...parameters.flatMap((p) => ['-p', p]),
          ],
        };
      },
    }),
};

function configuration(parents: readonly Node[], policy: Policy, before: string): string {
  const backends = parents.map((parent, i) => {
    const { host, port } = endpoint(parent);
    return `backend parent${i} { .host = "${host}"; .port = "${port}"; }`;
  });
  return `vcl 4.1;
import directors;

${backends.join('\n')}

${before}
sub vcl_init {
  new parents = directors.round_robin();
${parents.map((_, i) => `  parents.add_backend(parent${i});`).join('\n')}
}

sub vcl_recv {
  set req.backend_hint = parents.backend();
}

sub vcl_backend_response {
${lengths(policy).join('\n')}
}
`;
}

const PURGERS = 'acl purgers { "127.0.0.1"; "::1"; }\n';

const PURGE = `sub vcl_recv {
  if (req.method == "PURGE") {
    if (client.ip !~ purgers) { return (synth(405)); }
    return (purge);
  }
}
`;

const lengths = ({ cap, grace = 10, keep }: Policy): string[] => [
  `  set beresp.grace = ${grace}s;`,
  ...(keep === undefined ? [] : [`  set beresp.keep = ${keep}s;`]),
  ...(cap === undefined ? [] : [`  if (beresp.ttl > ${cap}s) { set beresp.ttl = ${cap}s; }`]),
];
