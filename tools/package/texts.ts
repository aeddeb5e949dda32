import type { BuiltPage } from '@soundbite/model/page/built-page.ts';
import { programNames } from '@soundbite/model/programs.ts';

const { repository, packaged } = programNames;

/** How the tutorial makes the package: in the repository, whoever reads it. */
const making = ' --version && npm run package';

/** Where the program is called by another name than in the repository, the longest first. */
const calls: readonly (readonly [string | RegExp, string])[] = [
  [`<the repository of SoundBite>/${repository.slice(2)}`, packaged],
  [`["${repository}", `, `["${packaged.replace(' ', '", "')}", `],
  [new RegExp(`${repository.replaceAll('.', '\\.')}(?!${making})`, 'g'), packaged],
];

/** A text of this repository for who reads it in the npm package: the program has another name there. */
export const asPackaged = (text: string): string =>
  calls.reduce((said, [inRepository, inPackage]) => said.replaceAll(inRepository, inPackage), text);

/** The same for code, whose messages also name docs. */
export const codeAsPackaged = (text: string): string =>
  asPackaged(text).replaceAll(
    /\bdocs\/(?=(guides|reference|tutorials)\/[\w.-]+\.(md|json))/g,
    'node_modules/soundbite/docs/',
  );

/** The same for the page: its scripts name commands to copy. */
export function packagedPage(page: BuiltPage): BuiltPage {
  const told = ({ type, base64 }: BuiltPage['assets'][string]) =>
    type.startsWith('text/')
      ? Buffer.from(asPackaged(Buffer.from(base64, 'base64').toString('utf8'))).toString('base64')
      : base64;
  const assets = Object.entries(page.assets).map(([name, asset]) => [name, { ...asset, base64: told(asset) }]);
  return { ...page, index: asPackaged(page.index), assets: Object.fromEntries(assets) };
}
