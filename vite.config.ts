// How page, report and service are built, and which tests belong together.
import { svelte } from '@sveltejs/vite-plugin-svelte';
import type { Plugin, Rolldown } from 'vite';
import { defineConfig } from 'vitest/config';

const web = {
  root: 'web',
  // the built page may stand anywhere, also beside trace files on a server that knows nothing of it
  base: './',
  plugins: [svelte()],
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    target: 'es2023',
    reportCompressedSize: true,
    rolldownOptions: { checks: { pluginTimings: false } },
  },
};

/** Script and styles stand in the page itself, so that it is one file that opens from anywhere, a disk too. */
const inOneFile: Plugin = {
  name: 'strata-in-one-file',
  enforce: 'post',
  generateBundle(_, bundle) {
    const page = Object.values(bundle).find((part) => part.fileName.endsWith('.html'));
    if (page?.type !== 'asset') throw new Error('there is no page to put the rest into');
    let html = String(page.source);
    for (const part of Object.values(bundle)) {
      if (part === page) continue;
      const tag = new RegExp(`<(script|link)[^>]*${part.fileName}[^>]*>(</script>)?`);
      if (!tag.test(html)) throw new Error(`the page does not name ${part.fileName}`);
      html = html.replace(tag, () => elementFor(part));
      delete bundle[part.fileName];
    }
    page.source = html;
  },
};

/** What would end the element, or begin a comment in it, is written as JavaScript reads it and HTML does not. */
const elementFor = (part: Rolldown.OutputChunk | Rolldown.OutputAsset): string =>
  part.type === 'chunk'
    ? `<script type="module">${part.code.replaceAll(/<(?=\/script|!--)/gi, '\\x3c')}</script>`
    : `<style>${String(part.source)}</style>`;

const report = {
  ...web,
  plugins: [svelte(), inOneFile],
  publicDir: false as const,
  build: {
    ...web.build,
    outDir: '../dist/report',
    cssCodeSplit: false,
    modulePreload: false as const,
    rolldownOptions: { ...web.build.rolldownOptions, input: 'web/report.html', output: { codeSplitting: false } },
  },
};

/** A program for Node, with the two threads that it starts beside it. */
const program = (main: string, outDir: string) => ({
  build: {
    ssr: true,
    outDir,
    emptyOutDir: true,
    target: 'node20',
    minify: false,
    rolldownOptions: {
      input: {
        main,
        'page-worker': 'probe/exchange/page-worker.ts',
        'store-worker': 'probe/store/store-worker.ts',
      },
      output: { entryFileNames: '[name].js' },
    },
  },
});

const built: Record<string, object> = {
  web,
  report,
  probe: program('probe/cli/main.ts', 'dist/probe'),
  // as it runs in production, so that its figures are those of the product
  bench: program('test/bench/main.ts', 'dist/bench'),
};

export default defineConfig(({ mode }) => ({
  ...built[mode],
  test: {
    projects: [
      // no sockets, no clock: runs anywhere, also on the newest Node
      {
        plugins: [svelte()],
        test: {
          name: 'pure',
          // what counts work plays thousands of stories; how long that takes is the machine's affair
          testTimeout: 120_000,
          include: [
            'test/shared/**/*.test.ts',
            'test/web/**/*.test.ts',
            'test/house.test.ts',
            'test/scenarios/scenarios.test.ts',
          ],
        },
      },
      // sockets on loopback
      {
        test: {
          name: 'probe',
          include: ['test/probe/**/*.test.ts', 'test/scenarios/lab.test.ts'],
          testTimeout: 30_000,
        },
      },
      // the installed daemons; skipped by name where they are missing
      { test: { name: 'peers', include: ['test/peers/**/*.test.ts'], testTimeout: 120_000, fileParallelism: false } },
      // a real Chromium; skipped by name where it is missing
      { test: { name: 'e2e', include: ['test/e2e/**/*.test.ts'], testTimeout: 120_000, fileParallelism: false } },
    ],
  },
}));
