import { gzipSync } from 'node:zlib';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { explainedLive, type LiveOptions } from '../../../probe/explain/live.ts';
import { MOST_ASSETS } from '../../../probe/explain/active.ts';
import { MOST_REQUESTS } from '../../../probe/explain/inquiry.ts';
import { startLab, type Lab } from '../../../probe/lab/lab.ts';
import { startSite, type Site } from './site.ts';

const running: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of running.splice(0)) await stop();
});

type Answer = (request: IncomingMessage, response: ServerResponse, before: number) => void;

async function site(answer: Answer): Promise<Site> {
  const started = await startSite(answer);
  running.push(() => started.close());
  return started;
}

const quiet = { said: () => undefined };
const active = (url: string, more: Partial<LiveOptions> = {}) =>
  explainedLive(url, { active: true, pause: 0, ...quiet, ...more });

async function notesOf(answer: Answer, more: Partial<LiveOptions> = {}): Promise<string[]> {
  const { origin } = await site(answer);
  return (await active(`${origin}/`, more)).notes.map(({ id }) => id);
}

describe('asked some more, a server gives itself away that', () => {
  it('answers 304 whatever it is asked by', async () => {
    const found = await notesOf(({ headers }, response) => {
      const tag = { etag: '"a"', 'last-modified': 'Thu, 09 Oct 2025 08:53:20 GMT' };
      if (headers['if-none-match'] !== undefined || headers['if-modified-since'] !== undefined)
        return void response.writeHead(304, tag).end();
      response.writeHead(200, tag).end('page');
    });
    expect(found).toEqual(expect.arrayContaining(['validator-confirmed', 'validator-lies', 'date-lies']));
  });

  it('has a validator and never compares it', async () => {
    expect(await notesOf((_, response) => response.writeHead(200, { etag: '"a"' }).end('page'))).toContain(
      'validator-ignored',
    );
  });

  it('compresses without Vary', async () => {
    const found = await notesOf(({ headers }, response) => {
      if (!/gzip/.test(headers['accept-encoding'] ?? '')) return void response.end('page');
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('page'));
    });
    expect(found).toContain('coding-without-vary');
  });

  it('compresses with Vary: that is good, and the content is the same', async () => {
    const found = await notesOf(({ headers }, response) => {
      response.setHeader('vary', 'Accept-Encoding');
      if (!/gzip/.test(headers['accept-encoding'] ?? '')) return void response.end('page');
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('page'));
    });
    expect(found).toContain('coding-agreed');
  });

  it('is two nodes that hold two versions', async () => {
    const found = await notesOf((_, response, before) => {
      const node = before % 2 === 0 ? 'ams' : 'fra';
      response.writeHead(200, { age: before % 2 === 0 ? '600' : '5', 'cache-status': `${node}; hit` }).end(node);
    });
    expect(found).toEqual(expect.arrayContaining(['nodes-disagree', 'several-nodes']));
  });

  it('passes on an Age that stands still', async () => {
    const found = await notesOf((_, response) => response.writeHead(200, { age: '30' }).end('page'), { pause: 0.6 });
    expect(found).toContain('age-stands');
  });

  it('answers HEAD in another way', async () => {
    const found = await notesOf(({ method }, response) => response.writeHead(method === 'HEAD' ? 405 : 200).end());
    expect(found).toContain('head-differs');
  });

  it('says more when asked as its product wishes', async () => {
    const found = await notesOf(({ headers }, response) => {
      const more = headers['fastly-debug'] === undefined ? {} : { 'fastly-debug-digest': 'abc' };
      const fastly = { 'x-served-by': 'cache-fra-eddf8230020-FRA', 'x-cache': 'HIT', 'x-cache-hits': '1' };
      response.writeHead(200, { ...fastly, 'x-timer': 'S1700000001.000001,VS0,VE1', ...more }).end('page');
    });
    expect(found).toContain('question-answered');
  });

  it('holds an old copy: only with --bust the origin is asked', async () => {
    const answer: Answer = ({ url }, response) => {
      if (/strata=/.test(url ?? '')) return void response.end('new');
      response.writeHead(200, { age: '50', 'cache-status': 'edge; hit' }).end('old');
    };
    expect(await notesOf(answer, { bust: true })).toContain('cached-copy-old');
    expect(await notesOf(answer)).not.toContain('cached-copy-old');
  });
});

