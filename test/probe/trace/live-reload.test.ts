// Does the page that is loaded a while after a deploy still see what happened?
import { afterEach, expect, it } from 'vitest';
import { flipsIn } from '../../../shared/model/flips.ts';
import { readTrace } from '../../../shared/model/reading.ts';
import { NEW, OLD, page, served, type Served } from './bad-site.ts';
import { liveOn, until, type Scene } from './scene.ts';
import { siteOf } from './site.ts';

let scene: Scene | undefined;
const servers: Served[] = [];
afterEach(async () => {
  await scene?.close();
  expect(scene?.errors).toEqual([]);
  for (const server of servers.splice(0)) await server.close();
});

it('shows the flips as one that was open all the time, when thousands of exchanges have come since', async () => {
  let build = OLD;
  const server = await served((_, response) => page(response, build));
  servers.push(server);
  const edges = Array.from({ length: 200 }, (_, i) => [`edge-${i}`, server.address] as const);
  scene = await liveOn(siteOf({ ...Object.fromEntries(edges), 'app-1': server.address }));
  const { live, told } = scene;
  const shown = () => flipsIn(live.reading(), 0, undefined, live.now()).flips;
  await until('all seen', () => live.reading().tracks.size === 201);
  build = NEW;
  await until('all turned', () => shown().length === 201);
  const since = told.length;
  await until('more than a page is given of the newest', () => told.length > since + 1600, 60);
  const { flips } = flipsIn(readTrace(live.snapshot()), 0, undefined, live.now());
  expect(flips).toEqual(shown());
}, 100_000);
