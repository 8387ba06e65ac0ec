// A site of executable caches on a virtual clock: several origins, URL forms, variants, caches behind one address, purges that fail.
import { dialectOf } from '../../../shared/dialects/index.ts';
import { formatDate } from '../../../shared/http/date.ts';
import type { FieldLine } from '../../../shared/http/fields.ts';
import { createCache, type CacheState } from '../../../shared/model/cache-state.ts';
import { keyOf } from '../../../shared/http/cache-key.ts';
import type { PurgeEffect } from '../../../shared/model/purge/effect.ts';
import { advance, emptyReading, type Reading } from '../../../shared/model/reading.ts';
import { commit, receive } from '../../../shared/model/receive.ts';
import { decide, purge } from '../../../shared/model/simulate.ts';
import { pendingOf, StoredResponse } from '../../../shared/model/stored-response.ts';
import type { Forward, Head, Received } from '../../../shared/model/verdict.ts';
import type { Observation } from '../../../shared/observation.ts';
import type { Layer, Target, Topology } from '../../../shared/topology.ts';
import type { PurgeReceipt } from '../../../shared/trace.ts';

/** Seconds that one hop takes, there and back. */
const HOP = 0.002;

export interface SiteLayer {
  readonly id: string;
  readonly dialect: string;
  readonly nodes: readonly string[];
  readonly grace?: number;
  /** Caches behind each address; default 1. */
  readonly behind?: number;
}

export interface SiteSetting {
  /** Outermost first; the origins are added. */
  readonly layers: readonly SiteLayer[];
  readonly origins: readonly string[];
  readonly cacheControl: string;
  /** Also a form of the URL with a slash. */
  readonly forms?: boolean;
  /** Also a variant for mobiles, selected by X-Device. */
  readonly variants?: boolean;
  /** A purge takes the variant that it names, whatever the product. */
  readonly purgesOne?: boolean;
  /** Seconds within which the purger's vendor says that a purge holds. */
  readonly settles?: number;
  /** Numbers from 0 up to 1: which parent is asked, which cache behind an address answers. */
  readonly chance: () => number;
}

export interface Page {
  readonly target: string;
  readonly variant: string;
}

export interface SentPurge extends Page {
  readonly layer: string;
  /** Absent: one message for the whole layer. */
  readonly node?: string;
  readonly outcome?: PurgeReceipt['outcome'];
  /** The nodes (or caches behind one, `node#1`) that it truly reaches; default: all that are meant. */
  readonly reaches?: (cache: string) => boolean;
  readonly soft?: boolean;
}

interface Served {
  readonly status: number;
  readonly fields: readonly FieldLine[];
  readonly build: string;
}

type Cache = CacheState<string>;

/** One site; everything is done at an instant that is told, and instants must not go back. */
export class SimulatedSite {
  readonly topology: Topology;
  reading: Reading;
  readonly #setting: SiteSetting;
  readonly #caches = new Map<string, readonly Cache[]>();
  readonly #builds = new Map<string, string | (() => string)>();
  #ids = 0;

