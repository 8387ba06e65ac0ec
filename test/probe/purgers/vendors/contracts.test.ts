import { generateKeyPairSync, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { purgerOf } from '../../../../probe/purgers/index.ts';
import { planPurge } from '../../../../probe/purgers/plan.ts';
import type { HttpMessage } from '../../../../probe/purgers/purger.ts';
import {
  answering,
  type Case,
  contractOf,
  purgeAt,
  type Seen,
  siteOf,
  standIn,
  VENDORS,
  type Wanted,
} from './contract.ts';
import { akamaiSignature, awsSignature } from './vendor-signatures.ts';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const serviceAccountKey = JSON.stringify({
  client_email: 'purger@shop.iam.gserviceaccount.com',
  private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
});
const KEY = { GOOGLE_CREDENTIALS: serviceAccountKey };

const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}';

/** `{uuid}` and `{nonce}` stand for what is new each time. */
function fits(written: string, seen: string): boolean {
  const literal = written.replaceAll(/[.*+?^$()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`^${literal.replace('{uuid}', UUID).replace('{nonce}', '[0-9a-f]{32}')}$`).test(seen);
}

async function expectRequest(seen: Seen | undefined, wanted: Wanted, env: Case['env'] = {}): Promise<void> {
  if (seen === undefined) throw new Error('nothing was asked');
  expect(seen.method).toBe(wanted.method);
  if (!fits(wanted.path, seen.path)) expect(seen.path).toBe(wanted.path);
  for (const [name, value] of Object.entries(wanted.fields ?? {})) expect(seen.headers[name]).toBe(value ?? undefined);
  if (wanted.json !== undefined) expect(JSON.parse(seen.body)).toEqual(wanted.json);
  else if (wanted.text === undefined) expect(seen.body === '' || wanted.signed === 'assertion').toBe(true);
  else if (!fits(wanted.text, seen.body)) expect(seen.body).toBe(wanted.text);
  await expectSignature(seen, wanted.signed, env);
}

async function expectSignature(seen: Seen, how: Wanted['signed'], env: Case['env'] = {}): Promise<void> {
  const { authorization = '', host = '' } = seen.headers;
  switch (how) {
    case 'sigv4': {
      const [, y, mo, d, h, mi, s] =
        /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(String(seen.headers['x-amz-date'])) ?? [];
      const theirs = await awsSignature({
        method: seen.method,
        host,
        path: seen.path,
        contentType: seen.headers['content-type'],
        acceptEncoding: String(seen.headers['accept-encoding']),
        body: seen.body,
        region: 'us-east-1',
        credentials: {
          accessKeyId: env['AWS_ACCESS_KEY_ID'] ?? '',
          secretAccessKey: env['AWS_SECRET_ACCESS_KEY'] ?? '',
          sessionToken: env['AWS_SESSION_TOKEN'],
        },
        now: new Date(`${y}-${mo}-${d}T${h}:${mi}:${s}Z`),
      });
      expect(authorization).toBe(theirs['authorization']);
      return;
    }
    case 'edgegrid': {
      const [, timestamp = '', nonce = ''] = /timestamp=([^;]+);nonce=([^;]+);/.exec(authorization) ?? [];
      const credentials = {
        clientToken: env['AKAMAI_CLIENT_TOKEN'] ?? '',
        clientSecret: env['AKAMAI_CLIENT_SECRET'] ?? '',
        accessToken: env['AKAMAI_ACCESS_TOKEN'] ?? '',
      };
      const { path, body } = seen;
      expect(authorization).toBe(
        akamaiSignature({ host: `http://${host}`, path, body, credentials, nonce, timestamp }),
      );
      return;
    }
    case 'assertion': {
      const form = new URLSearchParams(seen.body);
      expect(form.get('grant_type')).toBe('urn:ietf:params:oauth:grant-type:jwt-bearer');
      const [header = '', claims = '', signature = ''] = form.get('assertion')?.split('.') ?? [];
      const signed = Buffer.from(`${header}.${claims}`);
      expect(verify('RSA-SHA256', signed, publicKey, Buffer.from(signature, 'base64url'))).toBe(true);
      return;
    }
    case undefined:
      return;
  }
}

describe.each(VENDORS)('%s', (vendor) => {
  const contract = contractOf(vendor);

  for (const one of contract.cases) {
    it(one.it, async () => {
      for (const answer of one.answers) {
        await using api = await standIn(answering(one, answer));
        const env = { ...contract.env, ...one.env, ...(one.env?.['GOOGLE_CREDENTIALS'] !== undefined && KEY) };
        const { receipts } = await purgeAt(api.url, contract, one, { env });
        const wanted = one.login === undefined ? [one.request] : [one.login.request, one.request];
        expect(api.seen).toHaveLength(wanted.length);
        for (const [i, request] of wanted.entries()) await expectRequest(api.seen[i], request, env);
        const { says, ...meaning } = answer.means;
        expect(receipts).toHaveLength(1);
        expect(receipts[0]).toMatchObject({ ...meaning, status: answer.status });
        if (says !== undefined) expect(receipts[0]?.summary).toContain(says);
      }
    });
  }

  if (contract.cases.every((c) => c.later === undefined)) return;

  it('says later what became of it', async () => {
    for (const one of contract.cases) {
      for (const answer of one.later?.answers ?? []) {
        const topology = siteOf(contract, one, 'http://127.0.0.1:1');
        const [step] = planPurge(topology).steps;
        const accepted = one.answers.find((a) => a.means.outcome === 'accepted')?.means;
        if (step === undefined || accepted?.vendorId === undefined) throw new Error('nothing to ask for');
        const { progress } = purgerOf(step.purge.by);
        const env = { ...contract.env, ...one.env };
        const moment = { env, now: 1_800_000_000, nonce: '0'.repeat(32) };
        const { vendorId } = accepted;
        const message = progress?.message(step, { outcome: 'accepted', summary: '', vendorId }, moment) as HttpMessage;
        const url = new URL(message.url);
        const headers = { host: url.host, ...Object.fromEntries(message.headers) };
        await expectRequest(
          { method: message.method, path: `${url.pathname}${url.search}`, headers, body: message.body ?? '' },
          one.later?.request ?? one.request,
          env,
        );
        const text = answer.text ?? JSON.stringify(answer.json);
        expect(progress?.read({ over: 'http', status: answer.status, fields: [], text })).toBe(answer.means);
      }
    }
  });
});
