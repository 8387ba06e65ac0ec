// How is a Squid asked by datagram to clear a page? One HTCP CLR; what it says to it, or that nobody says anything.
import type { FieldLine } from '../../shared/http/fields.ts';
import { htcp as kind } from '../../shared/purge/htcp.ts';
import { filled, secretsIn } from './credentials.ts';
import { type ClearReply, decodeClearReply, encodeClear } from './htcp-message.ts';
import { type PurgeAnswer, type PurgeStep, purgerFor } from './purger.ts';

export const htcp = purgerFor(kind, {
  shown: (step, settings) => ({ method: 'CLR', url: urlOf(step, settings) }),
  endpoints: ({ port }, nodes) => nodes.map(({ address }) => `${new URL(address).hostname}:${port}`),
  message(step, settings, { env, nonce }) {
    const { minor, reply, port } = settings;
    const written = step.pages[0].headers;
    const fields = Object.entries(written).map(([name, value]): FieldLine => [
      name,
      filled(step, `header ${name}`, value, env),
    ]);
    return {
      over: 'udp',
      host: new URL(step.node?.address ?? step.layer.nodes[0]!.address).hostname,
      port,
      bytes: encodeClear({
        minor,
        wantsReply: reply,
        transaction: Number.parseInt(nonce.slice(0, 8), 16),
        url: urlOf(step, settings),
        fields,
        // what MediaWiki's receivers were written for
        ...(minor === 0 ? { method: 'HEAD', version: 'HTTP/1.0' } : { method: 'GET', version: 'HTTP/1.1' }),
      }),
      wantsReply: reply,
      secrets: secretsIn(Object.values(written), env),
    };
  },
  read(reply): PurgeAnswer {
    if (reply.over === 'none') return NOT_ASKED;
    if (reply.over !== 'udp') throw new Error(`a datagram was answered over ${reply.over}`);
    const said = decodeClearReply(reply.bytes);
    if (said !== undefined) return answerOf(said);
    return { outcome: 'failed', summary: 'What came back is not the reply to an HTCP CLR.' };
  },
});

const NOT_ASKED: PurgeAnswer = {
  outcome: 'unknown',
  summary: 'It was sent in a datagram that asks for no reply; whether it arrived is not known.',
};

interface Settings {
  readonly keyedAs?: string | undefined;
}

function urlOf(step: PurgeStep, { keyedAs }: Settings): string {
  const { origin, pathname, search } = new URL(step.pages[0].target.url);
  return `${keyedAs ?? origin}${pathname}${search}`;
}

const REFUSALS: readonly string[] = [
  'it wants the message to be signed',
  'it does not accept the signature',
  'it knows no CLR',
  'it speaks another major version of HTCP',
  'it speaks another minor version of HTCP; set minor: 0',
  'its configuration does not let it clear anything for this address',
];

function answerOf({ overall, code }: ClearReply): PurgeAnswer {
  if (overall) {
    const why = REFUSALS[code] ?? `it gave the code ${code}, which RFC 2756 does not name`;
    return { outcome: 'refused', summary: `It took no part of the HTCP message: ${why}.` };
  }
  switch (code) {
    case 0:
      return { outcome: 'accepted', summary: 'It answered the CLR: it had the page and removed it.' };
    case 1:
      return { outcome: 'refused', summary: 'It answered the CLR: it has the page and keeps it.' };
    case 2:
      return { outcome: 'was-not-there', summary: 'It answered the CLR: it did not have the page.' };
    default:
      return { outcome: 'failed', summary: `It answered the CLR with ${code}, which RFC 2756 does not name.` };
  }
}
