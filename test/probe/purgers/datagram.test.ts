import { createSocket, type Socket } from 'node:dgram';
import { afterEach, describe, expect, it } from 'vitest';
import { createGuard } from '../../../probe/exchange/guard.ts';
import { sendDatagram } from '../../../probe/purgers/send-datagram.ts';

const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.close();
});

async function receiver(answer?: string): Promise<number> {
  const socket = createSocket('udp4');
  sockets.push(socket);
  socket.on('message', (_, from) => {
    if (answer !== undefined) socket.send(answer, from.port, from.address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return socket.address().port;
}

const send = (port: number, wantsReply: boolean, timeout = 20) =>
  sendDatagram(
    { over: 'udp', host: '127.0.0.1', port, bytes: new Uint8Array([1, 2, 3]), wantsReply, secrets: [] },
    createGuard({ named: ['127.0.0.1'] }),
    timeout,
  );

const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;

describe('a datagram', () => {
  it('that is answered leaves no timer behind', async () => {
    const before = timers();
    const reply = await send(await receiver('ok'), true);
    expect(reply).toMatchObject({ over: 'udp' });
    expect(timers()).toBeLessThanOrEqual(before);
  });

  it('whose reply does not come may have arrived all the same', async () => {
    expect(await send(await receiver(), true, 0.2)).toMatchObject({ over: 'unanswered', sent: true });
  });

  it('that asks for no reply says nothing of what became of it', async () => {
    expect(await send(await receiver(), false)).toEqual({ over: 'none' });
  });

  it('to a port where nobody listens was not taken', async () => {
    const port = await receiver();
    sockets.pop()?.close();
    expect(await send(port, true)).toMatchObject({ over: 'unanswered', sent: false });
  });

  it('is not sent where the guard does not let it', async () => {
    const port = await receiver('ok');
    const message = {
      over: 'udp',
      host: '127.0.0.1',
      port,
      bytes: new Uint8Array(1),
      wantsReply: true,
      secrets: [],
    } as const;
    expect(await sendDatagram(message, createGuard({ named: [] }), 1)).toMatchObject({
      over: 'unanswered',
      sent: false,
    });
  });
});

it('a datagram for which there is no way out was not sent, and nothing throws', async () => {
  // to everybody, which no socket may by itself
  const message = {
    over: 'udp',
    host: '255.255.255.255',
    port: 9,
    bytes: new Uint8Array(1),
    wantsReply: true,
    secrets: [],
  };
  const reply = await sendDatagram({ ...message, over: 'udp' }, createGuard({ named: ['255.255.255.255'] }), 5);
  expect(reply).toMatchObject({ over: 'unanswered', sent: false });
});
