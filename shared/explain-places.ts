// In which cities do the caches of an explained response stand? Apart from the rest, because the table of places is large.
import type { ExplainDocument } from './api.ts';
import { cityOf } from './places.ts';

/** The document with `city` where the point of presence is known. */
export const withCities = (document: ExplainDocument): ExplainDocument => ({
  ...document,
  responses: document.responses.map((response) => ({
    ...response,
    caches: response.caches.map((cache) => {
      const place = cache.place === undefined ? undefined : cityOf(cache.dialect, cache.place);
      return place === undefined ? cache : { ...cache, city: place.city ?? place.country };
    }),
  })),
});
