// Needs curl and wget: what they print of a real exchange is read, in the forms that people use.
import { spawn, spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recordingIn } from '../../../shared/recorded/recording.ts';
import { startSite, type Site } from './site.ts';

let site: Site;
beforeAll(async () => {
  site = await startSite(({ url }, response) => {
    if (url === '/old') return void response.writeHead(301, { location: '/new' }).end('moved');
    response.writeHead(200, { age: '12', 'cache-control': 'max-age=60' }).end('Age: 99\nHTTP is here');
  });
});
afterAll(() => site.close());

/** All that it prints, as one sees it in a terminal. */
async function printed(program: string, args: readonly string[]): Promise<string> {
  const child = spawn(program, args);
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => void (text += chunk.toString()));
  await new Promise((resolve) => child.once('close', resolve));
  return text;
}

function isInstalled(program: string): boolean {
  const there = spawnSync(program, ['--version']).status === 0;
  if (!there) process.stderr.write(`skipped, not installed: ${program}\n`);
  return there;
}

const forms: readonly (readonly [program: string, ...args: string[]])[] = [
  ['curl', '-si'],
  ['curl', '-sI'],
  ['curl', '-siL'],
  ['curl', '-sv'],
  ['curl', '-svi'],
  ['curl', '-svL'],
  ['wget', '-S', '-O', '-'],
  ['wget', '-qS', '-O', '/dev/null'],
];

describe.each(forms)('%s %s', (program, ...args) => {
  it.runIf(isInstalled(program))('is read, and its body is not', async () => {
    const follows = args.some((arg) => arg.endsWith('L')) || program === 'wget';
    const recording = recordingIn(await printed(program, [...args, `${site.origin}${follows ? '/old' : '/new'}`]));
    if ('refused' in recording) throw new Error(recording.refused);
    expect(recording.responses.map(({ status }) => status)).toEqual(follows ? [301, 200] : [200]);
    const last = recording.responses.at(-1)!;
    expect(last.fields.filter(([name]) => name.toLowerCase() === 'age')).toEqual([['age', '12']]);
    expect(last).not.toHaveProperty('unreadable');
  });
});
