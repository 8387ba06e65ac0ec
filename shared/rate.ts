// How do people write a number of requests in a time?

/** What a written rate looks like: `20/s`, `0.5/s`, `30/m`. */
export const RATE = /^(?=.*[1-9])(\d+(?:\.\d+)?)\/(s|m)$/;

/** Requests a second, or undefined when `written` is not a rate above zero. A bare number counts requests a second. */
export function parseRate(written: number | string): number | undefined {
  if (typeof written === 'number') return Number.isFinite(written) && written > 0 ? written : undefined;
  const [, amount = '', unit] = RATE.exec(written) ?? [];
  return amount === '' ? undefined : Number(amount) / (unit === 'm' ? 60 : 1);
}
