// What does strata trace say, to a person and to a program, where something is wrong with a node, a purger, a page or the check?
import { existsSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { fieldOf } from '../../../shared/raw-value.ts';
import { strata } from '../cli/strata.ts';
import { certificateFor, type Certificate } from '../hostile/certificate.ts';
import { answer, floods, rawServer, sends, type Script } from '../hostile/raw-server.ts';
import {
  NEW,
  OLD,
  page,
  purgeable,
  served,
  topology,
  traced,
  type BadSite,
  type Served,
  type Told,
} from './bad-site.ts';

// each case starts two processes, and most wait until their budget is spent
vi.setConfig({ testTimeout: 120_000 });

const PURGE = 'purge: { by: http-purge }';
const HEAD = 'HTTP/1.1 200 OK\r\nX-Build: 9a01\r\n';

type Closing = { close(): Promise<void> };
type Parts = Partial<BadSite> & { readonly bad: string };

/** A site whose good edge and origin show the new build; `bad` opens what is wrong. */
const siteWith = (open: () => Promise<readonly [Parts, ...Closing[]]>) => async () => {
  const [parts, ...opened] = await open();
  const good = await served(purgeable(NEW));
  const origin = await served((_, response) => page(response, NEW));
  const all = [good, origin, ...opened];
  return {
    yaml: topology({ good: good.address, origin: origin.address, ...parts }),
    close: async () => void (await Promise.all(all.map((s) => s.close()))),
  };
};

/** `edge-bad` answers by this script. */
const scripted = (script: Script, more: Partial<BadSite> = {}) =>
  siteWith(async () => {
    const server = await rawServer(script);
    return [{ bad: server.address, ...more }, server];
  });

const notSeen = ({ document }: Told) => document.notSeen.map((n) => [n.node, ...(n.problems ?? [])]);

/** The bad edge is the only place that does not show it, for this reason. */
function expectOnlyBad(told: Told, reason: RegExp): void {
  expect(told.code).toBe(1);
  expect(notSeen(told)).toEqual([['edge-bad', expect.stringMatching(reason)]]);
  expect(told.text).toMatch(new RegExp(`edge-bad home/default: not seen within [^\\n]*${reason.source}`));
}

describe.concurrent('of a node that', () => {
  it('is down, it says so beside the others', async () => {
    const told = await traced(siteWith(async () => [{ bad: 'http://127.0.0.1:1' }]));
    expectOnlyBad(told, /no connection: connect ECONNREFUSED/);
  });

  it('has no address, it says which name was asked for', async () => {
    const told = await traced(siteWith(async () => [{ bad: 'http://no-such-host.invalid:80' }]));
    expectOnlyBad(told, /no-such-host\.invalid has no address/);
  });

  it('closes every connection, it says that no answer came', async () => {
    const told = await traced(scripted((socket) => socket.destroy()));
    expectOnlyBad(told, /closed the connection before the end of its answer/);
  });

  it('asks for patience (429, Retry-After), it says for how long and asks nothing meanwhile', async () => {
    const asked: Served[] = [];
    const told = await traced(
      siteWith(async () => {
        const server = await served((_, response) => response.writeHead(429, { 'Retry-After': '60' }).end());
        asked.push(server);
        return [{ bad: server.address }, server];
      }),
    );
    expectOnlyBad(told, /429[^\n]*60 s/);
    expect(asked.map((s) => s.asked['GET'])).toEqual([1, 1]);
  });

  it('shows the old page again after the new one, it tells of each turn and does not call it visible', async () => {
    const wavering = (builds: readonly string[], last: string) =>
      served((_, response, nth) => page(response, builds[nth - 1] ?? last));
    const told = await traced(
      siteWith(async () => {
        // the trace goes on as long as the good edge shows the old page
        const good = await wavering(Array<string>(200).fill(OLD), NEW);
        const bad = await wavering([OLD, NEW], OLD);
        return [{ bad: bad.address, good: good.address }, good, bad];
      }),
    );
    expect(told.code).toBe(1);
    const turns = told.document.flips.filter((f) => f.node === 'edge-bad').map((f) => f.back);
    expect(turns).toEqual([false, true]);
    expect(told.document.wavered).toMatchObject([{ node: 'edge-bad' }]);
    expect(told.text).toMatch(/edge-bad home\/default shows the old version again/);
  });
});

describe.concurrent('of a certificate that', () => {
  let selfSigned: Certificate;
  let otherName: Certificate;
  let expired: Certificate;
  let folder: string;
  beforeAll(async () => {
    selfSigned = certificateFor('shop.example');
    otherName = certificateFor('elsewhere.example');
    expired = certificateFor('shop.example', -1);
    folder = await mkdtemp(join(tmpdir(), 'strata-ca-'));
    await writeFile(join(folder, 'ca.pem'), otherName.cert + expired.cert);
  });
  afterAll(() => rm(folder, { recursive: true }));

  const withTls = async (certificate: Certificate, env: Record<string, string> = {}): Promise<Told> =>
    traced(
      siteWith(async () => {
        const [good, bad] = [certificateFor('shop.example'), certificate];
        const page = answer('<p>new</p>', ['X-Build: 9a01']);
        const [edge, origin, server] = await Promise.all([
          rawServer((socket) => socket.write(page), good),
          rawServer((socket) => socket.write(page)),
          rawServer((socket) => socket.write(page), bad),
        ]);
        return [{ bad: server.address, good: origin.address, origin: origin.address }, edge, origin, server];
      }),
      [],
      env,
    );

  it('nobody vouches for, it says so', async () => {
    expectOnlyBad(await withTls(selfSigned), /TLS failed: [^\n]*self-signed/);
  });

  it('is for another name, it says for which', async () => {
    const told = await withTls(otherName, { NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem') });
    expectOnlyBad(told, /TLS failed: [^\n]*elsewhere\.example/);
  });

  it('has run out, it says so', async () => {
    const told = await withTls(expired, { NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem') });
    expectOnlyBad(told, /TLS failed: [^\n]*expired/);
  });
});

/** `edge-bad` shows the old page and answers its purge by this script. */
const purger = (answering: Script) =>
  scripted(
    (socket, head) => {
      if (head.startsWith('PURGE ')) answering(socket, head);
      else socket.write(answer('<p>old</p>', ['X-Build: 4f2c', 'Cache-Control: max-age=300']));
    },
    { more: PURGE },
  );

describe.concurrent('of a purge that', () => {
  const outcome = ({ document }: Told) =>
    (document.receipts ?? []).filter((r) => r.node === 'edge-bad').map((r) => r.outcome);
  const ofBad = (told: Told, sentence: RegExp) => {
    const receipts = (told.document.receipts ?? []).filter((r) => r.node === 'edge-bad');
    expect(receipts.map((r) => r.summary)).toEqual([expect.stringMatching(sentence)]);
    expect(told.text).toMatch(new RegExp(`edge-bad home/default: [^\\n]*${sentence.source}`));
    expect(told.code).toBe(1);
  };

  it('is refused (403), it says by whom', async () => {
    const told = await traced(purger(sends(answer('no', [], '403 Forbidden'))), ['--purge']);
    expect(outcome(told)).toEqual(['refused']);
    ofBad(told, /answered 403: it does not take this purge from here/);
  });

  it('comes too soon (429, Retry-After), it says how long to wait and does not send it again', async () => {
    const told = await traced(purger(sends(answer('', ['Retry-After: 7'], '429 Too Many Requests'))), ['--purge']);
    expect(outcome(told)).toEqual(['refused']);
    ofBad(told, /answered 429: too many purges, and asks to wait 7 s/);
  });

  it('is taken and never answered, it ends by --timeout and does not claim to know', async () => {
    const told = await traced(
      purger(() => undefined),
      ['--purge', '--timeout', '1s'],
    );
    expect(outcome(told)).toEqual(['unknown']);
    ofBad(told, /whether it was done is not known, and it is not sent again by itself/);
  });

  it('is answered with noise, it quotes the noise and does not claim to know', async () => {
    const told = await traced(purger(sends('HTTP/1.1 banana nothing at all\r\n\r\n')), ['--purge']);
    expect(outcome(told)).toEqual(['unknown']);
    ofBad(told, /this is not HTTP\/1\.1[^\n]*banana[^\n]*not known/);
  });

  it('is answered without end, it stops reading', async () => {
    const endless = floods('x'.repeat(0x10000), `${HEAD}Content-Length: 99999999999\r\n\r\n`);
    const told = await traced(purger(endless), ['--purge', '--budget', '8s']);
    expect(outcome(told)).toEqual(['unknown']);
    ofBad(told, /larger than[^\n]*not known/);
  });

  it('no layer can be sent, it says what is missing before it asks anybody', async () => {
    const asked: Served[] = [];
    const site = siteWith(async () => {
      const server = await served((_, response) => page(response, NEW));
      asked.push(server);
      return [{ bad: server.address }, server];
    });
    const { yaml, close } = await site();
    const folder = await mkdtemp(join(tmpdir(), 'strata-bad-'));
    await writeFile(join(folder, 'strata.yaml'), yaml);
    const ended = await strata(['trace', '--expect', NEW, '--purge'], { cwd: folder });
    await close();
    await rm(folder, { recursive: true });
    expect(ended).toEqual({
      code: 2,
      stdout: '',
      stderr: 'strata: --purge needs a layer that says how to purge it: "purge: { by: http-purge }" in the topology.\n',
    });
    expect(asked.map((s) => s.asked['GET'])).toEqual([undefined]);
  });
});

describe.concurrent('of a check that', () => {
  it('takes for ever to find its marker, it gives the page up and goes on with the others', async () => {
    const told = await traced(
      scripted(sends(answer(`${'a'.repeat(50_000)}!`, ['Content-Type: text/html'])), {
        marker: '{ regex: "build (9a01)|^(a+)+$" }',
      }),
      ['--budget', '15s'],
    );
    expectOnlyBad(told, /reading the page took longer than 2 s: it was given up/);
  });

  it('waits for what no origin ever shows, it says so and ends with 3', async () => {
    const told = await traced(
      siteWith(async () => [{ bad: 'http://127.0.0.1:1' }]),
      ['--expect', 'beef'],
    );
    expect(told.code).toBe(3);
    expect(told.text).toContain('not every origin served beef while the trace ran');
    expect(told.document.events).toEqual([]);
    expect(told.document.flips).toEqual([]);
  });

  it('waits for what is there already, it says that nothing was seen to change', async () => {
    const told = await traced(
      siteWith(async () => {
        const server = await served((_, response) => page(response, NEW));
        return [{ bad: server.address }, server];
      }),
    );
    expect(told.code).toBe(0);
    expect(told.document.flips).toEqual([]);
    expect(told.text).toMatch(/already/);
  });
});

describe.concurrent('of a clock that is put an hour forward in mid-trace', () => {
  it('nothing is seen: durations are those of the clock that nobody can put', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'strata-clock-'));
    const file = join(folder, 'stepped.mjs');
    const sign = join(folder, 'now');
    await writeFile(
      file,
      `import { existsSync } from 'node:fs';
let step = 0;
setInterval(() => { if (existsSync(${JSON.stringify(sign)})) step = 3_600_000; }, 20).unref();
const real = Date.now;
Date.now = () => real() + step;`,
    );
    const before = Date.now();
    const told = await traced(
      siteWith(async () => {
        const server = await served((_, response, nth) => {
          if (nth === 2) writeFileSync(sign, '');
          page(response, OLD);
        });
        return [{ bad: server.address }, server];
      }),
      [],
      { NODE_OPTIONS: `--import ${file}` },
    );
    expect(existsSync(sign)).toBe(true);
    await rm(folder, { recursive: true });
    const { startedAt, endedAt, notSeen: unseen } = told.document;
    const seconds = (Date.parse(endedAt) - Date.parse(startedAt)) / 1000;
    expect(seconds).toBeLessThan(60);
    expect(unseen.map((n) => [n.node, n.withinSeconds < 60])).toEqual([['edge-bad', true]]);
    expect(Date.parse(startedAt)).toBeGreaterThanOrEqual(before);
    expect(fieldOf(told.lines.at(-1), 'ended')).toBe('budget');
  });
});
