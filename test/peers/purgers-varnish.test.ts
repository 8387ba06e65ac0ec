// Needs varnishd: what each way to purge does to what it keeps, and how its answer is read.
import { describe, expect, it } from 'vitest';
import { needs, needsPart } from './needs.ts';
import { type By, hasXkey, page, PURGE, purgeBench } from './purge-bench.ts';

// What README.md of probe/purgers shows.
const VARNISH_WAYS = `
import std;
import purge;
sub vcl_recv {
  if (req.method == "PURGE" && req.http.x-soft) {
    if (client.ip !~ purgers) { return (synth(405)); }
    return (hash);
  }
  if (req.method == "BAN") {
    if (client.ip !~ purgers) { return (synth(405)); }
    if (req.http.x-cache-tags) {
      set req.http.x-ban = "obj.http.x-cache-tags ~ " + req.http.x-cache-tags;
    } else {
      set req.http.x-ban = "obj.http.x-host ~ " + req.http.x-host + " && obj.http.x-url ~ " + req.http.x-url;
    }
    if (std.ban(req.http.x-ban)) { return (synth(200, "Ban added")); }
    return (synth(400, std.ban_error()));
  }
}
sub vcl_hit {
  if (req.method == "PURGE") { purge.soft(0s); return (synth(200, "Made stale")); }
}
sub vcl_miss {
  if (req.method == "PURGE") {
    if (purge.soft(0s) == 0) { return (synth(404, "Not stored")); }
    return (synth(200, "Made stale"));
  }
}
sub vcl_backend_response {
  set beresp.http.x-host = bereq.http.host;
  set beresp.http.x-url = bereq.url;
}
sub vcl_deliver {
  unset resp.http.x-host;
  unset resp.http.x-url;
}
`;

