// Is there a browser to look at the page with? Where there is none, tests say so and how to get one.
import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';

const PATH = process.env['STRATA_CHROMIUM'] ?? '/usr/bin/chromium';

/** True where Chromium is installed. Prints what is missing; throws where STRATA_REQUIRE_PEERS=1 demands it. */
export function needsChromium(): boolean {
  if (existsSync(PATH)) return true;
  const sentence = `No Chromium at ${PATH}: the page is not tested. Install it with \`apt-get install chromium\`, or name one in STRATA_CHROMIUM.`;
  if (process.env['STRATA_REQUIRE_PEERS'] === '1') throw new Error(sentence);
  console.warn(sentence);
  return false;
}

export const launch = (): Promise<Browser> => chromium.launch({ executablePath: PATH, args: ['--no-sandbox'] });
