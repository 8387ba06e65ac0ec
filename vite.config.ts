// How the two halves are built, and which tests belong together.
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

const web = {
  root: 'web',
  plugins: [svelte()],
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    target: 'es2023',
    reportCompressedSize: true,
    rolldownOptions: { checks: { pluginTimings: false } },
  },
};

const probe = {
  build: {
    ssr: true,
    outDir: 'dist/probe',
    emptyOutDir: true,
    target: 'node20',
    minify: false,
    rolldownOptions: {
      input: {
        main: 'probe/cli/main.ts',
        'page-worker': 'probe/exchange/page-worker.ts',
        'store-worker': 'probe/store/store-worker.ts',
      },
      output: { entryFileNames: '[name].js' },
    },
  },
};

export default defineConfig(({ mode }) => ({
  ...(mode === 'probe' ? probe : mode === 'web' ? web : {}),
  test: {
    projects: [
      // no sockets, no clock: runs anywhere, also on the newest Node
      {
        plugins: [svelte()],
        test: { name: 'pure', include: ['test/shared/**/*.test.ts', 'test/web/**/*.test.ts', 'test/house.test.ts'] },
      },
      // sockets on loopback
      { test: { name: 'probe', include: ['test/probe/**/*.test.ts'], testTimeout: 30_000 } },
      // the installed daemons; skipped by name where they are missing
      { test: { name: 'peers', include: ['test/peers/**/*.test.ts'], testTimeout: 120_000, fileParallelism: false } },
      // a real Chromium; skipped by name where it is missing
      { test: { name: 'e2e', include: ['test/e2e/**/*.test.ts'], testTimeout: 120_000, fileParallelism: false } },
    ],
  },
}));
