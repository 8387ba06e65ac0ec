import { describe, expect, it } from 'vitest';
import { planPurge } from '../../../../probe/purgers/plan.ts';
import { purgerOf } from '../../../../probe/purgers/index.ts';
import type { HttpMessage } from '../../../../probe/purgers/purger.ts';
import { purge } from '../../../../shared/purge/index.ts';
import { type Case, contractOf, siteOf } from './contract.ts';

const MOMENT = { now: 1_800_000_000, nonce: '0'.repeat(32) };

/** The messages that purge so many URLs. */
function messagesFor(vendor: string, urls: readonly string[]): HttpMessage[] {
  const contract = contractOf(vendor);
  const { steps } = planPurge(siteOf(contract, { ...(contract.cases[0] as Case), urls }, 'http://127.0.0.1:1'));
  return steps.map((s) => purgerOf(vendor).message(s, { ...MOMENT, env: contract.env }) as HttpMessage);
}

const pages = (count: number, tail = '') =>
  Array.from({ length: count }, (_, i) => `https://shop.example/page/${i}${tail}`);

describe('a long list of URLs', () => {
  it('goes to Cloudflare in requests of a hundred, each URL once', () => {
    const urls = pages(250);
    const sent = messagesFor('cloudflare', urls).map((m) => (JSON.parse(m.body ?? '') as { files: string[] }).files);
    expect(sent.map((files) => files.length)).toEqual([100, 100, 50]);
    expect(sent.flat()).toEqual(urls);
  });

  it('goes to Akamai in requests of at most 50,000 bytes, each URL once', () => {
    const urls = pages(2000, `?${'q'.repeat(60)}=é"&`);
    const sent = messagesFor('akamai', urls).map((m) => m.body ?? '');
    expect(sent.length).toBeGreaterThan(2);
    for (const body of sent) expect(Buffer.byteLength(body)).toBeLessThanOrEqual(50_000);
    // all but the last are as full as they may be
    for (const body of sent.slice(0, -1)) expect(Buffer.byteLength(body)).toBeGreaterThan(49_700);
    const objects = sent.flatMap((body) => (JSON.parse(body) as { objects: string[] }).objects);
    // in ASCII, as browsers ask for them
    expect(objects).toEqual(urls.map((url) => new URL(url).href));
    expect(objects.join('')).toMatch(/^[\u0021-\u007e]+$/);
  });

  it('goes to CloudFront in batches of 3,000 paths', () => {
    const sent = messagesFor('cloudfront', pages(3001)).map((m) => m.body ?? '');
    expect(sent.map((body) => /<Quantity>(\d+)</.exec(body)?.[1])).toEqual(['3000', '1']);
  });
});

describe('what is written in the topology', () => {
  const cloudfront = { by: 'cloudfront', distribution: 'E1' };
  const azure = { by: 'azure', subscription: 's', resourceGroup: 'r', profile: 'p', frontDoor: 'f' };
  const akamai = { by: 'akamai', endpoint: 'https://akab-a.luna.akamaiapis.net' };
  const google = { by: 'google', project: 'p', urlMap: 'u' };
  const tags = (count: number) => Array.from({ length: count }, (_, i) => `t${i}`);

  it.each([
    [{ by: 'fastly', scope: 'tag', tags: ['a'] }, 'service', 'needs the service id'],
    [{ by: 'fastly', service: 's', scope: 'all', soft: true }, 'soft', 'is not possible with scope: all'],
    [{ by: 'fastly', service: 's', scope: 'tag', tags: tags(257) }, 'tags', 'fastly takes 256 in one request'],
    [{ by: 'fastly', service: '..' }, 'service', 'must be a service id'],
    [{ by: 'fastly', token: 'abc' }, 'token', 'it never stands in the file'],
    [{ by: 'fastly', scope: 'host' }, 'scope', 'Invalid option'],
    [{ by: 'cloudflare' }, 'zone', 'expected string'],
    [{ ...cloudfront, soft: true }, 'soft', 'cloudfront purges hard only'],
    [{ ...cloudfront, secretAccessKey: 'abc' }, 'secretAccessKey', 'write "${AWS_SECRET_ACCESS_KEY}"'],
    [{ ...akamai, scope: 'all' }, 'cpcodes', 'needs the CP codes'],
    [{ by: 'akamai' }, 'endpoint', 'expected string'],
    [{ ...google, scope: 'tag', tags: tags(11) }, 'tags', 'google takes 10 in one request'],
    [{ ...google, scope: 'prefix', prefix: '/a' }, 'prefix', 'must end with "/"'],
    [{ ...google, serviceAccount: '{"private_key":"x"}' }, 'serviceAccount', 'it never stands in the file'],
    [{ ...azure, resourceGroup: 'a/b' }, 'resourceGroup', 'must be the name of a resource group'],
    [{ ...azure, client: { secret: 'abc' } }, 'client.secret', 'it never stands in the file'],
    [{ ...azure, scope: 'tag', tags: ['a'] }, 'scope', 'Invalid option'],
  ])('%j is told to be wrong at %s', (written, key, message) => {
    const problems = purge.safeParse(written).error?.issues ?? [];
    expect(problems.map((p) => p.path.join('.'))).toEqual([key]);
    expect(problems[0]?.message).toContain(message);
  });

  it.each([{ by: 'fastly' }, { by: 'cloudflare', zone: 'z' }, cloudfront, akamai, google, azure])(
    '%j is enough to purge a URL',
    (written) => {
      expect(purge.safeParse(written).error).toBeUndefined();
    },
  );
});
