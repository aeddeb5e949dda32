import { fileURLToPath } from 'node:url';
import type { InlineConfig } from 'vite';

/** The repository, and in it the room of the page. */
export const repository = fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/, '');
export const dashboardRoom = `${repository}/apps/dashboard`;

/** How Vite builds and serves the page. There is no other file of configuration. */
export const viteConfig = {
  configFile: false,
  root: dashboardRoom,
  publicDir: false,
  // Nothing of whose machine it is built on gets in.
  envDir: false,
  build: {
    // What the browsers of the last years read as it is.
    target: 'es2023',
    // Pictures are files: the page's policy allows no data: URLs.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    license: { fileName: 'licenses.md' },
    reportCompressedSize: false,
    rolldownOptions: {
      onLog(level, log, handle) {
        // TanStack Query marks its files for servers of React, of which there is none.
        if (log.code === 'MODULE_LEVEL_DIRECTIVE') return;
        // What is only warned of does not work in a browser.
        handle(level === 'warn' ? 'error' : level, log);
      },
    },
  },
} as const satisfies InlineConfig;
