// How much may be asked about one page? So many requests and bytes, through one guard, each over a connection of its own.
import { hopsOf } from '../../shared/explain.ts';
import type { FieldLine } from '../../shared/http/fields.ts';
import type { Answered } from '../../shared/notes/answered.ts';
import type { Ask, Exchanged, Exchanger } from '../exchange/exchange.ts';
import { recordedFrom } from './followed.ts';

const MiB = 1024 * 1024;
/** Requests of all active checks together, without those for assets. */
export const MOST_REQUESTS = 24;
/** Bytes of content of all of them together, assets too. */
const MOST_BYTES = 48 * MiB;
const MOST_OF_ONE = 8 * MiB;

export interface Wish extends Pick<Ask, 'method' | 'read' | 'headOnly'> {
  /** Instead of the page. */
  readonly url?: string;
  readonly headers?: readonly FieldLine[];
}

/** Asks about one page, and keeps what was answered. */
export class Inquiry {
  readonly url: string;
  readonly exchanges: Exchanged[] = [];
  readonly #exchanger: Exchanger;
  readonly #timeout: number | undefined;
  #requests: number;
  #bytes = MOST_BYTES;

  /** @param timeout seconds for one request */
  constructor(url: string, exchanger: Exchanger, timeout: number | undefined, requests = MOST_REQUESTS) {
    this.url = url;
    this.#exchanger = exchanger;
    this.#timeout = timeout;
    this.#requests = requests;
  }

  /** Undefined where nothing was answered, or no more may be asked. */
  async ask(wish: Wish = {}): Promise<Answered | undefined> {
    return (await this.asked(wish))?.answered;
  }

  /** The same, with all that the exchange found. */
  async asked({ url = this.url, ...wish }: Wish): Promise<{ answered: Answered; exchanged: Exchanged } | undefined> {
    if (this.#requests === 0 || this.#bytes <= 0) return undefined;
    this.#requests -= 1;
    const limits = {
      bodyBytes: Math.min(MOST_OF_ONE, this.#bytes),
      ...(this.#timeout === undefined ? {} : { total: this.#timeout }),
    };
    const exchanged = await this.#exchanger.exchange({ ...wish, url, address: new URL(url).origin, limits });
    this.exchanges.push(exchanged);
    const { result } = exchanged;
    if (result.kind === 'failure') return undefined;
    this.#bytes -= result.bytes;
    const response = recordedFrom(exchanged, url);
    const answered: Answered = {
      response,
      hops: hopsOf(response),
      ...(result.digest !== undefined && { digest: result.digest }),
    };
    return { answered, exchanged };
  }
}
