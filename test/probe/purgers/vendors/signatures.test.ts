import { generateKeyPairSync, verify } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { edgeGrid } from '../../../../probe/purgers/sign/edgegrid.ts';
import { googleAssertion } from '../../../../probe/purgers/sign/google-assertion.ts';
import { sigv4 } from '../../../../probe/purgers/sign/sigv4.ts';
import { akamaiSignature, awsSignature } from './vendor-signatures.ts';

const word = fc.stringMatching(/^[A-Za-z0-9+/=]{1,40}$/);
const now = fc.integer({ min: 1_000_000_000, max: 4_000_000_000 });
const segment = fc.stringMatching(/^[\w.~!$&'()*+,;=:@ é%-]{1,12}$/).filter((s) => !/^\.+$/.test(s));
const path = fc.array(segment, { maxLength: 5 }).map((segments) => `/${segments.map(encodeURIComponent).join('/')}`);
const body = fc.string({ unit: 'grapheme', maxLength: 400 });
const query = fc.dictionary(fc.stringMatching(/^[\w*' é+-]{1,8}$/), fc.stringMatching(/^[\w*' é+&=/-]{0,8}$/), {
  maxKeys: 4,
  noNullPrototype: true,
});

describe('a signature for AWS', () => {
  it('is the one that AWS’s own library makes, for 200 requests of any path, query, content, region and credentials', async () => {
    const request = fc.record({
      method: fc.constantFrom('GET', 'POST'),
      path,
      query,
      body,
      contentType: fc.constantFrom('application/xml', 'text/plain;  charset=utf-8', ' a '),
      region: fc.constantFrom('us-east-1', 'cn-northwest-1'),
      credentials: fc.record({
        accessKeyId: word,
        secretAccessKey: word,
        sessionToken: fc.option(word, { nil: undefined }),
      }),
      now,
    });
    await fc.assert(
      fc.asyncProperty(request, async ({ method, contentType, region, credentials, ...r }) => {
        const search = new URLSearchParams(r.query).toString();
        const url = `https://cloudfront.amazonaws.com${r.path}${search === '' ? '' : `?${search}`}`;
        const host = 'cloudfront.amazonaws.com';
        const theirs = await awsSignature({
          method,
          host,
          contentType,
          region,
          credentials,
          path: r.path,
          query: r.query,
          body: r.body,
          now: new Date(r.now * 1000),
        });
        const asked = {
          method,
          url,
          headers: [['content-type', contentType]] as const,
          body: r.body,
          region,
          service: 'cloudfront',
        };
        const ours = Object.fromEntries(sigv4(asked, credentials, r.now));
        for (const [name, value] of Object.entries(ours)) expect(theirs[name]).toBe(value);
      }),
      { numRuns: 200 },
    );
  });
});

describe('a signature for Akamai', () => {
  it('is the one that Akamai’s own library makes, for 200 requests of any path, content and credentials', () => {
    const request = fc.record({ path, body, token: word, secret: word, access: word, nonce: fc.uuid(), now });
    fc.assert(
      fc.property(request, (r) => {
        const host = 'https://akab-example.luna.akamaiapis.net';
        const iso = new Date(r.now * 1000).toISOString();
        const timestamp = `${iso.slice(0, 10).replaceAll('-', '')}T${iso.slice(11, 19)}+0000`;
        const credentials = { clientToken: r.token, clientSecret: r.secret, accessToken: r.access };
        const theirs = akamaiSignature({ host, path: r.path, body: r.body, credentials, nonce: r.nonce, timestamp });
        const ours = edgeGrid({ method: 'POST', url: `${host}${r.path}`, body: r.body }, credentials, r.nonce, r.now);
        expect(ours).toBe(theirs);
      }),
      { numRuns: 200 },
    );
  });
});

describe('an assertion for Google', () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = {
    client_email: 'purger@shop.iam.gserviceaccount.com',
    private_key_id: 'k1',
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
  };

  it('is signed by the key of the account, for one hour, for the token endpoint that the key names', () => {
    const assertion = googleAssertion(JSON.stringify(key), 'the-scope', 1_800_000_000.5);
    const [header = '', claims = '', signature = ''] = assertion?.split('.') ?? [];
    const read = (part: string): unknown => JSON.parse(Buffer.from(part, 'base64url').toString());
    expect(read(header)).toEqual({ alg: 'RS256', typ: 'JWT', kid: 'k1' });
    expect(read(claims)).toEqual({
      iss: key.client_email,
      scope: 'the-scope',
      aud: 'https://oauth2.googleapis.com/token',
      iat: 1_800_000_000,
      exp: 1_800_003_600,
    });
    const signed = Buffer.from(`${header}.${claims}`);
    expect(verify('RSA-SHA256', signed, publicKey, Buffer.from(signature, 'base64url'))).toBe(true);
  });

  it('is not made from what is no key, and nothing is thrown', () => {
    const wrong = ['', '{', '{}', 'null', JSON.stringify({ ...key, private_key: 'x' })];
    expect(wrong.map((text) => googleAssertion(text, 's', 0))).toEqual(wrong.map(() => undefined));
  });
});
