import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import manifest from '../../../package.json' with { type: 'json' };
import { strata } from './strata.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'strata-cli-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function topology(text: string): Promise<string> {
  const file = join(folder, `${Math.random().toString(36).slice(2)}.yaml`);
  await writeFile(file, text);
  return file;
}

const RIGHT = `layers:
  - { id: edge, nodes: [{ id: edge-1, address: "http://127.0.0.1:9" }] }
  - { id: origin, role: origin, nodes: [{ id: app-1, address: "http://127.0.0.1:9" }] }
targets: [{ id: home, url: "http://shop.example/", variants: [{ id: member, headers: { authorization: "Bearer \${MEMBER_TOKEN}" } }] }]
`;

describe('help', () => {
  it.each(['serve', 'lab', 'explain', 'look', 'when', 'trace', 'purge'])('of %s has an example', async (command) => {
    const { code, stdout, stderr } = await strata([command, '--help']);
    expect(code).toBe(0);
    expect(stdout).toContain(`Usage: strata ${command}`);
    expect(stdout).toContain(`$ strata ${command}`);
    expect(stderr).toBe('');
  });

  it.each(['--help', '-h'])('names every command: %s', async (asked) => {
    const { code, stdout } = await strata([asked]);
    expect(code).toBe(0);
    expect(stdout).toContain('what does every node hold now?');
  });
});

it('--version prints the version and nothing else', async () => {
  expect(await strata(['--version'])).toEqual({ code: 0, stdout: `${manifest.version}\n`, stderr: '' });
});

const manifestFile = new URL('../../../package.json', import.meta.url).pathname;

describe('a wrong command line ends with 2 and one sentence on stderr:', () => {
  it.each([
    [['lok'], "strata: unknown command 'lok' (Did you mean look?)\n"],
    [['look', '--topologi', 'x'], "strata: unknown option '--topologi' (Did you mean --topology?)\n"],
    [['explain'], "strata: missing required argument 'source'\n"],
    [['explain', 'ftp://example.com/'], 'strata: The URL must be a whole one that begins with http:// or https://.\n'],
    [['explain', 'http://u:hunter2@127.0.0.1/'], 'strata: The URL holds credentials; take them out.\n'],
    [['lab', '--origin', 'http://127.0.0.1:9'], 'strata: --origin needs --port N, where the cache listens.\n'],
    [
      ['lab', '--origin', 'http://u:hunter2@127.0.0.1:9', '--port', '0'],
      'strata: The URL holds credentials; take them out.\n',
    ],
    [
      ['lab', '--origin', 'http://127.0.0.1:9', '--port', '0', '--dialect', 'vranish'],
      'strata: There is no dialect "vranish"; did you mean "varnish"?\n',
    ],
    [
      ['serve', '--host', '0.0.0.0', '--port', '0'],
      'strata: 0.0.0.0 can be reached from elsewhere: name the hosts to answer for with --allowed-host, or listen on 127.0.0.1.\n',
    ],
    [
      ['serve', '--data', manifestFile],
      `strata: Nothing can be kept in ${manifestFile} (EEXIST); name another folder with --data.\n`,
    ],
    [
      ['look', '--timeout', '0'],
      "strata: option '--timeout <duration>' argument '0' is invalid. It must be longer than nothing.\n",
    ],
    [['look', '--topology', '.'], 'strata: The topology file . is a folder; name the file in it.\n'],
    [['lab', '--port', '8080'], 'strata: --port goes only with --origin URL.\n'],
    [['look', '--topology', 'nowhere.yaml'], 'strata: The topology file nowhere.yaml does not exist.\n'],
    [['look'], 'strata: There is no strata.yaml here; write one, or name another file with --topology F.\n'],
  ])('strata %j', async (args, sentence) => {
    expect(await strata(args, { cwd: folder })).toEqual({ code: 2, stdout: '', stderr: sentence });
  });

  it('a bad duration, with the form of a good one', async () => {
    const { code, stderr } = await strata(['look', '--timeout', '5 minutes']);
    expect(code).toBe(2);
    expect(stderr).toContain('write seconds (90) or a number with ms, s, m, h, d or w');
  });
});

describe('a wrong topology ends with 2 and says', () => {
  it('file, line, column, key and what would be right', async () => {
    const file = await topology(
      RIGHT.replace('address: "http://127.0.0.1:9" }] }', 'adress: "http://127.0.0.1:9" }] }'),
    );
    const { code, stdout, stderr } = await strata(['look', '--topology', file]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toBe(`strata: ${file}:2:39 layers[0].nodes[0].adress: unknown key; did you mean "address"?\n`);
  });

  it('which dialects are known', async () => {
    const file = await topology(RIGHT.replace('id: edge,', 'id: edge, dialect: varnih,'));
    const { code, stderr } = await strata(['look', '--topology', file]);
    expect(code).toBe(2);
    expect(stderr).toContain('layers[0].dialect: "varnih" is not a known dialect; did you mean "varnish"?');
  });

  it('which target was meant', async () => {
    const { code, stderr } = await strata(['look', '--topology', await topology(RIGHT), '--target', 'hom']);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: 'strata: There is no target "hom" in the topology; did you mean "home"?\n',
    });
  });

  it('which environment variable is missing, before anything is asked', async () => {
    const { code, stderr } = await strata(['look', '--topology', await topology(RIGHT)]);
    expect(code).toBe(2);
    expect(stderr).toBe(
      'strata: Variant member of home needs the environment variable MEMBER_TOKEN; set it where strata runs.\n',
    );
  });

  it('that no layer can be purged', async () => {
    const { code, stderr } = await strata(['purge', '--topology', await topology(RIGHT)], {
      env: { MEMBER_TOKEN: 'x' },
    });
    expect(code).toBe(2);
    expect(stderr).toContain('say in the topology how a layer is, as in "purge: { by: http-purge }".');
  });
});
