// A deploy and its purge at a random site, as it was seen: with everything done right, or with one thing wrong.
import { findCauses } from '../../../shared/causes/index.ts';
import type { Finding } from '../../../shared/causes/finding.ts';
import { chanceFrom } from '../../../shared/model/chance.ts';
import { SimulatedSite, type Page, type SentPurge, type SiteLayer } from './simulated-site.ts';

export const START = 1_800_000_000;

export type Fault =
  | 'purge-race'
  | 'premature-purge'
  | 'purge-lost'
  | 'variant-not-purged'
  | 'wrong-key-purged'
  | 'nodes-disagree'
  | 'half-rolled-origin'
  | 'stale-while-revalidate';

export interface Told {
  readonly site: SimulatedSite;
  /** What was found at any of the instants at which somebody asked. */
  readonly findings: readonly Finding[];
  /** What was found at the end. */
  readonly last: readonly Finding[];
  /** Nodes at which the fault was made. */
  readonly guilty: ReadonlySet<string>;
  /** What a look after the purge of its place got, in the order of the looks, by place. */
  readonly afterPurge: ReadonlyMap<string, readonly string[]>;
  readonly seed: number;
}

/** Draws of one story. */
export class Dice {
  readonly chance: () => number;
  constructor(seed: number) {
    this.chance = chanceFrom(seed * 2654435761);
    for (let i = 0; i < 8; i++) this.chance();
  }
  between(low: number, high: number): number {
    return low + (high - low) * this.chance();
  }
  whole(low: number, high: number): number {
    return Math.floor(this.between(low, high + 1));
  }
  of<T>(all: readonly T[]): T {
    return all[Math.floor(this.chance() * all.length)]!;
  }
  happens(share: number): boolean {
    return this.chance() < share;
  }
}

type Act = { readonly at: number; readonly what: (now: number) => void };

/** What is to be done, in the order of its instants; doing one thing may add others. */
class Script {
  readonly acts: Act[] = [];
  add(at: number, what: (now: number) => void): void {
    let i = this.acts.length;
    while (i > 0 && this.acts[i - 1]!.at > at) i -= 1;
    this.acts.splice(i, 0, { at, what });
  }
  play(until: number): void {
    for (let act = this.acts.shift(); act !== undefined && act.at <= until; act = this.acts.shift()) act.what(act.at);
  }
}

const DIALECTS = ['varnish', 'nginx', 'squid', 'trafficserver', 'fastly', 'cloudflare', 'rfc9211'] as const;

/** A story from a seed: everything about it is drawn. `dialects`: only of these. */
export function story(seed: number, fault?: Fault, dialects: readonly string[] = DIALECTS): Told {
  const dice = new Dice(seed);
  const layers = layersFor(dice, fault, dialects);
  const origins = fault === 'half-rolled-origin' || dice.happens(0.6) ? ['app-1', 'app-2'] : ['app-1'];
  const lifetime = fault === undefined ? dice.whole(15, 900) : dice.whole(200, 900);
  const site = new SimulatedSite({
    layers,
    origins,
    cacheControl: `max-age=${lifetime}`,
    forms: fault === 'wrong-key-purged' || dice.happens(0.25),
    variants: fault === 'variant-not-purged' || dice.happens(0.25),
    purgesOne: fault === 'variant-not-purged',
    settles: 1,
    chance: dice.chance,
  });
  return new Telling({ site, dice, layers, origins, fault, seed }).told();
}

function layersFor(dice: Dice, fault: Fault | undefined, dialects: readonly string[]): SiteLayer[] {
  const least = fault === 'purge-race' ? 2 : 1;
  const ids = ['edge', 'shield', 'inner'].slice(0, dice.whole(least, 3));
  return ids.map((id, i) => {
    const dialect = dice.of(dialects);
    const nodes = Array.from(
      { length: dice.whole(fault === 'nodes-disagree' && i === 0 ? 2 : 1, 3) },
      (_, n) => `${id}-${n + 1}`,
    );
    const grace = fault === 'stale-while-revalidate' || dice.happens(0.4) ? { grace: dice.whole(5, 60) } : {};
    const behind = fault === 'nodes-disagree' && i === 0 ? { behind: 2 } : {};
    return { id, dialect, nodes, ...grace, ...behind };
  });
}

