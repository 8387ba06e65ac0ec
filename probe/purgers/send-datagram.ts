// How is a purge sent that travels in one datagram? Once, and whoever was asked to answer is waited for.
import { createSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { Guard } from '../exchange/guard.ts';
import type { Datagram, PurgeReply } from './purger.ts';
import type { Unanswered } from './send.ts';

/** How long the network is given to say that nobody listens there, where no reply was asked for. Seconds. */
const TO_COMPLAIN = 0.1;

/** A lost datagram and a lost reply look the same: then it is not known what became of it. */
export async function sendDatagram(
  { host, port, bytes, wantsReply }: Datagram,
  guard: Guard,
  timeout: number,
): Promise<PurgeReply | Unanswered> {
  const admission = await guard.admit(host, port);
  if (!admission.admitted) return { over: 'unanswered', sent: false, message: admission.message };
  const socket = createSocket(isIPv6(admission.ip) ? 'udp6' : 'udp4');
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise((resolve) => {
      const unanswered = (sent: boolean, message: string) => resolve({ over: 'unanswered', sent, message });
      // it did not leave, or somebody on its way says that it did not arrive
      const failed = ({ code, message }: NodeJS.ErrnoException) =>
        unanswered(false, `${host}:${port} took no datagram (${code ?? message})`);
      // a connected socket hears only the one it was sent to
      socket.on('message', (reply) => resolve({ over: 'udp', bytes: reply }));
      socket.on('error', failed);
      socket.on('connect', () => socket.send(bytes));
      socket.connect(port, admission.ip, (error?: NodeJS.ErrnoException) => error && failed(error));
      timer = setTimeout(
        () =>
          wantsReply
            ? unanswered(true, `${host}:${port} sent no reply within ${timeout} s`)
            : resolve({ over: 'none' }),
        (wantsReply ? timeout : TO_COMPLAIN) * 1000,
      );
    });
  } finally {
    clearTimeout(timer);
    socket.close();
  }
}
