// Where does every stratum, cell, visitor and channel of the section stand? Pure: the same input gives the same picture.
import { linkVertical } from 'd3';

export interface SectionInput {
  /** Outermost first. */
  readonly layers: readonly {
    readonly id: string;
    readonly nodes: readonly string[];
    readonly parents: readonly string[];
  }[];
  /** User units to fill. */
  readonly width: number;
}

/** `full`: three lines of text beside the tank; `medium`: two; `tile`: the version only; `grain`: a mark; `band`: counts. */
export type CellSize = 'full' | 'medium' | 'tile' | 'grain' | 'band';

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface PlacedCell extends Box {
  readonly layer: string;
  readonly node: string;
  readonly row: number;
  readonly column: number;
}

export interface PlacedStratum extends Box {
  readonly id: string;
  readonly size: CellSize;
  /** 0 at the surface, 1 at the bedrock. */
  readonly depth: number;
  /** The upper boundary as a path, left to right, that closes with the stratum's lower corners. */
  readonly ground: string;
  readonly label: { readonly x: number; readonly y: number; readonly width: number };
  /** The room that cells stand in; for a band, the bar itself. */
  readonly room: Box;
  readonly cells: readonly PlacedCell[];
  /** Lines under and over cells that share one way down or up, because they stand in several rows or are too many. */
  readonly rails: readonly string[];
}

export interface Channel {
  /** `layer/node` of both ends; only `layer` where its cells share one way. */
  readonly from: string;
  readonly to: string;
  readonly path: string;
}

export interface PlacedSection {
  readonly width: number;
  readonly height: number;
  readonly narrow: boolean;
  readonly surface: Box;
  /** One over each outermost cell where there is room for words, else a single one for all of them. */
  readonly visitors: readonly (Box & { readonly node?: string })[];
  readonly strata: readonly PlacedStratum[];
  readonly channels: readonly Channel[];
}

interface Shape {
  readonly size: CellSize;
  readonly min: number;
  readonly max: number;
  readonly height: number;
  readonly gap: number;
  readonly rows: number;
  readonly pad: number;
}

const WIDE: readonly Shape[] = [
  { size: 'full', min: 172, max: 268, height: 88, gap: 22, rows: 2, pad: 26 },
  { size: 'medium', min: 132, max: 168, height: 50, gap: 12, rows: 3, pad: 22 },
  { size: 'tile', min: 46, max: 46, height: 34, gap: 6, rows: 6, pad: 20 },
  { size: 'grain', min: 10, max: 10, height: 14, gap: 3, rows: 18, pad: 20 },
];

const NARROW: readonly Shape[] = [
  { size: 'full', min: 150, max: 268, height: 88, gap: 10, rows: 4, pad: 16 },
  { size: 'medium', min: 104, max: 150, height: 50, gap: 8, rows: 6, pad: 14 },
  { size: 'tile', min: 44, max: 46, height: 34, gap: 6, rows: 10, pad: 14 },
  { size: 'grain', min: 10, max: 10, height: 14, gap: 3, rows: 30, pad: 14 },
];

const BAND_HEIGHT = 34;
const NARROW_BELOW = 680;
const NARROW_HEADING = 30;
/** Above this many cells side by side nobody can follow single lines. */
const MOST_LINES = 12;
const RAIL = 9;

const columnsFor = (shape: Shape, width: number): number =>
  Math.max(1, Math.floor((width + shape.gap) / (shape.min + shape.gap)));

function shapeFor(count: number, width: number, shapes: readonly Shape[]): Shape | undefined {
  return shapes.find((s) => Math.ceil(count / columnsFor(s, width)) <= s.rows);
}

/** Rows as even as possible: 5 nodes in 2 rows stand 3 and 2, not 4 and 1. */
function evenColumns(count: number, columns: number): number {
  const rows = Math.ceil(count / columns);
  return Math.max(1, Math.ceil(count / Math.max(1, rows)));
}

