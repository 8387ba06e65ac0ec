// Needs nginx, squid, traffic_server, apache2 and haproxy, each its own tests: what a purge does to what they keep, and how it is read.
import { describe, expect, it } from 'vitest';
import { nginx } from '../../probe/lab/real/nginx.ts';
import { needs, needsPart } from './needs.ts';
import { type By, HOST, inLanguage, page, PURGE, purgeBench } from './purge-bench.ts';

// In one step it crashes the worker of Debian's build of the module; through a named location it does not.
const BY_LOCATION = `
    location ~ ^/purge(/.*) {
      set $purge_key $scheme$host$1$is_args$args;
      error_page 418 = @purge_path;
      return 418;
    }
    location @purge_path {
      allow 127.0.0.1;
      deny all;
      proxy_cache_purge lab $purge_key;
    }
    location ^~ /forbidden/ {
      error_page 418 = @purge_nobody;
      return 418;
    }
    location @purge_nobody {
      deny all;
      proxy_cache_purge lab $uri;
    }
`;

describe.runIf(
  needs('nginx') &&
    needsPart(nginx.purge() !== undefined, 'the purge module of nginx (apt-get install libnginx-mod-http-cache-purge)'),
)('nginx with a purge module', () => {
  const bench = purgeBench('nginx', { extra: BY_LOCATION });
  const MODULE: By = { by: 'nginx-purge' };

  it('forgets one page and says 200, or 404 where it held none', async () => {
    const path = page();
    await bench.held(path);
    expect(await bench.purge(MODULE, path)).toMatchObject({ outcome: 'accepted', status: 200, method: 'PURGE' });
    expect(await bench.get(path)).toBe('new');
    expect(await bench.purge(MODULE, page())).toMatchObject({ outcome: 'was-not-there', status: 404 });
  });

  it('does the same by GET of a path in front of the page’s, and stays up', async () => {
    const by: By = { by: 'nginx-purge', location: '/purge' };
    for (let i = 0; i < 20; i++) {
      const path = page();
      await bench.held(path);
      const receipt = await bench.purge(by, path);
      expect(receipt).toMatchObject({ outcome: 'accepted', method: 'GET', url: `http://${HOST}/purge${path}` });
      expect(await bench.get(path)).toBe('new');
    }
    expect((await bench.purge(by, page())).outcome).toBe('was-not-there');
  });

  it('keeps every variant when a purge names none: 404, and the reason is told', async () => {
    const path = page('vary');
    await bench.held(path, 'en', 'de');
    const receipt = await bench.purge(MODULE, path);
    expect(receipt).toMatchObject({ outcome: 'was-not-there', effect: { variants: 'one' } });
    expect(receipt.summary).toMatch(/keeps by Vary lies under other keys and stays/);
    expect([await bench.get(path, 'en'), await bench.get(path, 'de')]).toEqual(['old en', 'old de']);
  });

  it('forgets only the variant that the purge names', async () => {
    const path = page('vary');
    await bench.held(path, 'en', 'de');
    expect((await bench.purge(MODULE, path, inLanguage('en'))).outcome).toBe('accepted');
    expect([await bench.get(path, 'en'), await bench.get(path, 'de')]).toEqual(['new en', 'old de']);
  });

  it('refuses whom it does not allow', async () => {
    const path = page();
    await bench.held(path);
    const receipt = await bench.purge({ by: 'nginx-purge', location: '/forbidden' }, path);
    expect(receipt).toMatchObject({ outcome: 'refused', status: 403 });
    expect(await bench.get(path)).toBe('old');
  });
});

describe.runIf(needs('nginx'))('nginx without a purge module', () => {
  const bench = purgeBench('nginx', { purgeable: false });

  it('passes a PURGE on and keeps its copy; without the module’s words nothing is taken for certain', async () => {
    const path = page();
    await bench.held(path);
    bench.answersUnknown = { status: 200 };
    const receipt = await bench.purge({ by: 'nginx-purge' }, path);
    expect(receipt).toMatchObject({ outcome: 'unknown', status: 200 });
    expect(receipt.summary).toMatch(/not in the words of a purge module/);
    expect([bench.asked.at(-1), await bench.get(path)]).toEqual([`PURGE ${path}`, 'old']);
    const { outcome, summary } = await bench.purge(PURGE, path);
    expect([outcome, summary]).toEqual(['accepted', expect.stringMatching(/shows that nginx itself wrote it/)]);
  });
});