describe.runIf(needs('varnishd'))('Varnish', () => {
  const bench = purgeBench('varnish', { policy: { grace: 600 }, extra: VARNISH_WAYS });

  it('forgets all variants by PURGE, whichever one it names, and says 200 also where it held nothing', async () => {
    const path = page('vary');
    await bench.held(path, 'en', 'de');
    expect(await bench.purge(PURGE, path)).toMatchObject({
      outcome: 'accepted',
      effect: { variants: 'all', soft: false },
    });
    expect([await bench.get(path, 'en'), await bench.get(path, 'de')]).toEqual(['new en', 'new de']);
    const { outcome, summary } = await bench.purge(PURGE, page());
    expect([outcome, summary]).toEqual(['accepted', expect.stringMatching(/says so whether or not it held the page/)]);
  });

  it('serves what was purged softly once more, and the new one after that', async () => {
    const path = page();
    await bench.held(path);
    const soft: By = { by: 'http-purge', soft: true, headers: { 'x-soft': '1' } };
    expect(await bench.purge(soft, path)).toMatchObject({ outcome: 'accepted', effect: { soft: true } });
    bench.asked.length = 0;
    expect(await bench.get(path)).toBe('old');
    await expect.poll(() => bench.asked).toEqual([`GET ${path}`]);
    await expect.poll(() => bench.get(path)).toBe('new');
    expect((await bench.purge(soft, page())).outcome).toBe('was-not-there');
  });

  it('lets go of one page by a ban on host and URL, all variants, and of no other page', async () => {
    const [path, other] = [page('vary'), page('vary')];
    await bench.held(path, 'en', 'de');
    await bench.held(other, 'en');
    expect(await bench.purge({ by: 'varnish-ban' }, path)).toMatchObject({ outcome: 'accepted', method: 'BAN' });
    expect([await bench.get(path, 'en'), await bench.get(path, 'de'), await bench.get(other, 'en')]).toEqual([
      'new en',
      'new de',
      'old en',
    ]);
  });

  it('takes no sign of a URL for one of a pattern', async () => {
    const [path, like] = ['/a.b/(c|d)?e=[1]+2', '/axb/(c|d)?e=[1]+2'];
    await bench.held(path);
    await bench.held(like);
    expect((await bench.purge({ by: 'varnish-ban' }, path)).outcome).toBe('accepted');
    expect([await bench.get(path), await bench.get(like)]).toEqual(['new', 'old']);
  });

  it('lets go by a ban of all that begins with a prefix, and of all of a host', async () => {
    const [under, beside] = [page('shoes'), page('hats')];
    await bench.held(under);
    await bench.held(beside);
    await bench.purge({ by: 'varnish-ban', scope: 'prefix', prefix: '/shoes' }, under);
    expect([await bench.get(under), await bench.get(beside)]).toEqual(['new', 'old']);
    await bench.purge({ by: 'varnish-ban', scope: 'host' }, under);
    expect(await bench.get(beside)).toBe('new');
  });

  it('lets go by a ban of what carries a tag, and of nothing whose tag only begins like it', async () => {
    const [tagged, alike] = ['/article-7/a', '/article-77/a'];
    await bench.held(tagged);
    await bench.held(alike);
    const receipt = await bench.purge({ by: 'varnish-ban', scope: 'tag', tags: ['hat', 'article-7'] }, tagged);
    expect(receipt).toMatchObject({ outcome: 'accepted', effect: { scope: 'tag', variants: 'all' } });
    expect([await bench.get(tagged), await bench.get(alike)]).toEqual(['new', 'old']);
  });

  it('refuses a ban that it cannot read, and its own reason is told', async () => {
    const path = page();
    await bench.held(path);
    // a name that its VCL does not look at leaves the pattern empty
    const receipt = await bench.purge({ by: 'varnish-ban', urlHeader: 'x-other' }, path);
    expect(receipt).toMatchObject({ outcome: 'refused', status: 400 });
    expect(receipt.summary).toMatch(/did not take the ban \(\S/);
    expect(await bench.get(path)).toBe('old');
  });
});

const XKEY = `
import xkey;
sub vcl_recv {
  if (req.method == "PURGEKEYS") {
    if (client.ip !~ purgers) { return (synth(405)); }
    if (req.http.xkey-softpurge) {
      set req.http.n = xkey.softpurge(req.http.xkey-softpurge);
    } else {
      set req.http.n = xkey.purge(req.http.xkey-purge);
    }
    return (synth(200, "Invalidated " + req.http.n + " objects"));
  }
}
`;

describe.runIf(
  needs('varnishd') && needsPart(hasXkey(), 'the xkey module of Varnish (apt-get install varnish-modules)'),
)('Varnish with surrogate keys', () => {
  const bench = purgeBench('varnish', { policy: { grace: 600 }, extra: XKEY });
  const keys = (tags: string[], soft = false): By => ({ by: 'varnish-xkey', scope: 'tag', tags, soft });

  it('forgets every response under one of the keys, all variants, and says how many', async () => {
    const [path, other] = [page('vary'), page('vary')];
    await bench.held(path, 'en', 'de');
    await bench.held(other, 'en');
    const receipt = await bench.purge(keys([path.split('/')[1]!, 'nothing']), path);
    expect(receipt).toMatchObject({ outcome: 'accepted', summary: expect.stringContaining('met 2 stored responses') });
    expect([await bench.get(path, 'en'), await bench.get(path, 'de'), await bench.get(other, 'en')]).toEqual([
      'new en',
      'new de',
      'old en',
    ]);
  });

  it('serves what was purged softly once more, and the new one after that', async () => {
    const path = page();
    await bench.held(path);
    expect(await bench.purge(keys(['shop'], true), path)).toMatchObject({
      outcome: 'accepted',
      effect: { soft: true },
    });
    expect(await bench.get(path)).toBe('old');
    await expect.poll(() => bench.get(path)).toBe('new');
  });

  it('says when nothing is stored under a key', async () => {
    expect((await bench.purge(keys(['nobody']), page())).outcome).toBe('was-not-there');
  });
});

describe.runIf(needs('varnishd'))('Varnish that knows no purge', () => {
  const bench = purgeBench('varnish', { purgeable: false });

  it('passes a PURGE on and keeps its copy; the 200 of an application is doubted aloud', async () => {
    const path = page();
    await bench.held(path);
    bench.answersUnknown = { status: 200 };
    const { outcome, summary } = await bench.purge(PURGE, path);
    expect([outcome, summary]).toEqual([
      'accepted',
      expect.stringMatching(/Nothing in the answer shows that Varnish itself wrote it/),
    ]);
    expect([bench.asked.at(-1), await bench.get(path)]).toEqual([`PURGE ${path}`, 'old']);
  });

  it('has taken nothing for certain where the answer looks like a page', async () => {
    const path = page();
    await bench.held(path);
    bench.answersUnknown = { status: 200, fields: { etag: '"1"', 'x-powered-by': 'Shop' } };
    expect(await bench.purge(PURGE, path)).toMatchObject({
      outcome: 'unknown',
      summary: expect.stringMatching(/with ETag and X-Powered-By, as a page does/),
    });
    expect(await bench.get(path)).toBe('old');
  });

  it('is refused by an application that knows no PURGE', async () => {
    bench.answersUnknown = { status: 405 };
    expect((await bench.purge(PURGE, page())).outcome).toBe('refused');
  });
});