function placeCells(layer: SectionInput['layers'][number], room: Box, shape: Shape, narrow: boolean): PlacedCell[] {
  const most = columnsFor(shape, room.width);
  const dense = shape.size === 'tile' || shape.size === 'grain';
  const columns = dense ? Math.min(most, layer.nodes.length) : evenColumns(layer.nodes.length, most);
  const width = Math.min(shape.max, (room.width - (columns - 1) * shape.gap) / columns);
  // with few cells the gap opens, so that a row spreads over its stratum instead of huddling in the middle
  const spread = dense || narrow ? shape.gap : Math.max(shape.gap, (room.width - columns * width) / (columns + 0.6));
  return layer.nodes.map((node, i) => {
    const row = Math.floor(i / columns);
    const column = i % columns;
    const inRow = dense ? columns : Math.min(columns, layer.nodes.length - row * columns);
    const start = room.x + (room.width - inRow * width - (inRow - 1) * spread) / 2;
    const x = narrow && !dense ? room.x + column * (width + spread) : start + column * (width + spread);
    return {
      layer: layer.id,
      node,
      row,
      column,
      x,
      y: room.y + row * (shape.height + shape.gap),
      width,
      height: shape.height,
    };
  });
}

/** A gently uneven boundary, the same for the same stratum at every width. */
function groundPath(index: number, box: Box): string {
  const phase = index * 1.7;
  const steps = Math.max(6, Math.round(box.width / 60));
  const at = (k: number): string => {
    const t = (k / steps) * box.width;
    const y = box.y + 2.2 * Math.sin(t / 97 + phase) + 1.4 * Math.sin(t / 41 + phase * 2);
    return `${(box.x + t).toFixed(1)},${y.toFixed(2)}`;
  };
  const edge = Array.from({ length: steps + 1 }, (_, k) => at(k)).join('L');
  return `M${edge}V${box.y + box.height + 4}H${box.x}Z`;
}

function placeStratum(input: SectionInput, index: number, top: number, gutter: number, narrow: boolean): PlacedStratum {
  const layer = input.layers[index]!;
  const margin = narrow ? 12 : 20;
  const inner = input.width - gutter - margin * (narrow ? 2 : 1);
  const crowded = input.layers.length > 6;
  const shapes = (narrow ? NARROW : WIDE).filter((s) => !(crowded && s.size === 'full'));
  const shape = shapeFor(layer.nodes.length, inner, shapes);
  const pad = shape?.pad ?? 20;
  const room = {
    x: narrow ? margin : gutter,
    y: top + pad + (narrow ? NARROW_HEADING - 8 : 0),
    width: inner,
    height: BAND_HEIGHT,
  };
  const cells = shape === undefined ? [] : placeCells(layer, room, shape, narrow);
  const bottom = cells.reduce((low, c) => Math.max(low, c.y + c.height), room.y + (cells.length > 0 ? 0 : BAND_HEIGHT));
  const box = { x: 0, y: top, width: input.width, height: Math.max(bottom + pad - top, 62) };
  return {
    id: layer.id,
    ...box,
    size: shape?.size ?? 'band',
    depth: input.layers.length < 2 ? 1 : index / (input.layers.length - 1),
    ground: groundPath(index, box),
    label: narrow ? { x: margin, y: top + 22, width: inner } : { x: 20, y: top + pad + 14, width: gutter - 36 },
    room: { ...room, height: bottom - room.y },
    cells,
    rails: railsOf(cells, index === 0, index === input.layers.length - 1),
  };
}

const sharesWay = (cells: readonly PlacedCell[]): boolean => cells.length > MOST_LINES || cells.some((c) => c.row > 0);

/** What the cells cover together. */
function hullOf(cells: readonly Box[]): Box {
  const x = Math.min(...cells.map((c) => c.x));
  const y = Math.min(...cells.map((c) => c.y));
  const width = Math.max(...cells.map((c) => c.x + c.width)) - x;
  return { x, y, width, height: Math.max(...cells.map((c) => c.y + c.height)) - y };
}

function railsOf(cells: readonly PlacedCell[], first: boolean, final: boolean): string[] {
  if (!sharesWay(cells)) return [];
  const { x, y, width, height } = hullOf(cells);
  const roof = `M${x} ${y - RAIL}h${width}`;
  const floor = `M${x} ${y + height + RAIL}h${width}`;
  return [...(first ? [] : [roof]), ...(final ? [] : [floor])];
}