describe.runIf(needs('squid'))('Squid', () => {
  const bench = purgeBench('squid');

  it('forgets one page by PURGE, or says 404', async () => {
    const path = page();
    await bench.held(path);
    expect(await bench.purge(PURGE, path)).toMatchObject({ outcome: 'accepted', status: 200 });
    expect(await bench.get(path)).toBe('new');
    expect(await bench.purge(PURGE, page())).toMatchObject({ outcome: 'was-not-there', status: 404 });
  });

  it('keeps every variant when a purge names none: 404, and the reason is told', async () => {
    const path = page('vary');
    await bench.held(path, 'en', 'de');
    const receipt = await bench.purge(PURGE, path);
    expect(receipt).toMatchObject({ outcome: 'was-not-there', effect: { variants: 'one' } });
    expect(receipt.summary).toMatch(/keeps by Vary goes only by a purge with the fields of that variant/);
    expect([await bench.get(path, 'en'), await bench.get(path, 'de')]).toEqual(['old en', 'old de']);
  });

  it('forgets the variant that the purge names, and loses the others until that one is stored anew', async () => {
    const [lost, found] = [page('vary'), page('vary')];
    for (const path of [lost, found]) {
      await bench.held(path, 'en', 'de');
      expect((await bench.purge(PURGE, path, inLanguage('en'))).outcome).toBe('accepted');
    }
    expect(await bench.get(lost, 'de')).toBe('new de');
    expect([await bench.get(found, 'en'), await bench.get(found, 'de')]).toEqual(['new en', 'old de']);
  });
});

describe.runIf(needs('squid'))('Squid that no acl lets be purged', () => {
  const bench = purgeBench('squid', { purgeable: false });

  it('refuses, in its own word', async () => {
    const path = page();
    await bench.held(path);
    const receipt = await bench.purge(PURGE, path);
    expect(receipt).toMatchObject({ outcome: 'refused', status: 403 });
    expect(receipt.summary).toMatch(/Squid calls it ERR_ACCESS_DENIED/);
    expect(await bench.get(path)).toBe('old');
  });
});

describe.runIf(needs('traffic_server'))('Traffic Server', () => {
  const bench = purgeBench('trafficserver');

  it('forgets all alternates by PURGE, whichever it names, or says 404', async () => {
    const path = page('vary');
    await bench.held(path, 'en', 'de');
    expect(await bench.purge(PURGE, path)).toMatchObject({ outcome: 'accepted', effect: { variants: 'all' } });
    expect([await bench.get(path, 'en'), await bench.get(path, 'de')]).toEqual(['new en', 'new de']);
    expect(await bench.purge(PURGE, page())).toMatchObject({ outcome: 'was-not-there', status: 404 });
  });
});

describe.runIf(needs('traffic_server'))('Traffic Server that allows reading only', () => {
  const bench = purgeBench('trafficserver', { purgeable: false });

  it('refuses', async () => {
    const path = page();
    await bench.held(path);
    expect(await bench.purge(PURGE, path)).toMatchObject({ outcome: 'refused', status: 403 });
    expect(await bench.get(path)).toBe('old');
  });
});

describe.runIf(needs('apache2'))('Apache httpd', () => {
  const bench = purgeBench('httpd');

  it('passes a PURGE on and keeps its copy: whatever comes back is no yes', async () => {
    const path = page();
    await bench.held(path);
    bench.answersUnknown = { status: 200 };
    expect(await bench.purge(PURGE, path)).toMatchObject({ outcome: 'unknown', status: 200 });
    expect([bench.asked.at(-1), await bench.get(path)]).toEqual([`PURGE ${path}`, 'old']);
  });
});

describe.runIf(needs('haproxy'))('HAProxy', () => {
  const bench = purgeBench('haproxy');

  it('passes a PURGE on, and forgets the page when the application says 200', async () => {
    const path = page();
    await bench.held(path);
    bench.answersUnknown = { status: 200 };
    expect(await bench.purge(PURGE, path)).toMatchObject({ outcome: 'accepted', effect: { variants: 'all' } });
    expect([bench.asked.at(-1), await bench.get(path)]).toEqual([`PURGE ${path}`, 'new']);
  });

  it.each([404, 405])('keeps it when the application says %i', async (status) => {
    const path = page();
    await bench.held(path);
    bench.answersUnknown = { status };
    expect((await bench.purge(PURGE, path)).outcome).toBe('refused');
    expect(await bench.get(path)).toBe('old');
  });
});
