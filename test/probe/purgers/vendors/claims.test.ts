import { describe, expect, it } from 'vitest';
import { createExchanger } from '../../../../probe/exchange/exchange.ts';
import { createGuard } from '../../../../probe/exchange/guard.ts';
import { purgerOf } from '../../../../probe/purgers/index.ts';
import { planPurge } from '../../../../probe/purgers/plan.ts';
import { runPurge } from '../../../../probe/purgers/run.ts';
import { answerPurge } from '../../../../probe/trace/purge.ts';
import { Session } from '../../../../probe/trace/session.ts';
import type { LiveMessage, PurgeReceipt } from '../../../../shared/trace.ts';
import { type Case, contractOf, give, purgeAt, siteOf, standIn } from './contract.ts';

const contract = contractOf('google');
const one = contract.cases[0] as Case;
const operation = (status: string, error?: unknown) => ({
  status: 200,
  json: { kind: 'compute#operation', name: 'operation-17', status, ...(error === undefined ? {} : { error }) },
});

/** Takes every purge; the nth question whether it is done is answered by the nth of these, undefined: broken off. */
function telling(...later: (ReturnType<typeof operation> | undefined)[]) {
  return standIn((seen, response) => {
    const answer = seen.method === 'POST' ? operation('PENDING') : later.shift();
    if (answer === undefined) response.socket?.destroy();
    else give(response, answer);
  });
}

describe('an accepted purge', () => {
  it('is asked for until its vendor says that it is done; a question without an answer changes nothing', async () => {
    await using api = await telling(undefined, operation('DONE'));
    const { receipts, claims, told } = await purgeAt(api.url, contract, one, { untilClaimed: true });
    expect(receipts).toMatchObject([{ outcome: 'accepted', vendorId: 'operation-17' }]);
    expect(receipts[0]).not.toHaveProperty('claimedDoneAt');
    const [claimed] = await claims;
    expect(claimed?.claimedDoneAt).toBeGreaterThan(claimed?.answeredAt ?? Infinity);
    expect(claimed?.summary).toContain('Later it said that it is done.');
    expect(told.map((r) => [r.id, r.outcome, r.claimedDoneAt !== undefined])).toEqual([
      [1, 'unknown', false],
      [1, 'accepted', false],
      [1, 'accepted', true],
    ]);
    expect(api.seen.map((s) => s.method)).toEqual(['POST', 'GET', 'GET']);
  }, 20_000);

  it('stays accepted where its vendor later says that it failed, and is not called done', async () => {
    await using api = await telling(operation('DONE', { errors: [{ message: 'no' }] }));
    const { claims } = await purgeAt(api.url, contract, one, { untilClaimed: true });
    const [claimed] = await claims;
    expect(claimed?.outcome).toBe('accepted');
    expect(claimed).not.toHaveProperty('claimedDoneAt');
    expect(claimed?.summary).toContain('Later it said that it had failed.');
  }, 20_000);

  it('is no longer asked for once the run is ended, and nobody had to wait for it', async () => {
    await using api = await telling();
    const { receipts, claims } = await purgeAt(api.url, contract, one);
    expect(await claims).toEqual(receipts);
    expect(api.seen).toHaveLength(1);
  });

  it('is told in a trace as accepted once, however often its receipt is', async () => {
    await using api = await telling(operation('DONE'));
    process.env['CLOUDSDK_AUTH_ACCESS_TOKEN'] = 'canary-google-token';
    const messages: LiveMessage[] = [];
    const record = (message: LiveMessage) => Promise.resolve(messages.push(message));
    const session = new Session({ topology: siteOf(contract, one, api.url), record });
    try {
      const { receipts } = await answerPurge(session, { untilClaimed: true });
      expect(receipts).toMatchObject([{ outcome: 'accepted', claimedDoneAt: expect.any(String) as string }]);
      const said = messages.map((m) => (m.type === 'event' ? m.data.type : m.type));
      expect(said).toEqual(['receipt', 'purge-sent', 'receipt', 'purge-accepted', 'receipt']);
    } finally {
      delete process.env['CLOUDSDK_AUTH_ACCESS_TOKEN'];
      await session.close();
    }
  }, 20_000);
});

describe('a run that is ended', () => {
  it('sends no message that was only waiting for its turn', async () => {
    await using api = await telling();
    const site = siteOf(
      contract,
      { ...one, urls: Array.from({ length: 20 }, (_, i) => `https://shop.example/${i}`) },
      api.url,
    );
    const guard = createGuard({ named: [api.url] });
    const exchanger = createExchanger({ guard });
    const ending = new AbortController();
    let id = 0;
    const onReceipt = (r: PurgeReceipt) => {
      if (r.outcome === 'accepted') ending.abort();
    };
    const run = { exchanger, guard, takeId: () => ++id, env: contract.env, onReceipt, signal: ending.signal };
    const { receipts } = await runPurge(planPurge(site).steps, run);
    await exchanger.close();
    // Google takes eight a second
    expect(receipts.length).toBeLessThan(20);
    expect(api.seen.filter((s) => s.method === 'POST')).toHaveLength(receipts.length);
  });
});

describe('an operation of Azure', () => {
  it('is asked for at the configured endpoint alone, whatever address its answer names', () => {
    const azure = contractOf('azure');
    const [step] = planPurge(siteOf(azure, azure.cases[0] as Case, 'http://127.0.0.1:1')).steps;
    if (step === undefined) throw new Error('nothing to purge');
    const purger = purgerOf('azure');
    const named = 'https://elsewhere.example/operations/1?api-version=1';
    const accepted = purger.read({ over: 'http', status: 202, fields: [['Location', named]], text: '' }, step);
    const moment = { env: azure.env, now: 0, nonce: '0'.repeat(32) };
    expect(purger.progress?.message(step, accepted, moment)).toMatchObject({
      url: 'http://127.0.0.1:1/operations/1?api-version=1',
      address: 'http://127.0.0.1:1',
    });
  });
});