describe('with its scripts and styles', () => {
  const page =
    (links: string, more: Record<string, string> = {}) =>
    (response: ServerResponse) =>
      response
        .writeHead(200, { 'content-type': 'text/html', ...more })
        .end(`<!doctype html><html><head>${links}</head></html>`);

  it('a page names a file that is gone', async () => {
    const answer: Answer = ({ url }, response) => {
      if (url === '/') return void page('<script src="/app.4f2c9a.js"></script>')(response);
      response.writeHead(404).end();
    };
    expect(await notesOf(answer, { assets: true })).toContain('asset-missing');
  });

  it('a page and its files are of two builds', async () => {
    const answer: Answer = ({ url }, response) => {
      if (url === '/') return void page('<link rel="stylesheet" href="/a.css">', { 'x-build': 'old' })(response);
      response.writeHead(200, { 'x-build': 'new' }).end();
    };
    expect(await notesOf(answer, { assets: true })).toContain('builds-differ');
  });

  it('only so many are asked for, and none in the private network that was not named', async () => {
    const links = Array.from({ length: 50 }, (_, i) => `<script src="/${i}.js"></script>`).join('');
    const { origin, asked } = await site(({ url }, response) => {
      if (url === '/') return void page(`<script src="http://169.254.169.254/x.js"></script>${links}`)(response);
      response.end();
    });
    const { notes } = await active(`${origin}/`, { assets: true });
    expect(asked.filter(({ url }) => url?.endsWith('.js')).length).toBe(MOST_ASSETS - 1);
    expect(notes.map(({ id }) => id)).toContain('assets-left');
  });
});

describe('what is asked is bounded:', () => {
  it('so many requests, each over a connection of its own, none twice to find out the same', async () => {
    const { origin, asked } = await site((_, response) => {
      response.writeHead(200, { etag: '"a"', 'last-modified': 'Thu, 09 Oct 2025 08:53:20 GMT' }).end('page');
    });
    await active(`${origin}/`);
    expect(asked.length).toBeLessThanOrEqual(MOST_REQUESTS + 1);
    expect(new Set(asked.map(({ socket }) => socket)).size).toBe(asked.length);
    expect(asked.every(({ method }) => method === 'GET' || method === 'HEAD')).toBe(true);
  });

  it('a server that falls silent ends in fewer notes, not in an error', async () => {
    const { origin } = await site((request, response, before) => {
      if (before > 1) return void request.socket.destroy();
      response.writeHead(200, { 'cache-control': 'max-age=60' }).end('page');
    });
    const { notes, responses } = await active(`${origin}/`);
    expect(responses).toHaveLength(1);
    expect(notes.filter(({ level }) => level === 'bad')).toEqual([]);
  });
});

describe('in the embedded lab', () => {
  let lab: Lab;
  it('Varnish in front of nginx keeps its word', async () => {
    lab = await startLab({ edges: 1, apps: 1 });
    running.push(() => lab.stop());
    const edge = lab.topology.layers[0]!.nodes[0]!.address;
    const { notes } = await active(`${edge}/life/60`, { assets: true, bust: true, pause: 1.1 });
    expect(notes.filter(({ level }) => level === 'bad' || level === 'warning')).toEqual([]);
    expect(notes.map(({ id }) => id)).toEqual(
      expect.arrayContaining([
        'age-forward',
        'validator-confirmed',
        'head-agrees',
        'cached-copy-current',
        'assets-agree',
      ]),
    );
  });
});