class Telling {
  readonly script = new Script();
  readonly findings: Finding[] = [];
  readonly guilty = new Set<string>();
  readonly afterPurge = new Map<string, string[]>();
  ready = new Set<string>();
  started = false;
  purgedBy = Infinity;
  readonly end: number;

  readonly site: SimulatedSite;
  readonly dice: Dice;
  readonly layers: readonly SiteLayer[];
  readonly origins: readonly string[];
  readonly fault: Fault | undefined;
  readonly seed: number;

  constructor(setting: Pick<Telling, 'site' | 'dice' | 'layers' | 'origins' | 'fault' | 'seed'>) {
    this.site = setting.site;
    this.dice = setting.dice;
    this.layers = setting.layers;
    this.origins = setting.origins;
    this.fault = setting.fault;
    this.seed = setting.seed;
    this.end = START + (this.fault === 'half-rolled-origin' ? 110 : this.dice.between(20, 32));
  }

  told(): Told {
    const { site, script, dice } = this;
    this.warmUp();
    this.deploy();
    this.watch();
    for (let i = 1; i <= 12; i++)
      script.add(START + ((this.end - START) * i) / 12 - dice.chance(), (now) => this.ask(now));
    script.play(this.end);
    const last = this.found(this.end);
    return {
      site,
      findings: [...this.findings, ...last],
      last,
      guilty: this.guilty,
      afterPurge: this.afterPurge,
      seed: this.seed,
    };
  }

  found(now: number): Finding[] {
    return findCauses({ reading: this.site.reading, start: START, expect: 'v2' }, now);
  }

  ask(now: number): void {
    this.findings.push(...this.found(now));
  }

  /** Visitors have been there before; some nodes hold nothing. */
  warmUp(): void {
    const { site, dice, script, layers } = this;
    for (const node of layers.flatMap((l) => l.nodes)) {
      for (const page of site.pages) {
        const sure = this.fault !== undefined;
        if (sure || dice.happens(0.85)) {
          const visits = (layers.find((l) => l.nodes.includes(node))?.behind ?? 1) * 6;
          for (let i = 0; i < visits; i++)
            script.add(START - dice.between(1, 12), (now) => site.visit(node, page, now));
        }
        const gap = dice.between(0.3, 4);
        if (dice.happens(0.6))
          for (let at = START; at < this.end; at += gap * dice.between(0.5, 1.5))
            script.add(at, (now) => site.visit(node, page, now));
      }
    }
  }

  watch(): void {
    const { site, dice, script, layers, origins } = this;
    const gap = this.fault === 'half-rolled-origin' ? dice.between(0.8, 1.5) : dice.between(0.25, 0.9);
    for (const node of [...layers.flatMap((l) => l.nodes), ...origins]) {
      for (const page of site.pages) {
        for (let at = START + dice.between(0, gap); at < this.end; at += gap * dice.between(0.8, 1.2)) {
          script.add(at, (now) => this.look(node, page, now));
        }
      }
    }
  }

  look(node: string, page: Page, now: number): void {
    const build = this.site.look(node, page, now);
    this.afterPurge.get(`${node} ${page.target} ${page.variant}`)?.push(build);
    if (!this.origins.includes(node)) return;
    const last = this.site.reading.tracks.get(`origin/${node}/${page.target}/${page.variant}`)?.state.content;
    const name = `${node} ${page.target} ${page.variant}`;
    if (last === 'v2') this.ready.add(name);
    if (this.started || this.ready.size < this.origins.length * this.site.pages.length) return;
    if (this.fault === 'premature-purge' || this.fault === 'half-rolled-origin') return;
    this.started = true;
    this.purgeRightly(now + this.dice.between(0.05, 1.5));
  }

  deploy(): void {
    const { site, dice, script, origins, fault } = this;
    const at = START + dice.between(2, 4);
    if (fault === 'half-rolled-origin') return this.deployHalf(at);
    if (fault !== 'premature-purge') {
      for (const origin of origins) script.add(at + dice.between(0, 2), () => site.deploy(origin, 'v2'));
      return;
    }
    for (const { node } of this.places()) this.guilty.add(node);
    this.purgeRightly(at);
    // every purged node is asked again before an origin is ready
    const ready = this.purgedBy + dice.between(1.5, 4);
    for (const origin of origins) script.add(ready + dice.between(0, 1), () => site.deploy(origin, 'v2'));
  }

