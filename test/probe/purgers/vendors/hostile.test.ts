import { generateKeyPairSync } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { purgerOf } from '../../../../probe/purgers/index.ts';
import { planPurge } from '../../../../probe/purgers/plan.ts';
import type { PurgeReply } from '../../../../probe/purgers/purger.ts';
import { ConfigError } from '../../../../shared/config-problem.ts';
import { type Case, contractOf, give, purgeAt, type Seen, siteOf, standIn, VENDORS } from './contract.ts';

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const KEY = { GOOGLE_CREDENTIALS: JSON.stringify({ client_email: 'canary@shop.example', private_key: pem }) };

const first = (vendor: string): Case => contractOf(vendor).cases[0] as Case;
const withLogin = (vendor: string): Case => {
  const one = contractOf(vendor).cases.find((c) => c.login !== undefined);
  if (one === undefined) throw new Error(`${vendor} has no login`);
  return { ...one, ...(vendor === 'google' && { env: KEY }) };
};

/** Text that is not what an API says: noise, JSON of any kind, or a documented answer that was cut off. */
function garbage(vendor: string): fc.Arbitrary<string> {
  const documented = contractOf(vendor).cases.flatMap((c) =>
    c.answers.map((a) => (a.text ?? JSON.stringify(a.json) ?? '').trim()),
  );
  const cut = fc
    .tuple(
      fc.constantFrom('<html></html>', ...documented.filter((text) => text.length > 1)),
      fc.double({ min: 0, max: 1, noNaN: true }),
    )
    .map(([text, part]) => text.slice(0, Math.floor((text.length - 1) * part)));
  // without content, Azure's 200 is an answer
  return fc.oneof(fc.string({ unit: 'binary', maxLength: 300 }), fc.json(), cut).filter((text) => text.trim() !== '');
}

const status = fc.oneof(
  fc.constantFrom(200, 201, 202, 204, 400, 403, 404, 429, 500, 503),
  fc.integer({ min: 100, max: 599 }),
);
const fields = fc.array(
  fc.tuple(fc.constantFrom('retry-after', 'location', 'azure-asyncoperation', 'date'), fc.string({ maxLength: 30 })),
  { maxLength: 3 },
);

function stepOf(vendor: string, one: Case) {
  const [step] = planPurge(siteOf(contractOf(vendor), one, 'http://127.0.0.1:1')).steps;
  if (step === undefined) throw new Error('nothing to purge');
  return step;
}

describe.each(VENDORS)('%s', (vendor) => {
  const contract = contractOf(vendor);

  it('is believed in none of 500 answers that its API does not give, and none makes it throw', () => {
    const purger = purgerOf(String(contract.purge['by']));
    const steps = contract.cases.map((one) => stepOf(vendor, one));
    fc.assert(
      fc.property(fc.constantFrom(...steps), status, fields, garbage(vendor), (step, code, lines, text) => {
        const reply: PurgeReply = { over: 'http', status: code, fields: lines, text };
        const answer = purger.read(reply, step);
        const byStatus = contract.byStatus === true && code >= 200 && code < 300;
        if (!byStatus) expect(answer.outcome).not.toBe('accepted');
        expect(answer.summary.length).toBeLessThan(600);
        expect(purger.progress?.read(reply)).not.toBe(code === 204 ? 'failed' : 'done');
        expect(purger.login?.read(reply) ?? { problem: '' }).toHaveProperty('problem');
      }),
      { numRuns: 500 },
    );
  });

  it('that hangs, or breaks off, leaves it unknown whether the purge was done', async () => {
    const silent = (_: Seen, response: ServerResponse) => void response;
    const broken = (_: Seen, response: ServerResponse) => void response.socket?.destroy();
    const inMid = (_: Seen, response: ServerResponse) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('{"status":"ok"', () => response.socket?.destroy());
    };
    for (const respond of [silent, broken, inMid]) {
      await using api = await standIn(respond);
      const { receipts } = await purgeAt(api.url, contract, first(vendor), { timeout: 0.3 });
      expect(receipts.map((r) => r.outcome)).toEqual(['unknown']);
      expect(api.seen).toHaveLength(1);
    }
  });

  it('that is not there has not been asked', async () => {
    const { receipts } = await purgeAt('http://127.0.0.1:1', contract, first(vendor));
    expect(receipts).toMatchObject([{ outcome: 'failed', summary: expect.stringContaining('was not sent') as string }]);
  });

  it.each([
    ['as it is', (answer: Echo) => answer],
    ['as JSON may also write it', escaped],
  ])('cannot make a credential appear in a plan or a receipt by sending it back %s', async (_, form) => {
    for (const code of [200, 201, 202, 400, 401, 403, 500]) {
      for (const one of contract.cases) {
        const env = one.env?.['GOOGLE_CREDENTIALS'] === undefined ? {} : KEY;
        await using api = await standIn((seen, response) => {
          if (one.login !== undefined && seen.path === one.login.request.path) give(response, one.login.answer);
          else give(response, { status: code, ...form(echo(seen, one.env ?? {})) });
        });
        const { receipts, told } = await purgeAt(api.url, contract, one, { env });
        const plan = planPurge(siteOf(contract, one, api.url)).steps.map((s) => purgerOf(s.purge.by).shown(s));
        const shown = JSON.stringify([receipts, told, plan]);
        expect(shown).not.toContain('canary');
        expect(shown).not.toContain(pem.split('\n')[1]);
        for (const { headers } of api.seen) expect(shown).not.toContain(headers.authorization ?? 'nothing');
      }
    }
  });

  it('is read right where a credential is also a word of its answer', async () => {
    const one = first(vendor);
    const answer = one.answers.find((a) => a.means.outcome === 'accepted');
    for (const value of ['ok', 'Id', 'success', 'purgeId']) {
      await using api = await standIn((_, response) => give(response, answer ?? { status: 500 }));
      const env = Object.fromEntries(Object.keys(contract.env).map((name) => [name, value]));
      const { receipts } = await purgeAt(api.url, contract, one, { env });
      expect(receipts.map((r) => r.outcome)).toEqual(['accepted']);
    }
  });

  it('is not asked without its credentials, and the error names the variable alone', async () => {
    await using api = await standIn((_, response) => give(response, { status: 200 }));
    for (const missing of Object.keys(contract.env).filter((name) => contract.optional?.includes(name) !== true)) {
      const without = purgeAt(api.url, contract, first(vendor), { env: { [missing]: undefined } });
      await expect(without).rejects.toThrow(ConfigError);
      await expect(without).rejects.toThrow(`needs the environment variable ${missing} for its`);
      await expect(without).rejects.not.toThrow('canary');
    }
    expect(api.seen).toEqual([]);
  });
});

