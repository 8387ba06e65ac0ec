// A process of its own full of hostile nodes, so that what they take is not counted as the service's. Prints a line with
// the address of each; when its input ends, a line with how often each was asked.
import { once } from 'node:events';
import { bombs } from '../hostile/bomb.ts';
import { answer, drips, floods, rawServer, sends, type Script } from '../hostile/raw-server.ts';

const MiB = 1024 * 1024;
const CHUNKED = 'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n';
const CHUNK = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
const coded = (coding: string, body: Buffer) => sends(answer(body, [`Content-Encoding: ${coding}`]));

const hostile: Readonly<Record<string, Script>> = {
  endless: floods(CHUNK, CHUNKED),
  status: sends('HTTP/1.1 banana nothing at all\r\n\r\n'),
  noise: sends(Buffer.alloc(4096, 0xff)),
  head: sends(`HTTP/1.1 200 OK\r\nX-Long: ${'a'.repeat(MiB)}\r\nContent-Length: 0\r\n\r\n`),
  lines: sends(`HTTP/1.1 200 OK\r\n${'a: b\r\n'.repeat(20_000)}Content-Length: 0\r\n\r\n`),
  interim: floods('HTTP/1.1 103 Early Hints\r\n\r\n'),
  drip: drips('x', 50, 'HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n'),
  silent: () => undefined,
  reset: (socket) => {
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nhalf of it');
    setTimeout(() => socket.resetAndDestroy(), 20);
  },
  short: sends('HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nhalf of it'),
  gzip: coded('gzip', bombs.gzip()),
  brotli: coded('br', bombs.br()),
  broken: coded('gzip', Buffer.from('no gzip at all')),
  deep: sends(answer('<div>'.repeat(200_000), ['Content-Type: text/html'])),
  hangup: (socket) => socket.destroy(),
};

const servers = await Promise.all(
  Object.entries(hostile).map(async ([name, script]) => [name, await rawServer(script)] as const),
);
console.log(JSON.stringify(Object.fromEntries(servers.map(([name, server]) => [name, server.address]))));
await once(process.stdin.resume(), 'end');
console.log(JSON.stringify(Object.fromEntries(servers.map(([name, server]) => [name, server.accepted]))));
process.exit(0);
