import { execFile } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify, stripVTControlCharacters } from 'node:util';
import { gzip } from 'node:zlib';
import { cutText, digestOf } from '@soundbite/model';
import { BuiltPage, builtPageFile } from '@soundbite/model/page/built-page.ts';
import { isPackaged, ownInstallation } from '@soundbite/model/programs.ts';
import { late, within } from './within.ts';

/** A file that the page loads. */
interface PageAsset {
  /** Its `content-type`. */
  readonly type: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Of text: the same by gzip, for whoever is not on this machine but behind a tunnel. */
  readonly gzipped?: Uint8Array<ArrayBuffer>;
}

/** The page as it was built. */
export interface PageFiles {
  readonly index: string;
  readonly assets: ReadonlyMap<string, PageAsset>;
}

/** Why there is none now. */
export interface NoPage {
  readonly why: string;
  /** It is being built. */
  readonly isSoon: boolean;
}

/** Where the page comes from: the npm package brings it, a repository builds it when somebody needs it. */
export interface PageSource {
  /** The page; one that must be built first is awaited for so long, in ms, and built in any case. Throws nothing. */
  ready(withinMs: number): Promise<PageFiles | NoPage>;
  /** A file of the page as it is or was before, by its name; none of what nobody has built. Builds nothing. */
  asset(name: string): Promise<PageAsset | undefined>;
}

/** For tests: another installation, and another way to build. */
interface PageSetting {
  readonly installation: string;
  readonly packaged: boolean;
  /** Writes the built page where it belongs. */
  readonly build: () => Promise<unknown>;
}

const usual: PageSetting = {
  installation: ownInstallation,
  packaged: isPackaged,
  build: () => buildPage(ownInstallation),
};

export function pageSource({ installation, packaged, build }: PageSetting = usual): PageSource {
  const current = pageReader(installation, packaged);
  let last: PageFiles | undefined;
  let before: PageFiles | undefined;
  let building: Promise<string | null> | null = null;

  async function look(): Promise<PageFiles | null> {
    const found = await current();
    if (found !== null && found !== last) [last, before] = [found, last];
    return found;
  }
  // Whoever comes here has looked before others' build was over.
  const begin = () =>
    look()
      .then((found) => found ?? build())
      .then(() => null, reasonOf)
      .finally(() => {
        building = null;
      });
  return {
    async ready(withinMs) {
      const found = await look();
      if (found !== null) return found;
      if (packaged) return { why: 'this installation lacks its file; install SoundBite again', isSoon: false };
      building ??= begin();
      const ended = await within(building, withinMs);
      if (ended === late) return { why: 'it is being built', isSoon: true };
      if (ended !== null) return { why: `it could not be built: ${ended}`, isSoon: false };
      return (await look()) ?? { why: 'its sources are being changed', isSoon: true };
    },
    async asset(name) {
      const known = () => last?.assets.get(name) ?? before?.assets.get(name);
      return known() ?? (await look().then(known));
    },
  };
}

/** Reads the built page, if it is there and made of the files as they are; gives the same value as long as it is the same. */
function pageReader(installation: string, packaged: boolean): () => Promise<PageFiles | null> {
  const file = join(installation, builtPageFile[packaged ? 'packaged' : 'repository']);
  let kept: { readonly version: string; readonly files: PageFiles; readonly inputs: BuiltPage['inputs'] } | null = null;
  return async () => {
    if (packaged && kept) return kept.files;
    try {
      const { ino, mtimeMs, size } = await stat(file);
      const version = `${ino} ${mtimeMs} ${size}`;
      if (kept?.version !== version) {
        const built = BuiltPage.parse(JSON.parse(await readFile(file, 'utf8')));
        kept = { version, files: await filesOf(built), inputs: built.inputs };
      }
    } catch {
      // Not there, or of another version of SoundBite.
      return null;
    }
    return packaged || (await isMadeOf(kept.inputs, installation)) ? kept.files : null;
  };
}

async function filesOf({ index, assets }: BuiltPage): Promise<PageFiles> {
  const read = Object.entries(assets).map(async ([name, { type, base64 }]) => {
    const bytes = Buffer.from(base64, 'base64');
    const isText = /^text\/|\+xml/.test(type);
    return [name, { type, bytes, ...(isText ? { gzipped: await promisify(gzip)(bytes) } : {}) }] as const;
  });
  return { index, assets: new Map(await Promise.all(read)) };
}

async function isMadeOf(inputs: BuiltPage['inputs'], repository: string): Promise<boolean> {
  const same = await Promise.all(
    Object.entries(inputs).map(async ([path, digest]) => {
      const bytes = await readFile(join(repository, path)).catch(() => null);
      return bytes !== null && digestOf(bytes) === digest;
    }),
  );
  return same.every(Boolean);
}

/** Vite is no part of the control plane: another process builds, for at most so long (ms), and ends with this one. */
async function buildPage(repository: string): Promise<void> {
  const program = join(repository, 'apps/dashboard/build/main.ts');
  const env = { ...process.env, NO_COLOR: '1' };
  const building = promisify(execFile)(process.execPath, [program], { cwd: repository, env, timeout: 120_000 });
  const end = () => void building.child.kill();
  process.once('exit', end);
  await building.finally(() => process.off('exit', end));
}

/** What the build said, in one line, without the colours and frames that it draws. */
function reasonOf(error: unknown): string {
  const { stderr, message } = error as { readonly stderr?: string; readonly message?: string };
  const text = stripVTControlCharacters(stderr || message || String(error)).replaceAll(/[\u2500-\u257F]/g, '');
  const lines = text.split('\n').map((line) => line.trim());
  return cutText(lines.filter((line) => line !== '' && !line.startsWith('at ')).join(' '), 300);
}