const link = linkVertical<{ source: [number, number]; target: [number, number] }, [number, number]>();

/** Where channels leave a stratum downward or enter it from above, each with the name of that end. */
function ends(
  stratum: PlacedStratum,
  side: 'floor' | 'roof',
): { readonly key: string; readonly at: [number, number] }[] {
  const { cells, room, id } = stratum;
  const shared = cells.length === 0 || sharesWay(cells);
  const boxes = shared
    ? [{ key: id, box: cells.length === 0 ? room : hullOf(cells) }]
    : cells.map((c) => ({ key: `${id}/${c.node}`, box: c }));
  const rail = cells.length > 0 && shared ? RAIL : 0;
  return boxes.map(({ key, box }) => ({
    key,
    at: [box.x + box.width / 2, side === 'floor' ? box.y + box.height + rail : box.y - rail],
  }));
}

function placeChannels(input: SectionInput, strata: readonly PlacedStratum[]): Channel[] {
  const byId = new Map(strata.map((s) => [s.id, s]));
  return input.layers.flatMap((layer) => {
    const upper = byId.get(layer.id);
    const lowers = layer.parents.flatMap((p) => byId.get(p) ?? []);
    if (upper === undefined) return [];
    return ends(upper, 'floor').flatMap((from) =>
      lowers.flatMap((lower) =>
        ends(lower, 'roof').map((to) => ({
          from: from.key,
          to: to.key,
          path: link({ source: from.at, target: to.at }) ?? '',
        })),
      ),
    );
  });
}

function placeVisitors(
  strata: readonly PlacedStratum[],
  surface: Box,
  gutter: number,
  narrow: boolean,
): PlacedSection['visitors'] {
  const top = strata[0];
  const oneRow = top !== undefined && top.cells.length > 0 && top.cells.every((c) => c.row === 0);
  if (top !== undefined && top.size === 'full' && oneRow && !(narrow && top.cells.length > 2)) {
    return top.cells.map((c) => ({ node: c.node, x: c.x, y: surface.y, width: c.width, height: surface.height }));
  }
  const x = narrow ? 12 : gutter;
  return [{ x, y: surface.y, width: surface.width - x - 12, height: surface.height }];
}

/** The whole cut. Cells never overlap and never leave their stratum; the height follows from what has to stand in it. */
export function placeSection(input: SectionInput): PlacedSection {
  const narrow = input.width < NARROW_BELOW;
  const gutter = narrow ? 0 : Math.min(184, Math.max(140, input.width * 0.15));
  const surface = { x: 0, y: 0, width: input.width, height: narrow ? 64 : 70 };
  const strata: PlacedStratum[] = [];
  let top = surface.height;
  for (let i = 0; i < input.layers.length; i++) {
    const stratum = placeStratum(input, i, top, gutter, narrow);
    strata.push(stratum);
    top += stratum.height;
  }
  return {
    width: input.width,
    height: top,
    narrow,
    surface,
    visitors: placeVisitors(strata, surface, gutter, narrow),
    strata,
    channels: placeChannels(input, strata),
  };
}

/** The cell to go to from `key` with an arrow key: along the row, or to the nearest cell of the next row or stratum. */
export function neighbour(
  section: PlacedSection,
  key: string,
  direction: 'left' | 'right' | 'up' | 'down',
): string | undefined {
  const all = section.strata.flatMap((s) => s.cells);
  const here = all.find((c) => `${c.layer}/${c.node}` === key);
  if (here === undefined) return undefined;
  const center = (c: Box): number => c.x + c.width / 2;
  const sign = direction === 'left' || direction === 'up' ? -1 : 1;
  const sideways = direction === 'left' || direction === 'right';
  const ahead = all.filter((c) =>
    sideways ? c.y === here.y && (center(c) - center(here)) * sign > 0 : (c.y - here.y) * sign > 0,
  );
  const distance = (c: PlacedCell): number =>
    sideways
      ? Math.abs(center(c) - center(here))
      : Math.abs(c.y - here.y) * 10_000 + Math.abs(center(c) - center(here));
  const best = ahead.toSorted((a, b) => distance(a) - distance(b))[0];
  return best === undefined ? undefined : `${best.layer}/${best.node}`;
}
