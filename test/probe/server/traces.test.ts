import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tracesDocument } from '../../../shared/api.ts';
import { traceIn } from '../../../shared/trace-file.ts';
import { beginRun, type RecordedRun } from '../../../probe/store/runs.ts';
import { observation, said, topology } from '../store/sample.ts';
import { ask, bearer, startBench, type Bench } from './bench.ts';

let bench: Bench;
let finished: RecordedRun;
let open: RecordedRun;
beforeAll(async () => {
  bench = await startBench();
  finished = await beginRun(bench.data, { run: { kind: 'trace', expect: '4f2c' }, topology, startedAt: 2000 });
  await finished.record(observation(1, 2001));
  await finished.end(said);
  open = await beginRun(bench.data, { run: { kind: 'wait', expect: '9a9a' }, topology, startedAt: 3000 });
});
afterAll(async () => {
  await open.end();
  await bench.close();
});

const listed = async (query = ''): Promise<string[]> => {
  const { json } = await ask(bench, 'GET', `/api/v1/traces${query}`);
  return tracesDocument.parse(json).traces.map((t) => `${t.kind} ${t.state}`);
};
const one = (id: string, query = '') => ask(bench, 'GET', `/api/v1/traces/${id}${query}`);

describe('the history over HTTP', () => {
  it('lists what commands, deploys and the service recorded, also what is under way', async () => {
    expect(await listed()).toEqual(['wait running', 'trace finished', 'serve running']);
  });

  it.each([
    ['?kind=trace', ['trace finished']],
    ['?search=9A9A', ['wait running']],
    ['?target=home&limit=1', ['wait running']],
    ['?target=cart', []],
    ['?layer=edge', ['wait running', 'trace finished', 'serve running']],
    [`?until=${new Date(1_500_000).toISOString()}`, ['serve running']],
  ])('%s: all of it must fit', async (query, expected) => {
    expect(await listed(query)).toEqual(expected);
  });

  it.each(['?limit=0', '?limit=many', '?since=yesterday', '?kind=look', '?tarjet=home'])(
    '%s is refused',
    async (query) => {
      const { status, json } = await ask(bench, 'GET', `/api/v1/traces${query}`);
      expect([status, json['type']]).toEqual([400, 'urn:strata:problem:invalid-request']);
    },
  );

  it('gives each trace as its file, or as a HAR to be saved', async () => {
    expect(traceIn((await one(finished.id)).json)).toMatchObject({
      trace: { id: finished.id, run: { expect: '4f2c' }, summary: said },
    });
    const har = await one(finished.id, '?format=har');
    expect(har.headers['content-disposition']).toBe(`attachment; filename="strata-${finished.id}.har"`);
    expect(har.json).toMatchObject({ log: { version: '1.2', entries: [{ request: { method: 'GET' } }] } });
    expect((await one(bench.engine.traceId)).json['id']).toBe(bench.engine.traceId);
  });

  it('does not read what is still being recorded elsewhere, nor what is not there', async () => {
    expect((await one(open.id)).status).toBe(409);
    expect((await one('nobody')).status).toBe(404);
    expect((await one('..%2f..%2fetc')).status).toBe(404);
  });

  it('drops one for good, only with the token, and never what is being recorded', async () => {
    const drop = (id: string, headers = {}) => ask(bench, 'DELETE', `/api/v1/traces/${id}`, headers);
    expect((await drop(finished.id)).status).toBe(401);
    expect((await drop(open.id, bearer)).status).toBe(409);
    expect((await drop(bench.engine.traceId, bearer)).status).toBe(409);
    expect((await drop(finished.id, bearer)).json).toEqual({ strata: 1, verb: 'forgotten', trace: finished.id });
    expect((await drop(finished.id, bearer)).status).toBe(404);
    expect(await listed('?kind=trace')).toEqual([]);
  });
});
