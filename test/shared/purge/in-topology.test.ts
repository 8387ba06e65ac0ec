import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { topologyYaml } from '../../../probe/cli/topology-yaml.ts';
import { formatProblem } from '../../../shared/config-problem.ts';
import { purgeKind, purgeKinds } from '../../../shared/purge/index.ts';
import { parseTopology } from '../../../shared/topology-file.ts';

/** The least that each kind needs; kinds that are not here need nothing. */
const LEAST: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'varnish-xkey': { tags: ['a'] },
  akamai: { endpoint: 'https://akab-a.luna.akamaiapis.net' },
  azure: { subscription: 's', resourceGroup: 'r', profile: 'p', frontDoor: 'f' },
  cloudflare: { zone: 'z' },
  cloudfront: { distribution: 'E1' },
  google: { project: 'p', urlMap: 'u' },
  keycdn: { zone: 'z' },
  netlify: { site: 's', tags: ['a'] },
  vercel: { project: 'p', tags: ['a'] },
  mediawiki: { api: 'https://wiki.example/w/api.php' },
  command: { run: ['./purge.sh'] },
  webhook: { url: 'https://hooks.example/purge' },
};

/** What a scope needs beside its name. */
const WITH_SCOPE: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  tag: { tags: ['a'] },
  prefix: { prefix: '/blog/' },
};

/** Keys that some scope of a kind needs, and values of every other key that differ from the usual ones. */
const MORE: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  akamai: { cpcodes: [1], network: 'staging' },
  azure: { client: { id: '${ID}', tenant: '${TENANT}', secret: '${SECRET}' } },
  bunny: { pullZone: '1' },
  fastly: { service: 's' },
  google: { serviceAccount: '${KEY}' },
  htcp: { minor: 0, reply: false, port: 4828, keyedAs: 'http://shop.example' },
  'http-purge': { headers: { Host: '{host}', 'x-token': '${TOKEN}' }, body: '{url}', path: '/purge{path}' },
  'nginx-purge': { location: '/purge' },
};

const ids = purgeKinds.map((kind) => kind.id);
const leastOf = (by: string): Record<string, unknown> => ({ by, ...LEAST[by] });

const written = (purge: Readonly<Record<string, unknown>>): string => `layers:
  - id: edge
    nodes: [{ id: edge-1, address: "http://127.0.0.1:6081" }]
    purge: ${JSON.stringify(purge)}
  - { id: origin, role: origin, nodes: [{ id: app, address: "http://127.0.0.1:9000" }] }
targets: [{ id: home, url: "http://shop.example/" }]
`;

const read = (text: string) => parseTopology(text, 'strata.yaml');

function problems(purge: Readonly<Record<string, unknown>>): string[] {
  const parsed = read(written(purge));
  return 'problems' in parsed ? parsed.problems.map(formatProblem) : [];
}

describe.each(ids)('purge: { by: %s }', (by) => {
  const kind = purgeKind(by);
  const least = leastOf(by);

  it('is read with the least that it needs', () => expect(problems(least)).toEqual([]));

  it('is written down so that it reads back the same, with every scope, soft or hard', () => {
    for (const scope of kind.scopes) {
      for (const soft of kind.modes === 'either' ? [false, true] : [kind.modes === 'soft']) {
        const purge = { ...least, ...MORE[by], ...WITH_SCOPE[scope], scope, soft, wait: '90s', rebound: '2m' };
        const before = read(written(purge));
        // a kind may be able to do one softly and not the other
        if ('problems' in before && soft && before.problems.every((p) => p.key.endsWith('.soft'))) continue;
        if ('problems' in before) throw new Error(before.problems.map(formatProblem).join('\n'));
        expect(read(topologyYaml(before.topology))).toEqual(before);
      }
    }
  });

  it('says which key is missing, and what belongs there', () => {
    for (const key of Object.keys(LEAST[by] ?? {})) {
      const { [key]: left, ...rest } = least;
      const told = problems(rest);
      expect(left).toBeDefined();
      expect(told).toHaveLength(1);
      expect(told[0]).toMatch(new RegExp(`^strata.yaml:4:\\d+ layers\\[0\\]\\.purge\\.${key}: is missing: \\S`));
    }
  });

  it('tells a misspelt key from the one that is meant', () => {
    for (const key of [...Object.keys(kind.settings.shape), 'scope', 'rebound']) {
      const misspelt = `${key}x`;
      const told = problems({ ...least, [misspelt]: 'a' });
      expect(told).toEqual([
        expect.stringMatching(
          new RegExp(`^strata.yaml:4:\\d+ layers\\[0\\]\\.purge\\.${misspelt}: unknown key; did you mean "${key}"\\?$`),
        ),
      ]);
    }
  });

  it('refuses a scope that it has not, and names those that it has', () => {
    const told = problems({ ...least, scope: 'everything' });
    const listed = kind.scopes.length === 1 ? kind.scopes[0] : `one of ${kind.scopes.join(', ')}`;
    expect(told[0]).toMatch(/^strata.yaml:4:\d+ layers\[0\]\.purge\.scope: must be /);
    expect(told[0]).toContain(`must be ${listed}`);
  });

  it('refuses soft where it can only remove', () => {
    const told = problems({ ...least, soft: true });
    const wanted =
      kind.modes === 'hard' ? [expect.stringContaining(`purge.soft: ${by} purges hard only; leave it out`)] : [];
    expect(told).toEqual(wanted);
  });

  it('refuses credentials that stand in the file, and does not repeat them', () => {
    for (const [key, schema] of Object.entries(kind.settings.shape)) {
      const issue = (schema as z.ZodType).safeParse('hunter2').error?.issues[0];
      if (issue?.message.startsWith('is a credential') !== true) continue;
      const told = problems({ ...least, [key]: 'hunter2' });
      expect(told).toHaveLength(1);
      expect(told[0]).toMatch(
        new RegExp(`^strata.yaml:4:\\d+ layers\\[0\\]\\.purge\\.${key}: is a credential; .*\\$\\{[A-Z_]+\\}`),
      );
      expect(told[0]).not.toContain('hunter2');
    }
  });

  it('names the page that tells what it can', () => expect(kind.source).toMatch(/^https:\/\/[^\s]+$/));
});

describe('a purge is refused that refers to the environment where that would be shown:', () => {
  it.each([
    [{ by: 'varnish-xkey', tags: ['${TAG}'] }, 'tags[0]', 'may not refer to the environment'],
    [{ by: 'varnish-ban', scope: 'prefix', prefix: '/${X}' }, 'prefix', 'may not refer to the environment'],
    [{ by: 'webhook', url: 'https://h.example/${KEY}' }, 'url', 'may not refer to the environment'],
    [{ by: 'mediawiki', api: 'https://h.example/${KEY}' }, 'api', 'may not refer to the environment'],
    [{ by: 'command', run: ['curl', '${TOKEN}'] }, 'run[1]', 'name the variable in env'],
    [{ by: 'http-purge', headers: { Host: '${HOST}' } }, 'headers.Host', 'may not refer to the environment'],
    [{ by: 'varnish-ban', headers: { host: '${HOST}' } }, 'headers.host', 'may not refer to the environment'],
    [{ by: 'varnish-ban', scope: 'prefix', prefix: '/é' }, 'prefix', 'in ASCII as browsers ask for it'],
  ])('%j', (purge, key, says) => {
    const told = problems(purge);
    expect(told).toHaveLength(1);
    expect(told[0]).toContain(`layers[0].purge.${key}: `);
    expect(told[0]).toContain(says);
  });
});
