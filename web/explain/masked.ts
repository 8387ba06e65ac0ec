// What of a response would let somebody in, and is not shown unless asked for?

const DOTS = '••••••';
const SECRET_FIELD =
  /^(?:cookie2?|authorization|proxy-authorization|authentication-info|proxy-authentication-info|(?:x-)?(?:.*-)?(?:api-?key|auth|access-?token|auth-?token|csrf-?token|xsrf-?token|session(?:-?id)?|secret|token))$/i;
const SECRET_PARAMETER =
  /([?&;](?:[\w.-]*(?:token|secret|password|passwd|signature|session|credential|api_?key|auth)[\w.-]*|sig|key|code|sid)=)[^&#\s;"'<>]+/gi;
const WITH_URLS = /^(?:location|content-location|refresh|link)$/i;

/** The value as it is shown: what a secret is made of is dots, what only describes it stays. */
export function maskedValue(name: string, value: string): string {
  if (/^set-cookie2?$/i.test(name)) return value.replace(/^([^=;]*=)[^;]*/, `$1${DOTS}`);
  if (/^cookie2?$/i.test(name)) return value.replaceAll(/=[^;]*/g, `=${DOTS}`);
  if (SECRET_FIELD.test(name)) return value.replace(/^((?:Basic|Bearer|Digest|Negotiate)\s)?.*$/is, `$1${DOTS}`);
  return WITH_URLS.test(name) ? maskedUrl(value) : value;
}

/** Query parameters whose names sound like credentials. */
export const maskedUrl = (url: string): string => url.replaceAll(SECRET_PARAMETER, `$1${DOTS}`);
