// How the two halves are built, and which tests belong together.
import { svelte } from '@sveltejs/vite-plugin-svelte';
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
