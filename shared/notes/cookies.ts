// Can what belongs to one visitor reach another? (RFC 9111 sections 3.5 and 7.3)
import { first, valuesOf } from '../http/fields.ts';
import { NOTHING_TO_DO, rfc, topic, type Say } from './note.ts';
import { answeredFromStore, explicitLifetime, nameOf, type Scene } from './scene.ts';

const kinds = {
  'set-cookie': {
    level: 'warning',
    why: 'Nothing forbids a shared cache to keep it. Some then hand one visitor’s cookie to others (HAProxy, Apache httpd), some refuse to store the page (nginx, Varnish), some store it without the cookie.',
    remedy: 'Send private (or no-store) with cookies that belong to a visitor; set no cookies on pages that all share.',
    reference: rfc(9111, '7.3'),
  },
  'set-cookie-shared': {
    level: 'bad',
    why: 'The response tells shared caches to keep it and sets a cookie. Where a cache obeys, visitors share that cookie; if it names a session, they share the session.',
    remedy: 'Take one of the two away: the cookie, or public / s-maxage.',
    reference: rfc(9111, '7.3'),
  },
  'set-cookie-from-store': {
    level: 'bad',
    why: 'A cache answered from its store, and the answer sets a cookie. Unless the edge adds it for each visitor, everybody gets the same one.',
    remedy: 'Ask twice and compare the value; let the cache remove Set-Cookie from what it stores.',
    reference: rfc(9111, '7.3'),
  },
  'cookie-of-the-edge': {
    level: 'info',
    why: 'By their names these cookies are set by a CDN or a load balancer itself, for each visitor anew. One of a load balancer behind a cache could still be stored with the page.',
    remedy: NOTHING_TO_DO,
    reference: rfc(9111, '7.3'),
  },
  'authorization-shared': {
    level: 'info',
    why: 'The request carried credentials, and public, s-maxage or must-revalidate lets shared caches give this answer to others.',
    remedy: 'Right for what all may see; else send private.',
    reference: rfc(9111, '3.5'),
  },
  'authorization-from-store': {
    level: 'bad',
    why: 'A shared cache answered a request with credentials from its store, although nothing in the response allows that. What one visitor was shown after logging in may be shown to another; nginx stores such answers unless it is told not to.',
    remedy:
      'Let this cache pass requests with Authorization; send private with what is personal, public with what is not.',
    reference: rfc(9111, '3.5'),
  },
  'authorization-private': {
    level: 'info',
    why: 'To a request with credentials only an answer with public, s-maxage or must-revalidate may be kept by shared caches.',
    remedy: 'Add public where all may see it.',
    reference: rfc(9111, '3.5'),
  },
} as const;

/** Names of cookies that a CDN or a load balancer sets itself. */
const OF_THE_EDGE =
  /^(?:__cf_bm|__cflb|__cfduid|_cfuvid|cf_clearance|ak_bmsc|bm_[a-z]+|_abck|akacd_\w+|AWSALB\w*|GCLB|incap_ses_\w+|visid_incap_\w+|nlbi_\w+|ARRAffinity\w*|WMF-\w+(?:-\w+)*|GeoIP|NetworkProbeLimit|BIGipServer.*)$/i;

export const cookies = topic(kinds, (scene: Scene, say) => {
  const names = valuesOf(scene.fields, 'set-cookie').map((line) => line.split('=', 1)[0]!.trim());
  const own = names.filter((name) => !OF_THE_EDGE.test(name));
  if (own.length > 0) set(own, scene, say);
  else if (names.length > 0) say('cookie-of-the-edge', `Set-Cookie: ${names.slice(0, 5).join(', ')}.`);
  const { requestFields = [] } = scene.response;
  if (first(requestFields, 'authorization') === undefined || scene.control.noStore || scene.control.isPrivate) return;
  const summary = 'It answers a request with Authorization';
  const server = answeredFromStore(scene);
  if (scene.control.allowsAuthorization) say('authorization-shared', `${summary}, and shared caches may keep it.`);
  else if (server !== undefined)
    say('authorization-from-store', `${summary}, and ${nameOf(server)} had it in its store.`);
  else say('authorization-private', `${summary}, so that no shared cache may keep it.`);
});

function set(names: readonly string[], scene: Scene, say: Say<keyof typeof kinds>): void {
  const { control, says } = scene;
  const list = names.slice(0, 5).join(', ');
  const server = answeredFromStore(scene);
  if (server !== undefined)
    return say('set-cookie-from-store', `${nameOf(server)} answered from its store, with Set-Cookie: ${list}.`);
  if (control.isPrivate || control.noStore || control.withheld.includes('set-cookie')) return;
  const lifetime = explicitLifetime(scene);
  const told = says('public') || says('s-maxage');
  if (told && lifetime !== 0 && !control.noCache)
    return say('set-cookie-shared', `Set-Cookie (${list}) in a response that shared caches are told to keep.`);
  say('set-cookie', `Set-Cookie (${list}) without private or no-store.`);
}
