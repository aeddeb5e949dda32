import { fileURLToPath } from 'node:url';
import type { InlineConfig } from 'vite';

/** The room of the page. */
export const dashboardRoom = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');

/** How Vite builds and serves the page. There is no other file of configuration. */
export const viteConfig = {
  configFile: false,
  root: dashboardRoom,
  publicDir: false,
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
        if (log.code !== 'MODULE_LEVEL_DIRECTIVE') handle(level, log);
      },
    },
  },
} as const satisfies InlineConfig;
