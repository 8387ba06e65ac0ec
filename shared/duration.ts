// How do people write a length of time, and how is it said back to them?

const UNITS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };
const PART = /(\d+(?:\.\d+)?)(ms|s|m|h|d|w)/g;

/** What a written duration looks like: `90`, `90s`, `1.5h`, `1h30m`. */
export const DURATION = /^(?:\d+(?:\.\d+)?|(?:\d+(?:\.\d+)?(?:ms|s|m|h|d|w))+)$/;

/** One phrase that says how a duration is written, for sentences that refuse another. */
export const DURATION_FORM = 'write seconds (90) or a number with ms, s, m, h, d or w ("90s", "5m", "1d")';

/** Seconds, or undefined when `written` is not a duration. */
export function parseDuration(written: number | string): number | undefined {
  if (typeof written === 'number') return Number.isFinite(written) && written >= 0 ? written : undefined;
  if (!DURATION.test(written)) return undefined;
  if (/[\d.]$/.test(written)) return Number(written);
  let seconds = 0;
  for (const [, amount, unit] of written.matchAll(PART)) seconds += Number(amount) * (UNITS[unit ?? ''] ?? 0);
  return seconds;
}

/** Seconds as a person says them, two units at most: `350 ms`, `4.2 s`, `4 min 12 s`, `1 h 05 min`, `2 d 3 h`. */
export function spokenDuration(seconds: number): string {
  if (seconds < 0) return `-${spokenDuration(-seconds)}`;
  if (seconds === 0) return '0 s';
  if (seconds < 0.9995) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 9.95) return `${Number(seconds.toFixed(1))} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return two(whole, 60, 'min', 's');
  const minutes = Math.round(seconds / 60);
  if (minutes < 1440) return two(minutes, 60, 'h', 'min', 2);
  return two(Math.round(seconds / 3600), 24, 'd', 'h');
}

function two(amount: number, per: number, large: string, small: string, digits = 1): string {
  const rest = amount % per;
  const head = `${Math.floor(amount / per)} ${large}`;
  return rest === 0 ? head : `${head} ${String(rest).padStart(digits, '0')} ${small}`;
}

/** Seconds of a duration that the schema has let through. */
export const secondsOf = (written: number | string): number => parseDuration(written) ?? 0;
