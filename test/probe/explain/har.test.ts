import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { explainedLive } from '../../../probe/explain/live.ts';
import type { Har } from '../../../probe/explain/har.ts';
import { responsesInHar } from '../../../shared/recorded/har.ts';
import { startSite, type Site } from './site.ts';

let site: Site;
let har: Har;
beforeAll(async () => {
  site = await startSite(({ url }, response) => {
    if (url === '/old') return void response.writeHead(302, { location: '/new?page=2' }).end();
    response
      .writeHead(200, { age: '3', 'set-cookie': ['session=canary; Path=/', 'b=canary'], 'x-note': 'hi' })
      .end('page');
  });
  ({ har } = await explainedLive(`${site.origin}/old`, { said: () => undefined }));
});
afterAll(() => site.close());

describe('the HAR that is written', () => {
  it('has what HAR 1.2 asks of every entry', () => {
    const keys = ['startedDateTime', 'time', 'request', 'response', 'cache', 'timings'];
    expect(har.log).toMatchObject({ version: '1.2', creator: { name: 'strata' } });
    expect(har.log.entries).toHaveLength(2);
    for (const entry of har.log.entries) {
      expect(Object.keys(entry)).toEqual(expect.arrayContaining(keys));
      expect(entry).toMatchObject({
        startedDateTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        request: { method: 'GET', httpVersion: 'HTTP/1.1', cookies: [], headersSize: -1, bodySize: 0 },
        response: { cookies: [], content: { size: 0 }, headersSize: -1 },
        timings: { send: 0 },
      });
    }
    expect(har.log.entries[1]).toMatchObject({ request: { queryString: [{ name: 'page', value: '2' }] } });
    expect(har.log.entries[0]).toMatchObject({ response: { status: 302, redirectURL: '/new?page=2' } });
  });

  it('has phases that together are the whole time', () => {
    for (const entry of har.log.entries as { time: number; timings: Record<string, number> }[]) {
      const { ssl: _part, ...phases } = entry.timings;
      const sum = Object.values(phases).reduce((all, ms) => all + Math.max(0, ms), 0);
      expect(Math.abs(sum - entry.time)).toBeLessThan(1);
    }
  });

  it('holds no cookie that was set', () => {
    expect(JSON.stringify(har)).not.toContain('canary');
    expect(JSON.stringify(har)).toContain('session=[redacted]; Path=/');
  });

  it('is read again, and says the same', () => {
    const again = responsesInHar(JSON.parse(JSON.stringify(har)))!;
    expect(again.map(({ status }) => status)).toEqual([302, 200]);
    expect(again[1]?.fields).toContainEqual(['age', '3']);
    expect(again[1]?.receivedAt).toBeGreaterThan(1_760_000_000);
  });
});
