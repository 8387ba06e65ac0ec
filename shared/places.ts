// In which city is the point of presence that a node names itself after? The page loads this module only when it shows one.
// Source: Azure's list of locations by abbreviation, Vercel's and Wikimedia's lists of sites, KeyCDN's page on server locations.
import { IATA_BY_COUNTRY } from './places-data.ts';

export interface Place {
  /** In English; absent where the code tells the country only. */
  readonly city?: string;
  /** ISO 3166 code of two letters. */
  readonly country: string;
}

/** The city that `code` stands for in the names of this dialect's nodes; undefined for a code that is not known. */
export function cityOf(dialect: string, code: string): Place | undefined {
  return RULES.get(dialect)?.(code);
}

type Rule = (code: string) => Place | undefined;

let byIata: ReadonlyMap<string, Place> | undefined;

const iata: Rule = (code) => (byIata ??= readTable()).get(code.slice(0, 3).toUpperCase());

function readTable(): ReadonlyMap<string, Place> {
  const places = new Map<string, Place>();
  for (const [country, cities] of Object.entries(IATA_BY_COUNTRY))
    for (const city of cities.split('; ')) places.set(city.slice(0, 3), { city: city.slice(4), country });
  return places;
}

const table = (rows: Readonly<Record<string, readonly [city: string, country: string]>>): Rule => {
  const places = new Map(Object.entries(rows).map(([code, [city, country]]) => [code, { city, country }]));
  return (code) => places.get(code);
};

const exactly =
  (form: RegExp, rule: Rule): Rule =>
  (code) =>
    form.test(code) ? rule(code) : undefined;

/** Where Azure's abbreviations are no IATA codes, or stand for another city than theirs. */
const azureOwn = table({
  AM: ['Amsterdam', 'NL'],
  ATA: ['Atlanta', 'US'],
  BL: ['Ashburn', 'US'],
  BN: ['Boydton', 'US'],
  CH: ['Chicago', 'US'],
  CHG: ['Chicago', 'US'],
  CO: ['Quincy', 'US'],
  DB: ['Dublin', 'IE'],
  DM: ['Des Moines', 'US'],
  GVX: ['Sandviken', 'SE'],
  HK: ['Hong Kong', 'HK'],
  HKB: ['Hong Kong', 'HK'],
  LTS: ['London', 'GB'],
  MEX: ['Querétaro', 'MX'],
  MNZ: ['Manassas', 'US'],
  PRA: ['Saint-Denis', 'FR'],
  SAN: ['San Antonio', 'US'],
  SG: ['Singapore', 'SG'],
  SGE: ['Singapore', 'SG'],
  SLA: ['Seoul', 'KR'],
  SN: ['San Antonio', 'US'],
  STB: ['Seattle', 'US'],
  TYA: ['Tokyo', 'JP'],
  TYB: ['Tokyo', 'JP'],
  WST: ['Seattle', 'US'],
});

/** Data centres are two letters and a number: SG1. */
const azure: Rule = (code) => azureOwn(code.replace(/\d+$/, '')) ?? exactly(/^[A-Z]{3}$/, iata)(code);

/** Three letters are an airport, but for one. Two are a country; those that also are one of the United States are not told apart, but for a few. */
const bunnyOwn = table({
  DE: ['Frankfurt', 'DE'],
  LA: ['Los Angeles', 'US'],
  NY: ['New York', 'US'],
  JH: ['Johannesburg', 'ZA'],
  ASB: ['Ashburn', 'US'],
  SG: ['Singapore', 'SG'],
});
const STATES = 'AL AR AZ CA CO DE GA ID IL IN KY LA MA MD ME MN MO MS MT NC NE PA SC SD TN VA'.split(' ');

function bunny(code: string): Place | undefined {
  const letters = code.replace(/\d+$/, '');
  const own = bunnyOwn(letters);
  if (own !== undefined || letters.length === 3) return own ?? iata(letters);
  return STATES.includes(letters) ? undefined : countryOf(letters);
}

const keycdnOwn = table({
  auad: ['Adelaide', 'AU'],
  ausy: ['Sydney', 'AU'],
  aume: ['Melbourne', 'AU'],
  brsa: ['São Paulo', 'BR'],
  camo: ['Montréal', 'CA'],
  cato: ['Toronto', 'CA'],
  cava: ['Vancouver', 'CA'],
  chzh: ['Zürich', 'CH'],
  defr: ['Frankfurt', 'DE'],
  esma: ['Madrid', 'ES'],
  frpa: ['Paris', 'FR'],
  hkhk: ['Hong Kong', 'HK'],
  itmi: ['Milan', 'IT'],
  jpto: ['Tokyo', 'JP'],
  jpty: ['Tokyo', 'JP'],
  krse: ['Seoul', 'KR'],
  nlam: ['Amsterdam', 'NL'],
  plwa: ['Warsaw', 'PL'],
  sest: ['Stockholm', 'SE'],
  sgsi: ['Singapore', 'SG'],
  uklo: ['London', 'GB'],
  usat: ['Atlanta', 'US'],
  usch: ['Chicago', 'US'],
  usda: ['Dallas', 'US'],
  usde: ['Denver', 'US'],
  usla: ['Los Angeles', 'US'],
  usmi: ['Miami', 'US'],
  usny: ['New York', 'US'],
  ussf: ['San Francisco', 'US'],
  usse: ['Seattle', 'US'],
});

/** The first two letters are the country's domain, which is its ISO code but for one. */
const keycdn: Rule = (code) => keycdnOwn(code) ?? countryOf(code.slice(0, 2).toUpperCase());

function countryOf(letters: string): Place | undefined {
  const country = letters === 'UK' ? 'GB' : letters;
  return Object.hasOwn(IATA_BY_COUNTRY, country) ? { country } : undefined;
}

const wikimedia = table({
  eqiad: ['Ashburn', 'US'],
  codfw: ['Carrollton', 'US'],
  esams: ['Amsterdam', 'NL'],
  ulsfo: ['San Francisco', 'US'],
  eqsin: ['Singapore', 'SG'],
  drmrs: ['Marseille', 'FR'],
  magru: ['São Paulo', 'BR'],
});

const RULES: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ['fastly', exactly(/^[A-Z]{3}$/, iata)],
  ['cloudflare', exactly(/^[A-Z]{3}$/, iata)],
  ['cloudfront', exactly(/^[A-Z]{3}\d+(?:-[A-Z]\d+)?$/, iata)],
  ['google', exactly(/^[A-Z]{3}$/, iata)],
  ['azure', azure],
  // a region is an airport and a number
  ['vercel', exactly(/^[a-z]{3}\d$/, iata)],
  ['bunny', bunny],
  ['keycdn', exactly(/^[a-z]{4}$/, keycdn)],
  ['wikimedia', wikimedia],
]);
