// How does one connect to exactly the address that was asked for, and see what the HTTP client does not tell?
import { connect as connectTcp, isIP } from 'node:net';
import type { Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import { connect as connectTls } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import { Client } from 'undici';
import type { buildConnector } from 'undici';
import { ExchangeError, failure } from './failure.ts';
import type { Phase } from './failure.ts';
import { sameAddress } from './guard.ts';
import type { Guard } from './guard.ts';
import { Opening } from './opening.ts';
import { portOf } from './redirect.ts';

export interface Destination {
  /** Where to connect. */
  readonly address: URL;
  /** Whose certificate and name: Host and SNI are this URL's. */
  readonly url: URL;
  readonly guard: Guard;
  /** PEM certificates trusted besides the system's. */
  readonly ca?: string;
  /** Bytes of field names and values in one head. */
  readonly headBytes: number;
}

/** Seconds of the phases that the last connection went through. */
export interface ConnectTimings {
  dns?: number;
  connect?: number;
  tls?: number;
}

/** One HTTP client on at most one connection at a time, and what was seen on its wire. */
export class Line {
  readonly client: Client;
  readonly #to: Destination;
  #socket: Socket | undefined;
  #closed = false;
  #timings: ConnectTimings | undefined;
  /** Of the response that is being waited for. */
  readonly opening = new Opening();
  /** Whoever waits for the connection hears its phases. */
  onPhase: ((phase: Phase) => void) | undefined;

  constructor(to: Destination) {
    this.#to = to;
    this.client = new Client(`${to.address.protocol}//${to.url.host}`, {
      pipelining: 1,
      maxHeaderSize: to.headBytes,
      // our own watchdog keeps time: these two are renewed by interim responses and by every dripped byte
      headersTimeout: 0,
      bodyTimeout: 0,
      // shorter than any server's own, which would close under a request just sent
      keepAliveTimeout: 2500,
      connect: (_, done) => void this.#connect(done),
    });
  }

  /** The connect phases since the last call: none where a connection was used again. */
  takeTimings(): ConnectTimings | undefined {
    const taken = this.#timings;
    this.#timings = undefined;
    return taken;
  }

  /** Ends the connection after a complete exchange. */
  hangUp(): void {
    this.#closed = true;
    this.#socket?.destroy();
  }

  /** Ends the connection, also one that is still being made. The client gives up what it was doing with `error`. */
  destroy(error?: Error): void {
    this.#closed = true;
    this.client.destroy(error ?? null, () => {});
    this.#socket?.destroy();
  }

  async #connect(done: buildConnector.Callback): Promise<void> {
    let socket: Socket;
    try {
      socket = await this.#dial();
    } catch (error) {
      this.#socket?.destroy();
      done(error instanceof Error ? error : new Error(String(error)), null);
      return;
    }
    done(null, socket);
  }

  async #dial(): Promise<Socket> {
    const timings: ConnectTimings = {};
    this.#timings = timings;
    const { address, url, guard } = this.#to;
    const port = portOf(address);
    this.onPhase?.('resolve');
    const asked = performance.now();
    const admission = await guard.admit(address.hostname, port);
    if (!admission.admitted) throw new ExchangeError(failure(admission.why, 'resolve', admission.message));
    const start = performance.now();
    if (admission.resolved) timings.dns = (start - asked) / 1000;
    if (this.#closed) throw new ExchangeError(failure('aborted', 'resolve', 'given up while the name was resolved'));

    this.onPhase?.('connect');
    const socket = connectTcp({ host: admission.ip, port, autoSelectFamily: false, noDelay: true });
    this.#socket = socket;
    await settled(socket, 'connect');
    const connected = performance.now();
    timings.connect = (connected - start) / 1000;
    if (!sameAddress(socket.remoteAddress ?? '', admission.ip)) {
      const where = `connected to ${socket.remoteAddress ?? 'nowhere'} instead of ${admission.ip}`;
      throw new ExchangeError(failure('address-refused', 'connect', where));
    }
    if (address.protocol !== 'https:') return this.#tapped(socket);

    this.onPhase?.('tls');
    const secure = secured(socket, url.hostname, this.#to.ca);
    this.#socket = secure;
    await settled(secure, 'secureConnect');
    timings.tls = (performance.now() - connected) / 1000;
    return this.#tapped(secure);
  }

  #tapped(socket: Socket): Socket {
    const read = socket.read.bind(socket);
    socket.read = (size?: number): unknown => {
      const chunk: unknown = read(size);
      if (Buffer.isBuffer(chunk)) this.opening.add(chunk);
      return chunk;
    };
    return socket;
  }
}

/** SNI carries names only (RFC 6066 section 3); the certificate is checked against the URL's host either way. */
function secured(socket: Socket, hostname: string, ca: string | undefined): TLSSocket {
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  return connectTls({
    socket,
    host,
    ALPNProtocols: ['http/1.1'],
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(ca === undefined ? {} : { ca }),
  });
}

function settled(socket: Socket, event: 'connect' | 'secureConnect'): Promise<void> {
  return new Promise((resolve, reject) => {
    // stays: between this event and undici's own listener an error must find one
    socket.on('error', reject);
    socket.once('close', () => reject(new Error('the server closed the connection')));
    socket.once(event, () => resolve());
  });
}
