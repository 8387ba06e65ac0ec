// What must be known of a way to purge? Which message carries out a step, and how its reply is read.
import type { z } from 'zod';
import type { FieldLine } from '../../shared/http/fields.ts';
import type { Instant } from '../../shared/model/interval.ts';
import type { PurgeKind } from '../../shared/purge/kind.ts';
import type { Layer, Node, PurgeConfig, Target, Variant } from '../../shared/topology.ts';
import type { PurgeReceipt } from '../../shared/trace.ts';

export type Env = Readonly<Record<string, string | undefined>>;

/** One page as visitors ask for it, and as a cache may have kept it. */
export interface Page {
  readonly target: Target;
  readonly variant: Variant;
  /** GET, or HEAD where a cache may keep that apart. */
  readonly method: 'GET' | 'HEAD';
  /** The variant's own, with the content coding where that is purged apart; values may hold `${NAME}`. */
  readonly headers: Readonly<Record<string, string>>;
}

/** One message that a plan asks for. */
export interface PurgeStep {
  readonly layer: Layer;
  /** Absent where one message is for the whole layer. */
  readonly node?: Node;
  /** What it names, or what is expected to go where it names something larger; never empty. */
  readonly pages: readonly [Page, ...Page[]];
  readonly purge: PurgeConfig;
  /** Steps of one wave may go out together; waves go in order, 0 first. */
  readonly wave: number;
  /** Seconds to wait before its wave. */
  readonly after: number;
  /** The same once more, after the inner layers had time. */
  readonly rebound: boolean;
  /** Why it stands in this wave. One sentence. */
  readonly because: string;
}

/** What one message is made with. */
export interface Moment {
  readonly env: Env;
  readonly now: Instant;
  /** 32 hex digits that no other message has. */
  readonly nonce: string;
  /** What the purger's `login` was given; absent while it is only checked whether a message could be made. */
  readonly token?: string;
}

/** Ready to be sent: its secrets are filled in, so it must not be shown or stored. */
export type PurgeMessage = HttpMessage | Datagram | Command;

export interface HttpMessage {
  readonly over: 'http';
  readonly method: string;
  readonly url: string;
  /** Where to connect; scheme, host and port. */
  readonly address: string;
  readonly headers: readonly FieldLine[];
  readonly body?: string;
  /** Texts that must not be seen in anything that is shown. */
  readonly secrets: readonly string[];
}

export interface Datagram {
  readonly over: 'udp';
  readonly host: string;
  readonly port: number;
  readonly bytes: Uint8Array;
  /** Whether the receiver was asked to answer. */
  readonly wantsReply: boolean;
  readonly secrets: readonly string[];
}

export interface Command {
  readonly over: 'command';
  readonly program: string;
  readonly args: readonly string[];
  readonly input?: string;
  readonly env: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
}

/** What came back; `none` for a message that is never answered. */
export type PurgeReply =
  | { readonly over: 'http'; readonly status: number; readonly fields: readonly FieldLine[]; readonly text: string }
  | { readonly over: 'udp'; readonly bytes: Uint8Array }
  | { readonly over: 'command'; readonly exitCode: number; readonly text: string }
  | { readonly over: 'none' };

export type HttpReply = Extract<PurgeReply, { over: 'http' }>;

/** What a reply says. */
export interface PurgeAnswer {
  readonly outcome: PurgeReceipt['outcome'];
  /** One sentence for a person. */
  readonly summary: string;
  readonly vendorId?: string;
  /** Seconds. */
  readonly retryAfter?: number;
}

/** How a token is got for messages that need one: once for each layer and run. */
export interface Login {
  /** @returns undefined where these settings need none */
  message(step: PurgeStep, moment: Moment): HttpMessage | undefined;
  read(reply: PurgeReply): LoginAnswer;
}

/** A token, or one sentence that says why there is none. */
export type LoginAnswer = { readonly token: string } | { readonly problem: string };

/** How an accepted purge is asked whether it is done, for vendors that tell. */
export interface Progress {
  /** Seconds between two questions. */
  readonly every: number;
  message(step: PurgeStep, accepted: PurgeAnswer, moment: Moment): PurgeMessage;
  read(reply: PurgeReply): 'done' | 'pending' | 'failed';
}

export interface Purger {
  readonly kind: PurgeKind;
  /** Method and URL as they may be shown: no secret can be in them. */
  shown(step: PurgeStep): { readonly method: string; readonly url: string };
  /** Every address that a message of this configuration may be sent to, beside the nodes' own; theirs on other ports too. */
  endpoints(purge: PurgeConfig, nodes: readonly Node[]): readonly string[];
  /** Whether a message says for which request method the page was stored, so that HEAD is another one. */
  tellsMethod(purge: PurgeConfig): boolean;
  /** @throws ConfigError when `env` does not hold a variable that is referred to */
  message(step: PurgeStep, moment: Moment): PurgeMessage;
  read(reply: PurgeReply, step: PurgeStep): PurgeAnswer;
  readonly login?: Login;
  readonly progress?: Progress;
}

/** How one kind does it, its settings already read. */
export interface How<Settings> {
  shown(step: PurgeStep, settings: Settings): { readonly method: string; readonly url: string };
  endpoints?(settings: Settings, nodes: readonly Node[]): readonly string[];
  tellsMethod?(settings: Settings): boolean;
  message(step: PurgeStep, settings: Settings, moment: Moment): PurgeMessage;
  read(reply: PurgeReply, step: PurgeStep, settings: Settings): PurgeAnswer;
  readonly login?: {
    message(step: PurgeStep, settings: Settings, moment: Moment): HttpMessage | undefined;
    read(reply: PurgeReply): LoginAnswer;
  };
  readonly progress?: {
    readonly every: number;
    message(step: PurgeStep, settings: Settings, accepted: PurgeAnswer, moment: Moment): PurgeMessage;
    read(reply: PurgeReply): 'done' | 'pending' | 'failed';
  };
}

/** A purger of this kind; the topology's settings are read by the kind's own schema. */
export function purgerFor<Shape extends z.ZodRawShape>(
  kind: PurgeKind<Shape>,
  how: How<z.output<z.ZodObject<Shape>>>,
): Purger {
  const settings = (purge: PurgeConfig) => kind.settings.parse(purge.settings);
  const { login, progress } = how;
  return {
    kind,
    shown: (step) => how.shown(step, settings(step.purge)),
    endpoints: (purge, nodes) => how.endpoints?.(settings(purge), nodes) ?? [],
    tellsMethod: (purge) => how.tellsMethod?.(settings(purge)) ?? false,
    message: (step, moment) => how.message(step, settings(step.purge), moment),
    read: (reply, step) => how.read(reply, step, settings(step.purge)),
    ...(login && {
      login: {
        message: (step, moment) => login.message(step, settings(step.purge), moment),
        read: (reply) => login.read(reply),
      },
    }),
    ...(progress && {
      progress: {
        every: progress.every,
        message: (step, accepted, moment) => progress.message(step, settings(step.purge), accepted, moment),
        read: (reply) => progress.read(reply),
      },
    }),
  };
}
