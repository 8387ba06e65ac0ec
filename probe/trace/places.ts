// Who is asked for what? Every node, target and variant of a topology, or the part that was chosen.
import type { Layer, Node, Target, Topology, Variant } from '../../shared/topology.ts';

export interface Place {
  readonly layer: Layer;
  readonly node: Node;
  readonly target: Target;
  readonly variant: Variant;
}

/** Ids to choose by; absent: all. */
export interface Choice {
  readonly layer?: string | undefined;
  readonly node?: string | undefined;
  readonly target?: string | undefined;
  readonly variant?: string | undefined;
}

/** Which places are meant. */
export interface Places extends Choice {
  /** Only the first variant of each target. */
  readonly firstVariant?: boolean | undefined;
}

/** The chosen places, outermost layer first. */
export function placesOf(topology: Topology, choice: Places = {}): Place[] {
  const fits = (id: string, wanted: string | undefined) => wanted === undefined || id === wanted;
  const layers = topology.layers.filter((l) => fits(l.id, choice.layer));
  const targets = topology.targets.filter((t) => chosenTarget(t, choice.target));
  return layers.flatMap((layer) =>
    layer.nodes
      .filter((n) => fits(n.id, choice.node))
      .flatMap((node) =>
        targets.flatMap((target) =>
          target.variants
            .filter((v, i) => fits(v.id, choice.variant) && (i === 0 || choice.firstVariant !== true))
            .map((variant) => ({ layer, node, target, variant })),
        ),
      ),
  );
}

/** Whoever chooses a page means its other URLs, too. */
export const chosenTarget = (target: Target, wanted: string | undefined): boolean =>
  wanted === undefined || target.id === wanted || target.sameAs === wanted;

/** The name of a place's track in a reading. */
export const placeKey = (p: Place): string => [p.layer.id, p.node.id, p.target.id, p.variant.id].join('/');