  constructor(setting: SiteSetting) {
    this.#setting = setting;
    this.topology = described(setting);
    this.reading = emptyReading(this.topology);
    for (const layer of setting.layers) {
      const { behaviour } = dialectOf(layer.dialect)!;
      const policy = layer.grace === undefined ? {} : { grace: layer.grace };
      for (const node of layer.nodes) {
        const names = Array.from({ length: layer.behind ?? 1 }, (_, i) => (i === 0 ? node : `${node}#${i}`));
        this.#caches.set(
          node,
          names.map((name) => createCache<string>({ name, behaviour, policy })),
        );
      }
    }
    for (const origin of setting.origins) this.#builds.set(origin, 'v1');
  }

  get pages(): Page[] {
    return this.topology.targets.flatMap((t) => t.variants.map((v) => ({ target: t.id, variant: v.id })));
  }

  /** What one origin serves from now on; a function says it for each request. */
  deploy(origin: string, build: string | (() => string)): void {
    this.#builds.set(origin, build);
  }

  /** The build that a visitor gets. */
  visit(node: string, page: Page, now: number): string {
    return this.#serve(this.#layerOf(node), node, page, this.#fieldsOf(page), now).build;
  }

  /** One exchange, as a probe sees it; the build that it got. */
  look(node: string, page: Page, now: number): string {
    const served = this.#serve(this.#layerOf(node), node, page, this.#fieldsOf(page), now + HOP / 4);
    this.#tell(node, page, served, now);
    return served.build;
  }

  /** One exchange in which the node shows this build without a word of its own, whatever it truly holds. */
  show(node: string, page: Page, build: string, now: number): void {
    this.#tell(node, page, { status: 200, fields: [['Cache-Control', this.#setting.cacheControl]], build }, now);
  }

  #tell(node: string, page: Page, served: Served, now: number): void {
    const layer = this.#layerOf(node);
    const data: Observation = {
      id: ++this.#ids,
      layer: layer.id,
      node,
      ...page,
      request: { method: 'GET', url: this.#urlOf(page), address: `http://${node}.test`, fields: this.#fieldsOf(page) },
      requestTime: now,
      responseTime: now + HOP * this.topology.layers.length,
      timings: { ttfb: HOP, total: HOP },
      result: {
        kind: 'answer',
        httpVersion: '1.1',
        status: served.status,
        reason: '',
        fields: served.fields,
        bytes: 2,
        decodedBytes: 2,
        marker: served.build,
      },
    };
    this.reading = advance(this.reading, { type: 'observation', data });
  }

  /** One purge message and its receipt; it does its work 2 ms after it is sent and is answered after 4. */
  purge(sent: SentPurge, now: number): void {
    const { layer, node, target, variant, reaches = () => true, soft = false } = sent;
    const { dialect } = this.topology.layers.find((l) => l.id === layer)!;
    const { variants, absentStatus } = dialectOf(dialect!)!.behaviour.purge;
    const { purgesOne, settles } = this.#setting;
    const effect: PurgeEffect = {
      scope: 'url',
      soft,
      variants: purgesOne === true ? 'one' : variants,
      ...(settles === undefined ? {} : { settles }),
    };
    const nodes =
      node === undefined ? this.topology.layers.find((l) => l.id === layer)!.nodes.map((n) => n.id) : [node];
    const request = { method: 'GET', url: this.#urlOf(sent), fields: this.#fieldsOf(sent) };
    let found = false;
    for (const cache of nodes.flatMap((n) => this.#caches.get(n)!)) {
      const reached = reaches(cache.name);
      if (!reached || soft) found = true;
      if (reached && soft) soften(cache, request.url, now + 0.002);
      else if (reached && purge(cache, request, effect.variants) > 0) found = true;
    }
    const absent = !found && node !== undefined && absentStatus === 404;
    const outcome = sent.outcome ?? (absent ? 'was-not-there' : 'accepted');
    const receipt: PurgeReceipt = {
      id: ++this.#ids,
      layer,
      ...(node === undefined ? {} : { node }),
      target,
      variant,
      effect,
      method: 'PURGE',
      url: request.url,
      outcome,
      sentAt: now,
      ...(outcome === 'unknown' || outcome === 'failed' ? {} : { answeredAt: now + 0.004 }),
      summary: '',
    };
    this.reading = advance(this.reading, { type: 'receipt', data: receipt });
  }

  #layerOf(node: string): Layer {
    return this.topology.layers.find((l) => l.nodes.some((n) => n.id === node))!;
  }

  #urlOf({ target }: Page): string {
    return this.topology.targets.find((t) => t.id === target)!.url;
  }

  #fieldsOf({ variant }: Page): FieldLine[] {
    return variant === 'mobile' ? [['X-Device', 'mobile']] : [];
  }

  #one<T>(all: readonly T[]): T {
    return all.length === 1 ? all[0]! : all[Math.floor(this.#setting.chance() * all.length)]!;
  }

  #serve(layer: Layer, node: string, page: Page, fields: readonly FieldLine[], now: number): Served {
    const dialect = dialectOf(layer.dialect ?? '');
    if (layer.role === 'origin' || dialect === undefined) return this.#origin(node, fields, now);
    const cache = this.#one(this.#caches.get(node)!);
    const verdict = decide(cache, { method: 'GET', url: this.#urlOf(page), fields }, now);
    if (verdict.kind !== 'forward') {
      const said = { ...verdict.head, fields: [...verdict.head.fields, ...dialect.speak(verdict.spoken)] };
      if (verdict.background !== undefined) this.#fetch(cache, layer, page, verdict.background, now);
      return { ...said, build: verdict.kind === 'serve' ? verdict.stored.body : '' };
    }
    const { received, body } = this.#fetch(cache, layer, page, verdict, now);
    return { ...received.head, fields: [...received.head.fields, ...dialect.speak(received.spoken)], build: body };
  }

  #fetch(cache: Cache, layer: Layer, page: Page, forward: Forward<string>, now: number) {
    const parents = this.topology.layers.filter((l) => layer.parents.includes(l.id)).flatMap((l) => l.nodes);
    const parent = this.#one(parents).id;
    const answer = this.#serve(this.#layerOf(parent), parent, page, forward.fields, now + HOP / 2);
    const head: Head = { status: answer.status, fields: [...answer.fields] };
    const times = { requestTime: now, responseTime: now + HOP };
    const received: Received<string> = receive(cache, forward, head, times, now + HOP);
    const body = typeof received.bodyFrom === 'object' ? received.bodyFrom.body : answer.build;
    if (received.store !== undefined) commit(cache, received.store, body);
    return { received, body };
  }

  #origin(node: string, fields: readonly FieldLine[], now: number): Served {
    const held = this.#builds.get(node)!;
    const build = typeof held === 'string' ? held : held();
    const etag = `"${build}"`;
    const head: FieldLine[] = [
      ['Date', formatDate(now)],
      ['Cache-Control', this.#setting.cacheControl],
      ['ETag', etag],
      ...(this.#setting.variants === true ? [['Vary', 'X-Device'] as const] : []),
    ];
    const known = fields.some(([n, v]) => n.toLowerCase() === 'if-none-match' && v === etag);
    return known ? { status: 304, fields: head, build: '' } : { status: 200, fields: head, build };
  }
}

/** What is held under the URL is fresh no longer, and may be served once more where its window allows. */
function soften(cache: Cache, url: string, now: number): void {
  for (const stored of cache.index.under(keyOf(url)).slice()) {
    const { lifetime } = stored.terms;
    if (lifetime === undefined || !cache.index.remove(stored)) continue;
    const since = cache.behaviour.honoursAge ? stored.generatedAt : stored.storedAt;
    const ended = { ...lifetime, seconds: Math.max(0, Math.min(lifetime.seconds, now - since)) };
    const terms = { ...stored.terms, lifetime: ended };
    cache.index.add(new StoredResponse({ ...pendingOf(stored), terms, lifetime: ended }, stored.body));
  }
}

function described({ layers, origins, forms, variants }: SiteSetting): Topology {
  const node = (id: string) => ({ id, address: `http://${id}.test` });
  const caches = layers.map(({ id, dialect, nodes, grace }, i): Layer => ({
    id,
    role: 'cache',
    dialect,
    nodes: nodes.map(node),
    parents: [layers[i + 1]?.id ?? 'origin'],
    placement: 'any',
    policy: grace === undefined ? {} : { grace },
    budget: 10,
  }));
  const origin: Layer = {
    id: 'origin',
    role: 'origin',
    nodes: origins.map(node),
    parents: [],
    placement: 'any',
    policy: {},
    budget: 10,
  };
  const target = (id: string, url: string): Target => ({
    id,
    url,
    marker: { header: 'x-build' },
    ignore: [],
    assets: false,
    variants: [
      { id: 'default', headers: {} },
      ...(variants === true ? [{ id: 'mobile', headers: { 'x-device': 'mobile' } }] : []),
    ],
  });
  const slashed: Target[] = forms === true ? [{ ...target('slashed', 'http://shop.test/page/'), sameAs: 'home' }] : [];
  return { layers: [...caches, origin], targets: [target('home', 'http://shop.test/page'), ...slashed] };
}
