// How is what was discovered written down, so that it loads as it stands and each line says why it is there?
import type { DiscoverDocument } from '../api-discover.ts';
import type { About } from './claim.ts';
import { flow } from './version.ts';

type WrittenLayer = DiscoverDocument['topology']['layers'][number];
type Claim = DiscoverDocument['claims'][number];
type FillIn = DiscoverDocument['fillIn'][number];

/** What one line of the file may be asked about. */
interface Place {
  readonly layer?: string | undefined;
  readonly about: About;
  readonly node?: string | undefined;
}

/** A topology file in YAML: claims as comments, what must be filled in as lines commented out. Ends with a line feed. */
export function discoverYaml(document: DiscoverDocument): string {
  const { topology, url, at, answers } = document;
  const lines = [
    `# strata discover ${url}`,
    `# ${at}, from ${answers} ${answers === 1 ? 'answer' : 'answers'} over new connections`,
    '# measured: field lines or connections say so. guessed: likely, and may be wrong. Check it, fill in what is commented out,',
    '# then: strata look',
    ...commentLines(document, { about: 'way' }, '#'),
    ...SILENT,
    ...(topology.title === undefined ? [] : [`title: ${quoted(topology.title)}`]),
    'layers: # outermost first',
    ...topology.layers.flatMap((layer) => layerLines(document, layer)),
    'targets:',
    ...topology.targets.flatMap((target) => targetLines(document, target)),
  ];
  return `${lines.map(clean).join('\n')}\n`;
}

const SILENT = [
  '# A cache that writes no field of its own is not seen, and none is made up: nginx and HAProxy as they come. It would show by',
  '#   nginx:   add_header X-Cache-Status $upstream_cache_status always;',
  '#   HAProxy: http-response set-header X-Cache-Status HIT if { res.cache_hit }  (and MISS unless it is)',
];

function layerLines(document: DiscoverDocument, layer: WrittenLayer): string[] {
  const { id } = layer;
  const isOrigin = layer.role === 'origin';
  const at = (about: About): Place => ({ layer: id, about });
  return [
    ...beside(document, at(isOrigin ? 'origin' : 'layer'), `  - id: ${quoted(id)}`, '    '),
    ...(isOrigin ? ['    role: origin'] : []),
    ...(layer.dialect === undefined ? [] : beside(document, at('dialect'), `    dialect: ${layer.dialect}`, '    ')),
    '    nodes:',
    ...commentLines(document, at('node'), '      #'),
    ...layer.nodes.flatMap((node) => {
      const line = `      - { id: ${quoted(node.id)}, address: ${quoted(node.address)} }`;
      return beside(document, { ...at('node'), node: node.id }, line, '      ');
    }),
    ...(layer.parents === undefined
      ? commentLines(document, at('parents'), '    #')
      : beside(document, at('parents'), `    parents: [${layer.parents.map(quoted).join(', ')}]`, '    ')),
    ...commentLines(document, at('policy'), '    #'),
    ...commentLines(document, at('purge'), '    #'),
  ];
}

function targetLines(document: DiscoverDocument, target: DiscoverDocument['topology']['targets'][number]): string[] {
  const marker = target.marker === undefined ? [] : [`    marker: ${flow(target.marker)}`];
  return [
    `  - id: ${quoted(target.id)}`,
    ...beside(document, { about: 'target' }, `    url: ${quoted(target.url)}`, '    '),
    ...(marker[0] === undefined
      ? commentLines(document, { about: 'marker' }, '    #')
      : beside(document, { about: 'marker' }, marker[0], '    ')),
  ];
}

const isAt =
  (place: Place) =>
  (said: Place): boolean =>
    said.layer === place.layer && said.about === place.about && said.node === place.node;

/** The first claim on the line itself, the others and what is to be filled in below it. */
function beside(document: DiscoverDocument, place: Place, line: string, indent: string): string[] {
  const [first, ...others] = claimsAt(document, place);
  return [
    first === undefined ? line : `${line} # ${first}`,
    ...[...others, ...fillInsAt(document, place)].map((text) => `${indent}# ${text}`),
  ];
}

const commentLines = (document: DiscoverDocument, place: Place, start: string): string[] =>
  [...claimsAt(document, place), ...fillInsAt(document, place)].map((text) => `${start} ${text}`);

const claimsAt = ({ claims }: DiscoverDocument, place: Place): string[] => claims.filter(isAt(place)).map(claimText);

const fillInsAt = ({ fillIn }: DiscoverDocument, place: Place): string[] => fillIn.filter(isAt(place)).map(fillInText);

const claimText = ({ kind, what, because, line }: Claim): string =>
  `${kind}: ${what}; ${because}${line === undefined ? '' : ` (${line})`}`;

const fillInText = ({ write, remedy }: FillIn): string => `${write} # fill in: ${remedy}`;

/** YAML's double-quoted style holds JSON's strings (YAML 1.2.2 section 1.3); a plain word needs no quotes. */
const quoted = (text: string): string => (isPlain(text) ? text : JSON.stringify(text));

const isPlain = (text: string): boolean =>
  /^[a-z][a-z0-9_.-]*$/i.test(text) && !/^(?:true|false|null|yes|no|on|off|y|n)$/i.test(text);

/** A comment ends where the line does: whatever a server sent stays on it. */
const clean = (line: string): string =>
  // oxlint-disable-next-line no-control-regex
  line.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\ufeff]/g, '?');
