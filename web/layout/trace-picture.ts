// Which stretch of the picture does each part take: names of events, curve, and one block of lanes a layer?
import type { LaneGroup } from '../trace/lanes.ts';
import { densityFor } from './waterfall.ts';
import type { Density } from './waterfall.ts';
import { NAME_ROWS } from './moments.ts';

export interface PlacedGroup {
  readonly group: LaneGroup;
  readonly density: Density;
  /** User units from the top of the picture: the layer's heading, its lanes, and the lens below dense ones. */
  readonly heading: number;
  readonly lanes: number;
  readonly lens?: number;
  readonly bottom: number;
}

export interface PlacedPicture {
  readonly width: number;
  readonly height: number;
  readonly gutter: number;
  readonly right: number;
  readonly names: number;
  readonly curve: { readonly top: number; readonly bottom: number };
  readonly groups: readonly PlacedGroup[];
}

const AXIS = 28;
const HEADING = 34;
/** Lanes that a lens names, and the room for one of them. */
export const LENS = 9;
export const LENS_PITCH = 20;

/** Room beside a name for when its lane turned. */
export const TIME_ROOM = 104;

/**
 * The same lanes in another order take the same room: nothing moves while a trace runs. `longest` is the width of the
 * longest name in user units.
 */
export function placePicture(groups: readonly LaneGroup[], width: number, longest: number): PlacedPicture {
  const isNarrow = width < 680;
  const named = Math.min(longest + 24 + TIME_ROOM, width * 0.34);
  const gutter = isNarrow ? 96 : Math.max(190, named);
  const top = AXIS + NAME_ROWS * 16 + 6;
  const curve = { top, bottom: top + (isNarrow ? 120 : 150) };
  let y = curve.bottom + 14;
  const placed = groups.map((group): PlacedGroup => {
    const density = densityFor(group.lanes.length);
    const heading = y;
    const lanes = y + HEADING;
    y = lanes + density.height + 8;
    const lens = density.dense ? y + 10 : undefined;
    if (lens !== undefined) y = lens + LENS * LENS_PITCH + 8;
    const bottom = y;
    return { group, density, heading, lanes, bottom, ...(lens === undefined ? {} : { lens }) };
  });
  return { width, height: y + 10, gutter, right: width - 16, names: AXIS, curve, groups: placed };
}
