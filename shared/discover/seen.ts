// What was seen of a site from outside? Answers over new connections, addresses, redirects: evidence and nothing else.
import type { FieldLines } from '../http/fields.ts';
import type { Instant } from '../model/interval.ts';

/** One answer of the page over a connection of its own. */
export interface Sighting {
  /** The IP address that the connection went to, or the node's name for it. */
  readonly ip: string;
  readonly responseTime: Instant;
  readonly status: number;
  readonly fields: FieldLines;
  /** `sha256:` and 64 hex digits over the decoded body; absent where the body is empty or was not waited for. */
  readonly digest?: string;
  /** The beginning of the decoded body, as text. */
  readonly text?: string;
}

export interface Address {
  readonly ip: string;
  /** `scheme://host:port` of the connection, where it is not the page's own. */
  readonly at?: string;
  /** Why nothing was answered there; absent where something was, or nothing was asked. One sentence part. */
  readonly problem?: string;
  /** It was left alone: there are more addresses than connections. */
  readonly notAsked?: true;
}

export interface Seen {
  /** What was typed. */
  readonly asked: string;
  /** Where the redirects end: the page itself. */
  readonly url: string;
  /** Every address that the name of `url` has, or the one that `url` names. */
  readonly addresses: readonly Address[];
  /** In the order of time, never empty. */
  readonly sightings: readonly Sighting[];
}
