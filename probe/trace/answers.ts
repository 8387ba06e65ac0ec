// What do all places hold, and when will the change appear there? Questions asked through a session, answered as documents.
import type { LookDocument, WhenDocument } from '../../shared/api.ts';
import { lookDocument, whenDocument, type Forecasted } from '../../shared/documents.ts';
import { forecastAll } from '../../shared/model/forecast-all.ts';
import type { Traffic } from '../../shared/model/forecast.ts';
import { changeIn, statesOf } from '../../shared/model/reading.ts';
import { look, settle } from './look.ts';
import { placesOf, type Place, type Places } from './places.ts';
import type { Session } from './session.ts';

export interface Wanted extends Places {
  /** The marker (or digest) that counts as new; absent: what the origins serve. */
  readonly expect?: string | undefined;
}

/** Asks the chosen places, and every origin beside them: without the origin nobody knows what is new. */
export async function answerLook(session: Session, wanted: Wanted): Promise<LookDocument> {
  const places = withOrigins(session, wanted);
  await look(session, places);
  const chosen = new Set(placesOf(session.topology, wanted).map((p) => p.node.id));
  const states = pagesOf(places).flatMap(({ target, variant }) => statesOf(session.reading, target, variant));
  return lookDocument(
    states.filter((s) => chosen.has(s.node)),
    session.observations(),
    (target, variant) => changeIn(session.reading, target, variant, wanted.expect),
    session.now(),
  );
}

export interface WhenWanted extends Wanted {
  readonly traffic?: Traffic | undefined;
  /** Seconds to go on asking at the instants that narrow the clocks. */
  readonly settle: number;
}

/** Asks every place, narrows its clocks, and forecasts. */
export async function answerWhen(session: Session, wanted: WhenWanted): Promise<WhenDocument> {
  const { layer: _layer, node: _node, ...page } = wanted;
  // A forecast needs every layer on the way, whichever of them is asked about.
  const places = placesOf(session.topology, page);
  await look(session, places);
  await settle(session, places, wanted.settle);
  await look(
    session,
    places.filter((p) => p.layer.role === 'origin'),
  );
  return forecastDocument(session, places, wanted);
}

/** The forecasts that a session's reading allows now, without asking anybody. */
export function forecastDocument(
  session: Session,
  places: readonly Place[],
  wanted: Omit<WhenWanted, 'settle'>,
): WhenDocument {
  const now = session.now();
  const all = pagesOf(places).map(({ target, variant }): Forecasted => {
    const change = changeIn(session.reading, target, variant, wanted.expect);
    const states = statesOf(session.reading, target, variant);
    const traffic = wanted.traffic === undefined ? {} : { traffic: wanted.traffic };
    const forecasts = forecastAll(session.topology, states, change, traffic, now).filter(
      (f) => (wanted.layer ?? f.layer) === f.layer && (wanted.node ?? f.node) === f.node,
    );
    return { target, variant, change, forecasts };
  });
  return whenDocument(all, now);
}

/** Each target and variant once. */
export function pagesOf(places: readonly Place[]): { target: string; variant: string }[] {
  const pages = new Map(
    places.map((p) => [`${p.target.id}/${p.variant.id}`, { target: p.target.id, variant: p.variant.id }]),
  );
  return [...pages.values()];
}

/** The chosen places and the origins of their pages. */
export function withOrigins(session: Session, wanted: Places): Place[] {
  const { layer: _layer, node: _node, ...page } = wanted;
  const chosen = placesOf(session.topology, wanted);
  const origins = placesOf(session.topology, page).filter((p) => p.layer.role === 'origin');
  return [
    ...chosen,
    ...origins.filter(
      (o) => !chosen.some((c) => c.node.id === o.node.id && c.target === o.target && c.variant === o.variant),
    ),
  ];
}
