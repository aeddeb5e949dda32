import { fileURLToPath } from 'node:url';
import type { HtmlTagDescriptor, InlineConfig, Plugin } from 'vite';

/** The repository, and in it the room of the page. */
export const repository = fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/, '');
export const dashboardRoom = `${repository}/apps/dashboard`;

const earlyName = 'early';

/**
 * What is asked for before the page's own script is read (src/early.ts): one file of its own, run as soon as it is there. Vite makes one file of the scripts
 * that a document names, and of an entry of its own two, so the document is told of it here.
 */
const earlyFirst: Plugin = {
  name: 'early-first',
  transformIndexHtml: {
    order: 'post',
    handler(_, { bundle = {} }) {
      const built = Object.values(bundle).find((file) => file.type === 'chunk' && file.name === earlyName);
      const src = `/${built?.fileName ?? 'src/early.ts'}`;
      return [
        { tag: 'script', attrs: { type: 'module', async: true, src }, injectTo: 'head-prepend' },
      ] satisfies HtmlTagDescriptor[];
    },
  },
};

/** How Vite builds and serves the page. There is no other file of configuration. */
export const viteConfig = {
  configFile: false,
  root: dashboardRoom,
  publicDir: false,
  // Nothing of whose machine it is built on gets in.
  envDir: false,
  plugins: [earlyFirst],
  build: {
    // What the browsers of the last years read as it is.
    target: 'es2023',
    // Pictures are files: the page's policy allows no data: URLs.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    license: { fileName: 'licenses.md' },
    reportCompressedSize: false,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [{ name: earlyName, test: /\/src\/early\.ts$/, includeDependenciesRecursively: true }],
        },
      },
      onLog(level, log, handle) {
        // TanStack Query marks its files for servers of React, of which there is none.
        if (log.code === 'MODULE_LEVEL_DIRECTIVE') return;
        // What is only warned of does not work in a browser.
        handle(level === 'warn' ? 'error' : level, log);
      },
    },
  },
} as const satisfies InlineConfig;