interface Echo {
  readonly text: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** Every credential with its first letter by number, in answers short enough that nothing of them is left out. */
const escaped = ({ text, fields }: Echo): Echo => ({
  text: text.replaceAll(/x{280}/g, '').replaceAll('canary', String.raw`\u0063anary`),
  fields,
});

/** Everything that was sent, in every place where an API says something. */
function echo({ headers, body }: Seen, env: Case['env'] & {}): Echo {
  const sent = `${JSON.stringify(headers)} ${body} ${Object.values(env).join(' ')}`;
  const token = (headers.authorization ?? String(headers['fastly-key'])).replace('Bearer ', '');
  const json = {
    status: 'ok',
    id: token,
    msg: sent,
    detail: sent,
    title: sent,
    httpStatus: 403,
    purgeId: token,
    key_1: token,
    key_2: token,
    success: false,
    errors: [{ code: 1, message: sent }],
    result: { id: token },
    error: { code: token, message: `${'x'.repeat(280)}${sent}`, errors: [{ message: sent }] },
    kind: 'compute#operation',
    name: token,
  };
  const xml = `<ErrorResponse><Error><Code>${token}</Code><Message>${token}</Message></Error></ErrorResponse>`;
  const fields = { 'azure-asyncoperation': `https://a.example/${encodeURIComponent(token)}`, 'retry-after': token };
  return headers['content-type'] === 'application/xml' ? { text: xml, fields } : { text: JSON.stringify(json), fields };
}

describe.each(['google', 'azure'])('the login at %s', (vendor) => {
  const contract = contractOf(vendor);

  it('that is refused is not tried again, and its purge is not sent', async () => {
    const sentence = 'canary and why';
    await using api = await standIn((_, response) =>
      give(response, { status: 400, json: { error: 'invalid_grant', error_description: sentence } }),
    );
    const { receipts } = await purgeAt(api.url, contract, withLogin(vendor));
    expect(api.seen.map((s) => s.path)).toEqual([withLogin(vendor).login?.request.path]);
    expect(receipts).toMatchObject([
      { outcome: 'failed', summary: 'It was not sent: the login was answered with 400 (invalid_grant) and no token.' },
    ]);
  });

  it('that hangs keeps the purge from being sent', async () => {
    await using api = await standIn((_, response) => void response);
    const { receipts } = await purgeAt(api.url, contract, withLogin(vendor), { timeout: 0.3 });
    expect(api.seen).toHaveLength(1);
    expect(receipts).toMatchObject([
      { outcome: 'failed', summary: expect.stringContaining('no token was got') as string },
    ]);
  });
});

it('a service account key that is none is named by its variable and not quoted', async () => {
  const contract = contractOf('google');
  const env = { GOOGLE_CREDENTIALS: '{"private_key":"canary"}' };
  const refused = purgeAt('http://127.0.0.1:1', contract, withLogin('google'), { env });
  await expect(refused).rejects.toThrow('needs a service account key in ${GOOGLE_CREDENTIALS}');
  await expect(refused).rejects.not.toThrow('canary');
});