  deployHalf(at: number): void {
    const { site, dice, script, origins } = this;
    if (dice.happens(0.5)) {
      script.add(at, () => site.deploy(origins[0]!, 'v2'));
      this.guilty.add(origins[1]!);
    } else {
      for (const origin of origins) script.add(at, () => site.deploy(origin, () => (dice.happens(0.5) ? 'v2' : 'v1')));
      for (const origin of origins) this.guilty.add(origin);
    }
    this.purgeRightly(at + dice.between(1, 10));
  }

  places() {
    return this.layers.flatMap((l) => l.nodes.map((node) => ({ layer: l.id, node })));
  }

  /** Innermost layer first, half a second between layers; the fault decides what goes wrong. */
  purgeRightly(at: number): void {
    const { dice, layers, fault } = this;
    const inward = fault === 'purge-race' ? layers.slice(0, -1) : layers;
    let wave = at;
    const plan = this.mischief();
    for (const layer of fault === 'purge-race' ? inward : inward.toReversed()) {
      const whole = fault === undefined && dice.happens(0.15);
      for (const page of this.site.pages) {
        if (whole) this.send({ layer: layer.id, ...page }, wave + dice.between(0, 0.2), plan);
        else
          for (const node of layer.nodes)
            this.send({ layer: layer.id, node, ...page }, wave + dice.between(0, 0.2), plan);
      }
      wave += 0.5;
    }
    if (fault === 'purge-race') {
      for (const { node } of this.places()) if (inward.some((l) => l.nodes.includes(node))) this.guilty.add(node);
      this.purgeLate(wave + dice.between(1, 3));
    }
    this.purgedBy = wave;
  }

  /** The innermost layer follows, after the others have filled themselves again. */
  purgeLate(at: number): void {
    const layer = this.layers.at(-1)!;
    for (const page of this.site.pages)
      for (const node of layer.nodes) this.send({ layer: layer.id, node, ...page }, at, (sent) => sent);
  }

  send(sent: SentPurge, at: number, plan: (sent: SentPurge) => SentPurge | undefined): void {
    const planned = plan(sent);
    if (planned === undefined) return;
    this.script.add(at, (now) => this.site.purge(planned, now));
    const nodes = sent.node === undefined ? this.layers.find((l) => l.id === sent.layer)!.nodes : [sent.node];
    for (const node of nodes)
      this.script.add(at + 0.005, () => this.afterPurge.set(`${node} ${sent.target} ${sent.variant}`, []));
  }

  /** What becomes of each purge. */
  mischief(): (sent: SentPurge) => SentPurge | undefined {
    const { dice, fault, layers, site } = this;
    const edge = layers[0]!;
    const victim = dice.of(edge.nodes);
    const isVictim = (sent: SentPurge) => sent.layer === edge.id && sent.node === victim;
    switch (fault) {
      case 'purge-lost': {
        this.guilty.add(victim);
        const outcome = dice.of(['accepted', 'accepted', 'refused', 'failed', 'unknown'] as const);
        return (sent) => (isVictim(sent) ? { ...sent, outcome, reaches: () => false } : sent);
      }
      case 'variant-not-purged': {
        this.guilty.add(victim);
        const page = site.pages.find((p) => p.variant === 'mobile')!;
        const silent = dice.happens(0.5);
        return (sent) => {
          if (!isVictim(sent) || sent.variant !== page.variant) return sent;
          return silent ? undefined : { ...sent, reaches: () => false };
        };
      }
      case 'wrong-key-purged': {
        this.guilty.add(victim);
        const how = dice.of(['silent', 'was-not-there', 'accepted'] as const);
        return (sent) => {
          if (!isVictim(sent) || sent.target !== 'slashed') return sent;
          return how === 'silent' ? undefined : { ...sent, outcome: how, reaches: () => false };
        };
      }
      case 'nodes-disagree':
        this.guilty.add(victim);
        return (sent) => (isVictim(sent) ? { ...sent, reaches: (cache) => !cache.includes('#') } : sent);
      case 'stale-while-revalidate':
        for (const { node } of this.places()) this.guilty.add(node);
        return (sent) => ({ ...sent, soft: true });
      case 'purge-race':
      case 'premature-purge':
      case 'half-rolled-origin':
      case undefined:
        return (sent) => sent;
    }
  }
}
