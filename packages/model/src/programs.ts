/**
 * Where the programs are that SoundBite starts by their file. In the repository each is its source. The npm package has no sources, because Node strips no types
 * below node_modules: there each is a bundle in `dist`, beside the code that they share.
 */

const here = new URL(import.meta.url);

/** Whether this code runs from the npm package. */
export const isPackaged = here.pathname.endsWith('.mjs');

/** How people call SoundBite: in a clone of its repository, and where the npm package is installed, whose texts are those of the repository with the other name (`tools/package/texts.ts`). */
export const programNames = { repository: './scripts/soundbite.sh', packaged: 'npx soundbite' } as const;

/** How they call the one that runs. */
export const programName = programNames[isPackaged ? 'packaged' : 'repository'];

/** The directory of the code that runs: the repository, or the npm package. Absolute. */
export const ownInstallation = decodeURIComponent(new URL(isPackaged ? '..' : '../../..', here).pathname).replace(
  /\/$/,
  '',
);

/** The name that a program has in the package: `packages/edge/src/edge-main.ts` is `edge-edge-main.mjs`. */
export const packagedName = (source: string): string =>
  source
    .replace(/^(packages|apps)\//, '')
    .replace('/src/', '/')
    .replace(/\.(ts|js)$/, '.mjs')
    .replaceAll('/', '-');

/** A program, by the path of its source in the repository. */
export const programFile = (source: string, installation = ownInstallation, packaged = isPackaged): string =>
  `${installation}/${packaged ? `dist/${packagedName(source)}` : source}`;

/** The directory with the code of a room, by its path in the repository: its digest names the code. */
export const codeDirectory = (room: string, installation = ownInstallation): string =>
  `${installation}/${isPackaged ? 'dist' : room}`;
