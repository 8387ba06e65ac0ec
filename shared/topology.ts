// What is there? Layers, nodes and targets, as every other part reads them: defaults filled in, durations in seconds.

export interface Topology {
  readonly title?: string;
  /** Outermost first: the order in which a visitor meets them. */
  readonly layers: readonly Layer[];
  readonly targets: readonly Target[];
}

export interface Layer {
  readonly id: string;
  readonly role: 'cache' | 'origin';
  /** How it speaks and behaves; absent: recognised from its field lines. */
  readonly dialect?: string;
  readonly nodes: readonly Node[];
  /** Layer ids it asks; empty for an origin. */
  readonly parents: readonly string[];
  /** Which of a parent layer's nodes serves one key: unknown (`any`) or one for each key (`hash`). */
  readonly placement: 'any' | 'hash';
  /** Only what differs from the dialect's own behaviour. */
  readonly policy: Policy;
  readonly purge?: PurgeConfig;
  /** The most requests a second that Strata may send to one node of this layer. */
  readonly budget: number;
}

export interface Node {
  readonly id: string;
  /** Where to connect, with scheme; Host and SNI stay the target's. */
  readonly address: string;
}

/** Seconds, except where a word says otherwise. */
export interface Policy {
  /** The longest freshness lifetime this layer grants, counted from its own fetch. */
  readonly cap?: number;
  /** How long after freshness ends it may serve the old copy while it fetches a new one. */
  readonly grace?: number;
  /** How long after grace it keeps the copy for validation. */
  readonly keep?: number;
  /** The lifetime where the response says nothing. */
  readonly defaultTtl?: number;
  /** Whether Age from its parent shortens the lifetime here. */
  readonly honoursAge?: boolean;
  /** How long after freshness it may serve the old copy when its parent fails. */
  readonly staleOnError?: number;
  /** Response fields that decide nothing here, such as `Cache-Control` or `Vary`. */
  readonly ignores?: readonly string[];
}

export type PurgeScope = 'url' | 'tag' | 'prefix' | 'host' | 'all';

/** How a layer is asked to forget. */
export interface PurgeConfig {
  /** Its kind: one of shared/purge. */
  readonly by: string;
  readonly scope: PurgeScope;
  /** Marks copies as stale instead of removing them. */
  readonly soft: boolean;
  /** With scope `tag`. */
  readonly tags: readonly string[];
  /** With scope `prefix`: the path that the others begin with. */
  readonly prefix?: string;
  /** Seconds to wait after this layer before the next one outward is asked; absent: the plan decides. */
  readonly wait?: number;
  /** Seconds after everything else at which it is purged once more; absent: the plan decides. */
  readonly rebound?: number;
  /** The keys that only its kind has. Credentials stand in it as `${ENV_NAME}`, resolved only where the purge is sent. */
  readonly settings: Readonly<Record<string, unknown>>;
}

export type Marker =
  | { readonly css: string; readonly attribute?: string }
  | { readonly header: string }
  | { readonly regex: string }
  | { readonly json: string }
  | { readonly digest: true };

export interface Target {
  readonly id: string;
  readonly url: string;
  readonly marker: Marker;
  /** CSS selectors of page parts left out of the digest. */
  readonly ignore: readonly string[];
  readonly assets: boolean;
  /** Id of the target of which this is another form of URL: it is expected to hold the same content. */
  readonly sameAs?: string;
  /** What a purge names besides GET of the URL: HEAD, and each content coding by itself. */
  readonly alsoPurge?: readonly ('head' | 'encodings')[];
  /** Never empty: `{ id: 'default', headers: {} }` where the file names none. */
  readonly variants: readonly Variant[];
}

export interface Variant {
  readonly id: string;
  /** Values may hold `${ENV_NAME}`; they are resolved only where the request is sent. */
  readonly headers: Readonly<Record<string, string>>;
}

/** The layer with this id; undefined when there is none. */
export function layerOf(topology: Topology, id: string): Layer | undefined {
  return topology.layers.find((l) => l.id === id);
}

/** The layers nobody else asks: where visitors arrive. */
export function outermost(topology: Topology): Layer[] {
  const asked = new Set(topology.layers.flatMap((l) => l.parents));
  return topology.layers.filter((l) => !asked.has(l.id));
}

/** The layers that make content. */
export function origins(topology: Topology): Layer[] {
  return topology.layers.filter((l) => l.role === 'origin');
}
