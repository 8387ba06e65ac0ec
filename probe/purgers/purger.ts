// What must be known of a way to purge? How one request looks, and how its answer is read.
import type { FieldLine } from '../../shared/http/fields.ts';
import type { Layer, Node, PurgeConfig, Target, Variant } from '../../shared/topology.ts';
import type { PurgeReceipt } from '../../shared/trace.ts';

/** One purge request that a plan asks for. */
export interface PurgeStep {
  readonly layer: Layer;
  readonly node: Node;
  readonly target: Target;
  readonly variant: Variant;
  readonly purge: PurgeConfig;
  /** Steps of one wave may go out together; waves go in order, 0 first. */
  readonly wave: number;
  /** Why it stands in this wave. One sentence. */
  readonly because: string;
}

/** A request that is ready to be sent: its secrets are filled in, so it must not be shown or stored. */
export interface PreparedPurge {
  readonly step: PurgeStep;
  readonly method: string;
  readonly url: string;
  readonly address: string;
  readonly headers: readonly FieldLine[];
  /** Texts that must not be seen in anything that is shown. */
  readonly secrets: readonly string[];
}

/** What the answer to a purge request says. */
export interface PurgeAnswer {
  readonly outcome: PurgeReceipt['outcome'];
  /** One sentence for a person. */
  readonly summary: string;
}

export interface Purger {
  /** The word in `purge.by`. */
  readonly id: PurgeConfig['by'];
  /** Method and URL as they may be shown: no secret can be in them. */
  shown(step: PurgeStep): { readonly method: string; readonly url: string };
  /** @throws ConfigError when `env` does not hold a variable that a header refers to */
  prepare(step: PurgeStep, env: Readonly<Record<string, string | undefined>>): PreparedPurge;
  read(status: number): PurgeAnswer;
}
