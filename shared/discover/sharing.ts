// Does one stored copy answer several new connections, or do several stores answer? By Age and by the names of copies.
import type { Claim } from './claim.ts';
import type { FoundLayer, Voice } from './chain.ts';

/** Age is cut to whole seconds, and the answer was under way for a while. Seconds. */
const SLACK = 2;

interface Aged {
  readonly voice: Voice;
  readonly age: number;
  /** When the copy was made, as the Age has it. */
  readonly madeAt: number;
}

/** What the answers of one layer say together that none says alone. */
export function sharingClaims(layer: FoundLayer): Claim[] {
  const nearest = layer.voices.filter(({ depth }) => depth === 0);
  return [...sameCopy(layer.id, nearest), ...agesOn(layer.id, nearest)];
}

/** A copy with a name is one store event, wherever the connection went. */
function sameCopy(layer: string, voices: readonly Voice[]): Claim[] {
  const named = voices.filter(({ hop }) => hop.storeId !== undefined);
  const ids = [...new Set(named.map(({ hop }) => hop.storeId))];
  const often = ids.map((id) => named.filter(({ hop }) => hop.storeId === id)).find((same) => same.length > 1);
  const last = often?.at(-1);
  if (often === undefined || last === undefined) return [];
  return [
    {
      layer,
      about: 'node',
      what: `one stored copy answered ${often.length} new connections`,
      kind: 'measured',
      because: `each of them names the copy ${last.hop.storeId}`,
      ...(last.line !== undefined && { line: last.line }),
    },
  ];
}

function agesOn(layer: string, voices: readonly Voice[]): Claim[] {
  const aged = voices.flatMap((voice): Aged[] => {
    const { age } = voice.hop;
    return age === undefined ? [] : [{ voice, age, madeAt: voice.sighting.responseTime - age }];
  });
  const back = aged.findIndex((a, i) => i > 0 && a.madeAt < Math.max(...aged.slice(0, i).map((b) => b.madeAt)) - SLACK);
  if (back !== -1) return [goesBack(layer, aged, back)];
  const [first, last] = [aged[0], aged.at(-1)];
  if (first === undefined || last === undefined || last.age <= first.age) return [];
  if (Math.abs(last.madeAt - first.madeAt) > SLACK) return [];
  return [
    {
      layer,
      about: 'node',
      what: 'the connections share one store, or stores that were filled at the same moment',
      kind: 'measured',
      because: `Age went on from ${first.age} to ${last.age} over ${aged.length} new connections as time did`,
      line: `Age: ${last.age}`,
    },
  ];
}

/** A store may take a later copy in place of an older one, and never the other way round. */
function goesBack(layer: string, aged: readonly Aged[], at: number): Claim {
  const { age } = aged[at]!;
  const before = aged.slice(0, at).toSorted((a, b) => b.madeAt - a.madeAt)[0]!.age;
  return {
    layer,
    about: 'node',
    what: 'at least two stores answer here',
    kind: 'measured',
    because: `after an answer of Age ${before} there came an older copy, of Age ${age}`,
    line: `Age: ${age}`,
  };
}
